import { type ErrorData, failure } from "../../../src/core/errors.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { Cid, NodeId } from "../../../src/core/primitives.ts";
import type { Content } from "../../../src/ports/content.ts";
import type { MemoryArtifacts } from "./artifacts.ts";
import type { Links } from "./links.ts";

interface Peer {
  readonly artifacts: MemoryArtifacts;
}

/** Parts of the blocks of linked nodes, and who of them holds what. */
export class MemoryContent implements Content {
  readonly #network: Links<Peer>;
  readonly #nodeId: NodeId;
  readonly #artifacts: MemoryArtifacts;

  constructor(network: Links<Peer>, nodeId: NodeId, artifacts: MemoryArtifacts) {
    this.#network = network;
    this.#nodeId = nodeId;
    this.#artifacts = artifacts;
  }

  async *stream(
    cid: Cid,
    options: { offset?: number; timeoutMs?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<Uint8Array> {
    const { offset = 0, ...others } = options;
    const block = await this.#artifacts.get(cid, others);
    if (offset > block.length) {
      throw failure("bad-offset", "The block is shorter", `at most ${block.length}`, `${offset}`);
    }
    for (let from = offset; from < block.length; from += LIMITS.contentPieceBytes) {
      yield block.slice(from, from + LIMITS.contentPieceBytes);
    }
  }

  async holders(cids: readonly Cid[]): Promise<ReadonlyMap<Cid, readonly NodeId[]>> {
    const neighbours = this.#network.neighbours(this.#nodeId);
    const found = new Map<Cid, readonly NodeId[]>();
    for (const cid of cids) {
      const holding: NodeId[] = [];
      for (const { nodeId, artifacts } of neighbours) if (await artifacts.has(cid)) holding.push(nodeId);
      found.set(cid, holding);
    }
    return found;
  }

  onLost(listener: (cid: Cid, error: ErrorData) => void): void {
    this.#artifacts.onLost = listener;
  }

  async list(): Promise<readonly Cid[]> {
    return this.#artifacts.list();
  }
}
