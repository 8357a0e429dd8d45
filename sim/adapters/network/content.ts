import { type ErrorData, failure } from "../../../src/core/errors.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { Cid, NodeId } from "../../../src/core/primitives.ts";
import type { Content, MadeBlocks } from "../../../src/ports/content.ts";
import type { MemoryArtifacts } from "./artifacts.ts";
import type { Links } from "./links.ts";

interface Peer {
  readonly artifacts: MemoryArtifacts;
  readonly content: MemoryContent;
}

/** Parts of the blocks of linked nodes, and who of them holds what. */
export class MemoryContent implements Content {
  readonly #network: Links<Peer>;
  readonly #nodeId: NodeId;
  readonly #artifacts: MemoryArtifacts;
  #made: MadeBlocks | undefined;

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
    if (!(await this.#artifacts.has(cid)) && (await this.#makers(cid)).length > 0) {
      yield* this.#streamMade(cid, offset, options.signal);
      return;
    }
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
      for (const { nodeId, artifacts, content } of neighbours) {
        if ((await artifacts.has(cid)) || (await content.#made?.has(cid))) holding.push(nodeId);
      }
      found.set(cid, holding);
    }
    return found;
  }

  onLost(listener: (cid: Cid, error: ErrorData) => void): void {
    this.#artifacts.onLost = listener;
  }

  offer(made: MadeBlocks): void {
    this.#made = made;
  }

  /** Linked nodes that can make a block now. */
  async #makers(cid: Cid): Promise<readonly (readonly [NodeId, MadeBlocks])[]> {
    const makers: (readonly [NodeId, MadeBlocks])[] = [];
    for (const { nodeId, content } of this.#network.neighbours(this.#nodeId)) {
      const made = content.#made;
      if (made !== undefined && (await made.has(cid))) makers.push([nodeId, made]);
    }
    return makers;
  }

  /** From one who can make it; when that one leaves, another goes on where it stopped. */
  async *#streamMade(cid: Cid, offset: number, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    let from = offset;
    for (const [maker, made] of await this.#makers(cid)) {
      const block = await made.read(cid);
      while (block !== undefined && this.#network.linked(this.#nodeId, maker)) {
        if (signal?.aborted) throw failure("aborted", "The fetch was stopped");
        if (from >= block.length) return;
        const piece = block.slice(from, from + LIMITS.contentPieceBytes);
        from += piece.length;
        yield piece;
      }
    }
    throw failure("not-found", "No peer had this block in time", cid);
  }

  async list(): Promise<readonly Cid[]> {
    return this.#artifacts.list();
  }
}
