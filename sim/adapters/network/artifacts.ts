import { cidOf } from "../../../src/core/codec/dag-cbor.ts";
import { type ErrorData, failure } from "../../../src/core/errors.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { Cid, NodeId } from "../../../src/core/primitives.ts";
import type { Artifacts } from "../../../src/ports/artifacts.ts";
import type { Links } from "./links.ts";

interface Peer {
  readonly artifacts: MemoryArtifacts;
}

/** Blocks of one node, fetched from linked nodes; hash-checked, so that a lying node is no source. */
export class MemoryArtifacts implements Artifacts {
  readonly #network: Links<Peer>;
  readonly #nodeId: NodeId;
  readonly #blocks = new Map<Cid, Uint8Array>();

  constructor(network: Links<Peer>, nodeId: NodeId) {
    this.#network = network;
    this.#nodeId = nodeId;
  }

  async put(bytes: Uint8Array): Promise<Cid> {
    if (bytes.length > LIMITS.artifactBytes) {
      throw failure(
        "too-large",
        "This block is too large",
        `at most ${LIMITS.artifactBytes} bytes`,
        `${bytes.length} bytes`,
      );
    }
    const cid = cidOf(bytes);
    if (!this.#hasRoom(bytes.length)) throw failure("storage-full", "This device has no room for a block");
    this.#blocks.set(cid, bytes.slice());
    this.#network.changed();
    return cid;
  }

  /** Switch: holds wrong bytes under a CID, as a damaged disk or a liar would. */
  corrupt(cid: Cid, bytes: Uint8Array): void {
    this.#blocks.set(cid, bytes.slice());
    this.#network.changed();
  }

  async get(cid: Cid, options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Uint8Array> {
    const held = this.#find(cid);
    if (held !== undefined) return held;
    return this.#wait(cid, options.timeoutMs ?? LIMITS.artifactFetchMs, options.signal);
  }

  async has(cid: Cid): Promise<boolean> {
    return this.#blocks.has(cid);
  }

  async delete(cid: Cid): Promise<void> {
    this.#blocks.delete(cid);
  }

  list(): readonly Cid[] {
    return [...this.#blocks.keys()];
  }

  /** Switch: bytes that this device has room for; `put` fails by storage-full beyond, and what is fetched is not kept. */
  roomBytes = Number.POSITIVE_INFINITY;

  /** Hears of what was fetched and not kept. */
  onLost: (cid: Cid, error: ErrorData) => void = () => undefined;

  #hasRoom(bytes: number): boolean {
    let used = bytes;
    for (const block of this.#blocks.values()) used += block.length;
    return used <= this.roomBytes;
  }

  #find(cid: Cid): Uint8Array | undefined {
    const sources = [this.#blocks, ...this.#network.neighbours(this.#nodeId).map((n) => n.artifacts.#blocks)];
    for (const blocks of sources) {
      const bytes = blocks.get(cid);
      if (bytes === undefined || cidOf(bytes) !== cid) continue;
      if (this.#hasRoom(bytes.length)) this.#blocks.set(cid, bytes.slice());
      else this.onLost(cid, failure("storage-full", "This device has no room for a block").data);
      return bytes.slice();
    }
    return undefined;
  }

  #wait(cid: Cid, timeoutMs: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { clock } = this.#network;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        stopWatching();
        cancelTimeout();
        signal?.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        end();
        reject(failure("aborted", "The fetch was stopped"));
      };
      const stopWatching = this.#network.onChange(() => {
        const bytes = this.#find(cid);
        if (bytes === undefined) return;
        end();
        resolve(bytes);
      });
      const cancelTimeout = clock.at(clock.nowMs() + timeoutMs, () => {
        end();
        reject(failure("not-found", "No peer had this block in time", `${cid} within ${timeoutMs} ms`));
      });
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort);
    });
  }
}
