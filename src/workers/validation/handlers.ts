import { readMessages } from "../../core/messages/decode-batch.ts";
import type { Handlers } from "../rpc.ts";
import { NativeSignatures } from "./native-signatures.ts";
import type { ValidationProtocol } from "./protocol.ts";

const signatures = new NativeSignatures();

export const validationHandlers: Handlers<ValidationProtocol> = {
  decode: async ({ network, messages }) => {
    const batch = readMessages(messages, network);
    return batch.outcomes(await signatures.verify(batch.claims));
  },
};
