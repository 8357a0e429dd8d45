import { toErrorData } from "../../core/errors.ts";
import { decodeMessage } from "../../core/messages/message.ts";
import type { Cid } from "../../core/primitives.ts";
import type { Handlers } from "../rpc.ts";
import type { DecodeOutcome, ValidationProtocol } from "./protocol.ts";

export const validationHandlers: Handlers<ValidationProtocol> = {
  decode: ({ network, messages }) => messages.map((bytes) => outcomeOf(bytes, network)),
};

function outcomeOf(bytes: Uint8Array, network: Cid): DecodeOutcome {
  try {
    return { message: decodeMessage(bytes, network) };
  } catch (thrown) {
    return { error: toErrorData(thrown) };
  }
}
