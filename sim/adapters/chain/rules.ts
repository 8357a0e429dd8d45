import type { GenesisChain } from "../../../src/core/genesis.ts";
import type { Address, Hash, NodeId } from "../../../src/core/primitives.ts";

import type { Clock } from "../../../src/ports/clock.ts";

export interface MemoryChainOptions {
  readonly clock: Clock;
  readonly contracts: Pick<GenesisChain, "chainId" | "epochAnchor" | "staking" | "disputes">;
  readonly minimumStakeWei: bigint;
  /** One minute unless said. */
  readonly unbondingMs?: number;
  /** Between anchoring and finality; none unless said. */
  readonly challengeMs?: number;
}

export interface UnstakeRequest {
  readonly nodeId: NodeId;
  readonly amountWei: bigint;
}

export interface ClaimRequest {
  readonly epoch: number;
  readonly account: Address;
  readonly cumulativeWei: bigint;
  readonly proof: readonly Hash[];
}

/** What a sent transaction became. */
export interface Receipt {
  readonly transaction: Hash;
  readonly blockNumber: number;
}
