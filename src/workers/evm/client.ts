import { type Eip1193Provider, ProviderError } from "../../chain/wallet/provider.ts";
import { failure, ParleyError } from "../../core/errors.ts";
import type { GenesisChain } from "../../core/genesis.ts";
import type { Parameters } from "../../core/parameters.ts";
import type { Address } from "../../core/primitives.ts";
import { connectWorker, type RpcClient } from "../rpc.ts";
import type { EvmProtocol } from "./protocol.ts";

/** A chain that this browser runs for itself, seen from a page. */
export interface EvmClient {
  /** Where the contracts of a network with these rules are on any such chain. */
  contracts(rules: Parameters): Promise<GenesisChain>;
  /** The first call. Errors: chain-log-damaged, chain-outdated, reverted, those of the log. */
  open(name: string, rules: Parameters): Promise<void>;
  readonly provider: Eip1193Provider;
  /** Gives an account ether and tokens when it has none. Errors: faucet-empty. */
  fill(account: Address): Promise<void>;
  /** Ends the worker; what is kept stays. */
  close(): void;
}

export function evmClient(): EvmClient {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "evm" });
  return evmOver(connectWorker<EvmProtocol>(worker));
}

/** The chain over any connection that speaks the protocol. */
export function evmOver(rpc: RpcClient<EvmProtocol>): EvmClient {
  return {
    contracts: (rules) => rpc.call("contracts", rules),
    async open(name, rules) {
      await rpc.call("open", { name, rules });
    },
    provider: {
      async request({ method, params = [] }) {
        const answer = await rpc.call("request", { method, params }).catch(unreachable);
        if ("result" in answer) return answer.result;
        const { code, message, data } = answer.error;
        throw new ProviderError(code, message, data);
      },
    },
    async fill(account) {
      await rpc.call("fill", account).catch(unreachable);
    },
    close: () => rpc.close(),
  };
}

const ENDED: ReadonlySet<string> = new Set(["worker-failed", "worker-closed"]);

/** To whoever asks, a chain whose worker has ended is a chain that does not answer. */
function unreachable(thrown: unknown): never {
  if (!(thrown instanceof ParleyError) || !ENDED.has(thrown.code)) throw thrown;
  throw failure("chain-unreachable", "The chain does not answer: reload the page", undefined, thrown.message);
}
