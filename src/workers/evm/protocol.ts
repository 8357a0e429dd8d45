import type { GenesisChain } from "../../core/genesis.ts";
import type { Parameters } from "../../core/parameters.ts";
import type { Address } from "../../core/primitives.ts";

/** JSON-RPC's answer: errors of the chain are answers too, with the bytes that a contract gave as its reason. */
export type RpcAnswer =
  | { readonly result: unknown }
  | {
      readonly error: {
        readonly code: number;
        readonly message: string;
        readonly data?: `0x${string}` | undefined;
      };
    };

/** Calls of the worker that runs a chain of this browser alone. All but `contracts` need `open` first. */
export interface EvmProtocol {
  /** Where the contracts of a network with these rules are on any such chain. */
  contracts: { request: Parameters; response: GenesisChain; event: never };
  /** Runs the chain's log again. Errors: chain-log-damaged, chain-outdated, reverted, those of the log. */
  open: {
    request: { readonly name: string; readonly rules: Parameters };
    response: null;
    event: never;
  };
  request: {
    request: { readonly method: string; readonly params: readonly unknown[] };
    response: RpcAnswer;
    event: never;
  };
  /** Gives an account ether and tokens when it has none. Errors: faucet-empty. */
  fill: { request: Address; response: null; event: never };
}
