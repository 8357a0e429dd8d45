import { decodeMessages } from "../../core/messages/decode-batch.ts";
import type { Handlers } from "../rpc.ts";
import type { ValidationProtocol } from "./protocol.ts";

export const validationHandlers: Handlers<ValidationProtocol> = {
  decode: ({ network, messages }) => decodeMessages(messages, network),
};
