import type { DecodeOutcome } from "../../core/messages/decode-batch.ts";
import type { Cid } from "../../core/primitives.ts";

/** Calls of the validation worker: signatures cost time that the page does not have. */
export interface ValidationProtocol {
  /** Outcomes in the order of the messages. */
  decode: {
    request: { readonly network: Cid; readonly messages: readonly Uint8Array[] };
    response: readonly DecodeOutcome[];
    event: never;
  };
}
