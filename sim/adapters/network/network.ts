import type { NodeId } from "../../../src/core/primitives.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { SeededRandom } from "../random.ts";
import { MemoryArtifacts } from "./artifacts.ts";
import { MemoryContent } from "./content.ts";
import { MemoryGossip } from "./gossip.ts";
import type { Links } from "./links.ts";
import { MemoryLogSync } from "./log-sync.ts";

export interface MemoryNetworkOptions {
  readonly clock: Clock;
  /** Of the drops below. */
  readonly seed?: string | number;
}

/** One node's network ports. */
export interface MemoryNode {
  readonly nodeId: NodeId;
  readonly gossip: MemoryGossip;
  readonly artifacts: MemoryArtifacts;
  readonly content: MemoryContent;
  readonly logSync: MemoryLogSync;
}

/**
 * All nodes of a simulated network, every two of them linked unless a switch says otherwise.
 * Switches: nodes offline, partitions, lost gossip. Artifacts and log sync are streams: they fail only with the link.
 */
export class MemoryNetwork implements Links<MemoryNode> {
  readonly clock: Clock;
  readonly nodes = new Map<NodeId, MemoryNode>();
  /** Share of gossip messages that get lost on their way, per link. */
  dropPpm = 0;
  readonly #random: SeededRandom;
  readonly #offline = new Set<NodeId>();
  readonly #groups = new Map<NodeId, number>();
  readonly #changeListeners = new Set<() => void>();

  constructor(options: MemoryNetworkOptions) {
    this.clock = options.clock;
    this.#random = new SeededRandom(options.seed ?? "memory network");
  }

  join(nodeId: NodeId): MemoryNode {
    const artifacts = new MemoryArtifacts(this, nodeId);
    const node: MemoryNode = {
      nodeId,
      gossip: new MemoryGossip(this, nodeId),
      artifacts,
      content: new MemoryContent(this, nodeId, artifacts),
      logSync: new MemoryLogSync(this, nodeId),
    };
    this.nodes.set(nodeId, node);
    this.changed();
    return node;
  }

  /** A node that left for good, or whose tab died. */
  leave(nodeId: NodeId): void {
    this.nodes.delete(nodeId);
    this.changed();
  }

  setOnline(nodeId: NodeId, online: boolean): void {
    if (online) this.#offline.delete(nodeId);
    else this.#offline.add(nodeId);
    this.changed();
  }

  /** Splits the network: nodes of different groups do not reach each other. Nodes not named form one more group. */
  partition(...groups: readonly (readonly NodeId[])[]): void {
    this.#groups.clear();
    groups.forEach((group, index) => {
      for (const nodeId of group) this.#groups.set(nodeId, index + 1);
    });
    this.changed();
  }

  heal(): void {
    this.partition();
  }

  isOnline(nodeId: NodeId): boolean {
    return this.nodes.has(nodeId) && !this.#offline.has(nodeId);
  }

  linked(a: NodeId, b: NodeId): boolean {
    const together = (this.#groups.get(a) ?? 0) === (this.#groups.get(b) ?? 0);
    return a !== b && together && this.isOnline(a) && this.isOnline(b);
  }

  /** Linked nodes in the order in which they joined. */
  neighbours(of: NodeId): readonly MemoryNode[] {
    return [...this.nodes.values()].filter((node) => this.linked(of, node.nodeId));
  }

  loses(): boolean {
    return this.dropPpm > 0 && this.#random.below(1_000_000) < this.dropPpm;
  }

  /** Calls when links or contents changed. */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  changed(): void {
    for (const listener of [...this.#changeListeners]) listener();
  }
}
