import { BaseError, HttpRequestError, RpcRequestError, TimeoutError } from "viem";

/** EIP-1474: limit exceeded. */
const LIMIT_EXCEEDED = -32005;
const TOO_MANY_REQUESTS = 429;

/** Ms that the endpoint asks to be left alone, 0 when it does not say; undefined when it asks for nothing. */
export function limitedForMs(thrown: unknown, nowMs: number): number | undefined {
  const refused = find(thrown, HttpRequestError);
  if (refused?.status === TOO_MANY_REQUESTS) {
    return retryAfterMs(refused.headers?.get("retry-after") ?? null, nowMs);
  }
  const answered = find(thrown, RpcRequestError);
  if (answered === undefined) return undefined;
  const isLimit =
    answered.code === LIMIT_EXCEEDED || /rate limit|too many requests|request limit/i.test(answered.details);
  // The same code is used for ranges of logs that are too wide; there another endpoint helps as little as waiting.
  return isLimit && !isTooWide(thrown) ? 0 : undefined;
}

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfterMs(value: string | null, nowMs: number): number {
  if (value === null) return 0;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : 0;
}

/** A range of blocks with more logs, or wider, than the endpoint answers. Each provider says it in words of its own. */
export function isTooWide(thrown: unknown): boolean {
  const details = find(thrown, RpcRequestError)?.details ?? "";
  return /(block|log|query).*(range|returned more|limit)|range.*(large|wide|exceed)|more than \d+ (results|logs|blocks)|response size/i.test(
    details,
  );
}

/** EIP-1474: resource not found; EIP-1898: what a block that is not there is answered with. */
const NOT_FOUND = -32001;

/** It does not know a block that was named, or has dropped the state after it. */
export function lacksBlock(thrown: unknown): boolean {
  const answered = find(thrown, RpcRequestError);
  const details = answered?.details ?? "";
  return (
    answered?.code === NOT_FOUND ||
    /header not found|unknown block|block not found|not canonical|missing trie node|BlockOutOfRange|state.*not available/i.test(
      details,
    )
  );
}

export function isWithoutAnswer(thrown: unknown): boolean {
  return find(thrown, HttpRequestError) !== undefined || find(thrown, TimeoutError) !== undefined;
}

/** Not JSON-RPC: a captive portal, an error page. */
export function isGarbled(thrown: unknown): boolean {
  const innermost = thrown instanceof BaseError ? thrown.walk() : thrown;
  return innermost instanceof SyntaxError || innermost instanceof TypeError;
}

/** One answer for several requests, or an HTTP error of the client's doing. */
export function refusesBatches(thrown: unknown): boolean {
  const refused = find(thrown, HttpRequestError);
  if (refused === undefined) return isGarbled(thrown);
  const { status } = refused;
  return status !== undefined && status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS;
}

function find<T extends Error>(thrown: unknown, type: abstract new (...args: never[]) => T): T | undefined {
  if (thrown instanceof type) return thrown;
  const found = thrown instanceof BaseError ? thrown.walk((error) => error instanceof type) : undefined;
  return found instanceof type ? found : undefined;
}
