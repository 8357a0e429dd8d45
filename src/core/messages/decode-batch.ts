import { type ErrorData, toErrorData } from "../errors.ts";
import type { Cid } from "../primitives.ts";
import { type SignatureClaim, verifyEach } from "../verify-batch.ts";
import { type Message, readMessage, type UnverifiedMessage } from "./message.ts";

/** One checked message, or why it is refused. */
export type DecodeOutcome =
  | { readonly message: Message; readonly error?: undefined }
  | { readonly error: ErrorData; readonly message?: undefined };

/** Messages that are read, and whose signatures have yet to be looked at. */
export interface ReadBatch {
  readonly claims: readonly SignatureClaim[];
  /** What decodeMessage says of each message, from what verifyEach says of each claim. */
  outcomes(verdicts: readonly boolean[]): DecodeOutcome[];
}

/** What decodeMessage says of each, in order; all signatures are verified together. */
export function decodeMessages(list: readonly Uint8Array[], network: Cid): DecodeOutcome[] {
  const batch = readMessages(list, network);
  return batch.outcomes(verifyEach(batch.claims));
}

/** For those who verify signatures in a way of their own, with the same verdicts. */
export function readMessages(list: readonly Uint8Array[], network: Cid): ReadBatch {
  const read = list.map((bytes) => tryReading(bytes, network));
  return {
    claims: read.flatMap((one) => ("claims" in one ? one.claims.map(({ claim }) => claim) : [])),
    outcomes: (given) => {
      const verdicts = given.values();
      return read.map((one) => {
        if (!("claims" in one)) return one;
        // Every claim has its verdict, also those behind a bad one.
        const bad = one.claims.filter(() => verdicts.next().value !== true)[0];
        return bad === undefined ? { message: one.message } : { error: bad.error.data };
      });
    },
  };
}

function tryReading(bytes: Uint8Array, network: Cid): UnverifiedMessage | { readonly error: ErrorData } {
  try {
    return readMessage(bytes, network);
  } catch (thrown) {
    return { error: toErrorData(thrown) };
  }
}
