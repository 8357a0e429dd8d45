import type { NodeId } from "../../src/core/primitives.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Links } from "../adapters/network/links.ts";
import { MemoryLogSync } from "../adapters/network/log-sync.ts";
import type { Mesh } from "./mesh.ts";

export interface SyncPeer {
  readonly logSync: MemoryLogSync;
}

/** Log sync of all nodes of a mesh: streams between neighbours, which fail only with the link. */
export class MeshLogSyncs {
  readonly #mesh: Mesh;
  readonly #peers = new Map<NodeId, SyncPeer>();

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
  }

  /**
   * For one life of a node. One that `follows` syncs with each neighbour as it comes; others only answer, and ask
   * when they want to. Gives what ends it too.
   */
  join(index: number, clock: Clock, follows: boolean): { readonly logSync: MemoryLogSync; end(): void } {
    const nodeId = this.#mesh.nodeIds[index] ?? "";
    const links = new MeshLinks(this.#mesh, this.#peers, clock, follows);
    const logSync = new MemoryLogSync(links, nodeId);
    this.#peers.set(nodeId, { logSync });
    return {
      logSync,
      end: () => {
        links.end();
        if (this.#peers.get(nodeId)?.logSync === logSync) this.#peers.delete(nodeId);
      },
    };
  }
}

class MeshLinks implements Links<SyncPeer> {
  readonly clock: Clock;
  readonly nodes: ReadonlyMap<NodeId, SyncPeer>;
  readonly #mesh: Mesh;
  readonly #follows: boolean;
  readonly #ends: (() => void)[] = [];
  #isOver = false;

  constructor(mesh: Mesh, nodes: ReadonlyMap<NodeId, SyncPeer>, clock: Clock, follows: boolean) {
    this.#mesh = mesh;
    this.nodes = nodes;
    this.clock = clock;
    this.#follows = follows;
  }

  isOnline(nodeId: NodeId): boolean {
    return !this.#isOver && this.#mesh.isOnline(this.#mesh.indexOf(nodeId));
  }

  linked(a: NodeId, b: NodeId): boolean {
    return !this.#isOver && this.#mesh.linked(this.#mesh.indexOf(a), this.#mesh.indexOf(b));
  }

  neighbours(of: NodeId): readonly (SyncPeer & { readonly nodeId: NodeId })[] {
    if (this.#isOver) return [];
    return this.#mesh.neighbours(this.#mesh.indexOf(of)).flatMap((index) => {
      const nodeId = this.#mesh.nodeIds[index] ?? "";
      const peer = this.nodes.get(nodeId);
      return peer === undefined ? [] : [{ ...peer, nodeId }];
    });
  }

  /** Streams lose nothing. */
  loses(): boolean {
    return false;
  }

  onChange(listener: () => void): () => void {
    if (!this.#follows) return () => {};
    const stop = this.#mesh.onChange(listener);
    this.#ends.push(stop);
    return stop;
  }

  changed(): void {
    if (this.#follows) this.#mesh.changed();
  }

  end(): void {
    this.#isOver = true;
    for (const end of this.#ends) end();
  }
}
