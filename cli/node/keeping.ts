import { ContentKeeper } from "../../src/app/content/keeper.ts";
import { claimsOfNode } from "../../src/app/content/node-claims.ts";
import type { NodeRunner } from "../../src/app/node/node-runner.ts";
import type { Keep } from "../../src/app/node/pinner.ts";
import { LIMITS } from "../../src/core/limits.ts";
import type { NodeId } from "../../src/core/primitives.ts";
import type { Network } from "../../src/p2p/node.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import type { Store } from "../../src/ports/store.ts";
import { untoldSpace } from "../../src/store/space.ts";
import { systemClock, systemRandom } from "../../src/store/system.ts";

export interface Keeping {
  /** To be used in the place of the network's. */
  readonly artifacts: Artifacts;
  /** Whether there is room for what old epochs name. */
  readonly keep: Keep;
  /** Begins to look after the blocks of a node that runs. Errors: the store's. */
  start(node: NodeRunner): Promise<void>;
  stop(): Promise<void>;
}

interface KeepingParts {
  readonly network: Network;
  readonly store: Store;
  readonly self: NodeId;
}

/** Without a quota everything stays, and nobody has to look after it. */
export function keepAll({ network }: Pick<KeepingParts, "network">): Keeping {
  return {
    artifacts: network.artifacts,
    keep: async () => true,
    start: async () => undefined,
    stop: async () => undefined,
  };
}

/**
 * With a quota: first what the network needs now (the version, what can be disputed, what this node is paid for), then as
 * much of the past as fits; of that what was not asked for for longest goes first.
 */
export function keepWithin(wantedBytes: number, { network, store, self }: KeepingParts): Keeping {
  const quotaBytes = Math.max(wantedBytes, LIMITS.contentLeastQuotaBytes);
  let running: NodeRunner | undefined;
  const keeper = new ContentKeeper({
    artifacts: network.artifacts,
    content: network.content,
    store,
    clock: systemClock,
    random: systemRandom,
    space: untoldSpace,
    self,
    peers: () => network.gossip.status().peers.map(({ nodeId }) => nodeId),
    claims: async () => (running === undefined ? [] : claimsOfNode(running.ledger, store, self)),
    keepsAll: true,
  });
  return {
    artifacts: keeper.artifacts,
    keep: async () => (keeper.state.value?.keptBytes ?? 0) < quotaBytes,
    async start(node) {
      running = node;
      await keeper.setQuota(quotaBytes);
      await keeper.start();
      node.ledger.onAdopted(() => keeper.wake());
    },
    stop: () => keeper.stop(),
  };
}
