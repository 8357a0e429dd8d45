import { bytesToHex, compareText, hashWithDomain, hexToBytes } from "../../core/bytes.ts";
import { cidBytes } from "../../core/codec/dag-cbor.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";

/**
 * Nodes in the order in which a block is theirs to keep: highest random weight (Thaler and Ravishankar 1998). Every node
 * computes the same order without a word, and when one leaves, nobody else's place changes.
 */
export function rankFor(cid: Cid, nodes: readonly NodeId[]): readonly NodeId[] {
  const weights = nodes.map((nodeId) => ({ nodeId, weight: weightOf(cid, nodeId) }));
  return weights.sort((a, b) => compareText(b.weight, a.weight)).map(({ nodeId }) => nodeId);
}

function weightOf(cid: Cid, nodeId: NodeId): string {
  return bytesToHex(hashWithDomain("parley holder", cidBytes(cid), hexToBytes(nodeId)));
}

export interface ReplicationView {
  readonly self: NodeId;
  /** Wanted number of holders, this node among them. */
  readonly target: number;
  /** Nodes that this one is connected with. */
  readonly connected: readonly NodeId[];
  readonly holds: boolean;
  /** Those of the connected ones that hold it. */
  readonly holders: readonly NodeId[];
}

/**
 * What this node should do about one block of the network: `fetch` it (too few hold it, and it is this node's turn among
 * those that do not), `keep` its copy (it is one of the few that count), or `none` (enough others have it: a copy here is cache).
 */
export function dutyFor(cid: Cid, view: ReplicationView): "fetch" | "keep" | "none" {
  const { self, target, connected, holds, holders } = view;
  if (holds) return rankFor(cid, [self, ...holders]).indexOf(self) < target ? "keep" : "none";
  const lacking = target - holders.length;
  if (lacking <= 0) return "none";
  const held = new Set(holders);
  const others = connected.filter((nodeId) => !held.has(nodeId));
  return rankFor(cid, [self, ...others]).indexOf(self) < lacking ? "fetch" : "none";
}
