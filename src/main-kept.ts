import { ContentKeeper } from "./app/content/keeper.ts";
import { claimsOfNode } from "./app/content/node-claims.ts";
import type { NodeRunner } from "./app/node/node-runner.ts";
import type { Scheduler } from "./app/scheduler/scheduler.ts";
import type { NodeId } from "./core/primitives.ts";
import type { Network } from "./p2p/node.ts";
import type { Clock } from "./ports/clock.ts";
import type { Store } from "./ports/store.ts";
import { browserSpace } from "./store/space.ts";
import { systemRandom } from "./store/system.ts";

export interface KeeperParts {
  readonly network: Network;
  readonly store: Store;
  readonly clock: Clock;
  readonly self: NodeId;
  readonly scheduler: Scheduler;
  /** Made after the keeper, whose blocks it uses. */
  readonly node: () => NodeRunner;
}

/** Decides what stays of the network's blocks on this device. */
export function createKeeper({ network, store, clock, self, scheduler, node }: KeeperParts): ContentKeeper {
  return new ContentKeeper({
    artifacts: network.artifacts,
    content: network.content,
    store,
    clock,
    random: systemRandom,
    space: browserSpace(navigator),
    self,
    scheduler,
    peers: () => network.gossip.status().peers.map(({ nodeId }) => nodeId),
    claims: () => claimsOfNode(node().ledger, store, self),
  });
}

/** Once the node has started; gives what ends it. */
export async function startKeeper(
  kept: ContentKeeper,
  node: NodeRunner,
  { gossip }: Network,
): Promise<() => void> {
  await kept.start();
  node.ledger.onAdopted(() => kept.wake());
  let peers = 0;
  const unsubscribe = gossip.onStatus((status) => {
    if (status.peers.length !== peers) kept.wake();
    peers = status.peers.length;
  });
  return () => {
    unsubscribe();
    void kept.stop().catch(() => undefined);
  };
}
