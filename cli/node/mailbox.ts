import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ErrorData, failure, ParleyError, toErrorData } from "../../src/core/errors.ts";
import { LIMITS } from "../../src/core/limits.ts";
import type { NodeId } from "../../src/core/primitives.ts";
import { TokenBucket } from "../../src/core/token-bucket.ts";

export interface MailboxOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** The node that answers for what it takes. */
  readonly nodeId: NodeId;
  /** Undefined: held, durably. Else why not. */
  readonly deliver: (bytes: Uint8Array) => Promise<ErrorData | undefined>;
  readonly nowMs: () => number;
}

export interface Mailbox {
  readonly url: string;
  stop(): Promise<void>;
}

/** A request that sends nothing for so long is ended. */
const SLOW_REQUEST_MS = 30_000;

const STATUS: Readonly<Record<string, number>> = {
  "not-found": 404,
  "method-not-allowed": 405,
  "too-large": 413,
  "media-type": 415,
  "too-many-messages": 429,
};

/**
 * Takes signed messages by HTTP, for senders that have no tab open: `POST /messages` with one envelope
 * (application/octet-stream) is answered 200 {"state":"held","by":nodeId}, or 4xx with the refusal as ErrorData.
 * Any origin may send: a message proves its author by itself.
 */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const quotas = new Quotas(options.nowMs);
  const server = createServer((request, response) => {
    void answer(options, quotas, request, response);
  });
  server.requestTimeout = SLOW_REQUEST_MS;
  server.headersTimeout = SLOW_REQUEST_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    url: address !== null && typeof address === "object" ? urlOf(address) : "",
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  options: MailboxOptions,
  quotas: Quotas,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Access-Control-Allow-Methods", "POST, OPTIONS");
  response.setHeader("Access-Control-Allow-Headers", "Content-Type");
  response.setHeader("Access-Control-Max-Age", "86400");
  // Pages that isolate themselves (COEP) may read the answer.
  response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
  response.setHeader("Cache-Control", "no-store");
  if (request.method === "OPTIONS") {
    response.writeHead(204);
    response.end();
    return;
  }
  try {
    const bytes = await readMessage(quotas, request);
    const problem = await options.deliver(bytes);
    if (problem !== undefined) throw new ParleyError(problem);
    send(response, 200, { state: "held", by: options.nodeId });
  } catch (thrown) {
    const error = toErrorData(thrown);
    send(response, statusOf(error), error);
  }
}

/** Errors: not-found, method-not-allowed, media-type, too-many-messages, too-large. */
async function readMessage(quotas: Quotas, request: IncomingMessage): Promise<Uint8Array> {
  const path = (request.url ?? "").split("?", 1)[0];
  if (path !== "/messages") throw failure("not-found", "There is nothing here", "/messages", path);
  if (request.method !== "POST") {
    throw failure("method-not-allowed", "Messages are sent", "POST", request.method);
  }
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/octet-stream") {
    throw failure("media-type", "A message is bytes", "application/octet-stream", type ?? "nothing");
  }
  if (!quotas.take(request.socket.remoteAddress ?? "")) {
    const { burst, perMinute } = LIMITS.mailboxQuota;
    throw failure(
      "too-many-messages",
      "Too many messages from this address: send the rest later",
      `${burst} at once, ${perMinute} a minute`,
    );
  }
  return readBody(request, LIMITS.messageBytes);
}

async function readBody(request: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  const announced = Number(request.headers["content-length"] ?? 0);
  const tooLarge = () => failure("too-large", "This message is too large", `${limitBytes} bytes`);
  if (announced > limitBytes) throw tooLarge();
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    size += part.length;
    if (size > limitBytes) throw tooLarge();
    parts.push(part);
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/** REJECT is the sender's fault for good; anything else may be taken another time. */
function statusOf({ code, verdict }: ErrorData): number {
  return STATUS[code] ?? (verdict === "REJECT" ? 400 : verdict === "IGNORE" ? 409 : 422);
}

function send(response: ServerResponse, status: number, value: object): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": body.length });
  response.end(body);
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}/`;
}

/** One quota an address; the one unused for longest goes when there are too many. */
class Quotas {
  readonly #nowMs: () => number;
  readonly #byAddress = new Map<string, TokenBucket>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  take(address: string): boolean {
    const nowMs = this.#nowMs();
    const bucket = this.#byAddress.get(address) ?? new TokenBucket(LIMITS.mailboxQuota, nowMs);
    this.#byAddress.delete(address);
    this.#byAddress.set(address, bucket);
    const oldest = this.#byAddress.keys().next();
    if (this.#byAddress.size > LIMITS.mailboxAddresses && !oldest.done) this.#byAddress.delete(oldest.value);
    return bucket.take(1, nowMs);
  }
}
