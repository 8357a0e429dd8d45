import { contractsOfEmbedded, EmbeddedChain } from "../../chain/embedded/embedded-chain.ts";
import { ProviderError } from "../../chain/wallet/provider.ts";
import { failure } from "../../core/errors.ts";
import type { TransactionLog } from "../../ports/transaction-log.ts";
import type { Handlers } from "../rpc.ts";
import type { EvmProtocol } from "./protocol.ts";

/** One chain a worker. */
export function evmHandlers(
  openLog: (name: string) => TransactionLog,
  nowMs: () => number,
): Handlers<EvmProtocol> {
  let opened: Promise<EmbeddedChain> | undefined;
  const chain = (): Promise<EmbeddedChain> => {
    if (opened === undefined)
      throw failure("chain-unreachable", "This browser's own chain has not been started");
    return opened;
  };
  return {
    contracts: (rules) => contractsOfEmbedded(rules),
    open: async ({ name, rules }) => {
      opened ??= EmbeddedChain.open({ log: openLog(name), nowMs, rules });
      await opened;
      return null;
    },
    request: async ({ method, params }) => {
      try {
        return { result: await (await chain()).request(method, params) };
      } catch (thrown) {
        if (!(thrown instanceof ProviderError)) throw thrown;
        const { code, message, data } = thrown;
        return { error: { code, message, data } };
      }
    },
    fill: async (account) => {
      await (await chain()).fill(account);
      return null;
    },
  };
}
