import type { NodeId } from "../../../src/core/primitives.ts";
import type { Clock } from "../../../src/ports/clock.ts";

/** What one node's adapter sees of the network; `Peer` names the adapters that it reaches on other nodes. */
export interface Links<Peer> {
  readonly clock: Clock;
  readonly nodes: ReadonlyMap<NodeId, Peer>;
  isOnline(nodeId: NodeId): boolean;
  linked(a: NodeId, b: NodeId): boolean;
  /** Linked nodes in the order in which they joined. */
  neighbours(of: NodeId): readonly (Peer & { readonly nodeId: NodeId })[];
  /** Whether the next gossip message gets lost on its way. */
  loses(): boolean;
  /** Calls when links or contents changed; returns stop. */
  onChange(listener: () => void): () => void;
  changed(): void;
}
