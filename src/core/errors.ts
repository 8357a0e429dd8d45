/**
 * Errors are typed data: they cross worker and network boundaries unchanged (structured clone keeps every field).
 * `verdict` says who is at fault for a message from a peer, as in GossipSub v1.1 extended validators:
 * REJECT (the peer is), IGNORE (nobody is: late, duplicate, not for us).
 */
export type Verdict = "REJECT" | "IGNORE";

export interface ErrorData {
  /** Stable, kebab-case, listed in docs/protocol.md where it concerns a message. */
  readonly code: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly expected?: string;
  readonly received?: string;
  readonly verdict?: Verdict;
}

export class ParleyError extends Error {
  override readonly name = "ParleyError";
  readonly data: ErrorData;

  constructor(data: ErrorData) {
    super(describeError(data));
    this.data = data;
  }

  get code(): string {
    return this.data.code;
  }
}

/** `message (expected X, received Y)` */
export function describeError(data: ErrorData): string {
  const details: string[] = [];
  if (data.expected !== undefined) details.push(`expected ${data.expected}`);
  if (data.received !== undefined) details.push(`received ${data.received}`);
  return details.length === 0 ? data.message : `${data.message} (${details.join(", ")})`;
}

export function reject(code: string, message: string, expected?: string, received?: string): ParleyError {
  return new ParleyError(withDetails({ code, message, verdict: "REJECT" }, expected, received));
}

export function ignore(code: string, message: string, expected?: string, received?: string): ParleyError {
  return new ParleyError(withDetails({ code, message, verdict: "IGNORE" }, expected, received));
}

/** An error that is nobody's message: a refused input, a missing file, a full disk. */
export function failure(code: string, message: string, expected?: string, received?: string): ParleyError {
  return new ParleyError(withDetails({ code, message }, expected, received));
}

function withDetails(data: ErrorData, expected?: string, received?: string): ErrorData {
  return {
    ...data,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  };
}

/** Any thrown value as data, so that a worker can send it; what is error data already stays as it is. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof ParleyError) return thrown.data;
  if (isErrorData(thrown)) return thrown;
  if (thrown instanceof Error) return { code: "unexpected", message: thrown.message };
  return { code: "unexpected", message: String(thrown) };
}

function isErrorData(value: unknown): value is ErrorData {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Error) &&
    "code" in value &&
    typeof value.code === "string" &&
    "message" in value &&
    typeof value.message === "string"
  );
}
