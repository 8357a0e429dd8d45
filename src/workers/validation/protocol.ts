import type { ErrorData } from "../../core/errors.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Cid } from "../../core/primitives.ts";

/** One checked message, or why it is refused. */
export type DecodeOutcome =
  | { readonly message: Message; readonly error?: undefined }
  | { readonly error: ErrorData; readonly message?: undefined };

/** Calls of the validation worker: signatures cost time that the page does not have. */
export interface ValidationProtocol {
  /** Outcomes in the order of the messages. */
  decode: {
    request: { readonly network: Cid; readonly messages: readonly Uint8Array[] };
    response: readonly DecodeOutcome[];
    event: never;
  };
}
