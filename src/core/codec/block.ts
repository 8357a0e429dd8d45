import { failure, ParleyError, reject } from "../errors.ts";
import { decodeCbor, encodeCbor } from "./dag-cbor.ts";
import { z } from "./zod.ts";

/** A schema whose decoded form is T; what it looks like on the wire is its own affair. */
export type Schema<T> = z.ZodType<T>;

/** Wire data as T. Throws ParleyError unknown-field, schema, or what a field's codec throws (malformed-cid). */
export function fromWire<T>(schema: Schema<T>, what: string, wire: unknown): T {
  let result: z.ZodSafeParseResult<T>;
  try {
    result = z.safeDecode(schema, wire);
  } catch (thrown) {
    throw schemaError(what, thrown);
  }
  if (result.success) return result.data;
  throw describeIssue(what, result.error);
}

/** T as wire data. Throws ParleyError unencodable when a value breaks its schema: our own mistake, not a peer's. */
export function toWire<T>(schema: Schema<T>, what: string, value: T): unknown {
  try {
    return z.encode(schema, value);
  } catch (thrown) {
    if (thrown instanceof ParleyError) throw thrown;
    const detail = thrown instanceof z.ZodError ? firstIssue(thrown) : String(thrown);
    throw failure("unencodable", `This ${what} breaks its own schema`, undefined, detail);
  }
}

export function encodeBlock<T>(schema: Schema<T>, what: string, value: T): Uint8Array {
  return encodeCbor(toWire(schema, what, value));
}

/** Canonical DAG-CBOR as T. Throws ParleyError too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeBlock<T>(schema: Schema<T>, what: string, bytes: Uint8Array, maximumBytes: number): T {
  if (bytes.length > maximumBytes) {
    throw reject("too-large", `This ${what} is too large`, `${maximumBytes} bytes`, `${bytes.length} bytes`);
  }
  return fromWire(schema, what, decodeCbor(bytes));
}

function describeIssue(what: string, error: z.ZodError): ParleyError {
  const unknown = error.issues.find((issue) => issue.code === "unrecognized_keys");
  if (unknown !== undefined) {
    return reject(
      "unknown-field",
      `This ${what} has an unknown field`,
      "known fields only",
      firstIssue(error),
    );
  }
  return reject("schema", `This ${what} breaks its schema`, undefined, firstIssue(error));
}

function schemaError(what: string, thrown: unknown): ParleyError {
  return thrown instanceof ParleyError
    ? thrown
    : reject("schema", `This ${what} breaks its schema`, undefined, String(thrown));
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "no detail";
  const path = issue.path.map(String).join(".");
  return `${path === "" ? "value" : path}: ${issue.message}`.slice(0, 200);
}
