import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { failure } from "../../src/core/errors.ts";
import { LIMITS } from "../../src/core/limits.ts";
import type { Cid } from "../../src/core/primitives.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Mesh } from "./mesh.ts";

/** How often a node asks again for a block that nobody had. */
const ASK_AGAIN_MS = 500;

interface Block {
  readonly bytes: Uint8Array;
  /** Indexes of nodes that hold it; on their disks, so it outlives their tabs. */
  readonly holders: Set<number>;
}

/** Content-addressed blocks of a whole network, and who holds which. Any node that can be reached is a source. */
export class Blocks {
  readonly #mesh: Mesh;
  readonly #blocks = new Map<Cid, Block>();

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
  }

  /** Errors: too-large. */
  put(holder: number, bytes: Uint8Array): Cid {
    if (bytes.length > LIMITS.artifactBytes) {
      const message = "This block is too large";
      throw failure("too-large", message, `at most ${LIMITS.artifactBytes} bytes`, `${bytes.length} bytes`);
    }
    const cid = cidOf(bytes);
    this.hold(holder, cid, bytes);
    return cid;
  }

  /** Without hashing: for bytes that were hashed before. */
  hold(holder: number, cid: Cid, bytes: Uint8Array): void {
    const known = this.#blocks.get(cid);
    if (known !== undefined) known.holders.add(holder);
    else this.#blocks.set(cid, { bytes: bytes.slice(), holders: new Set([holder]) });
  }

  holds(holder: number, cid: Cid): boolean {
    return this.#blocks.get(cid)?.holders.has(holder) ?? false;
  }

  drop(holder: number, cid: Cid): void {
    this.#blocks.get(cid)?.holders.delete(holder);
  }

  /** The block as this node can get it now, and how long that takes; undefined when no holder can be reached. */
  find(seeker: number, cid: Cid): { readonly bytes: Uint8Array; readonly tookMs: number } | undefined {
    const block = this.#blocks.get(cid);
    if (block === undefined) return undefined;
    if (block.holders.has(seeker)) return { bytes: block.bytes, tookMs: 0 };
    for (const holder of block.holders) {
      if (!this.#mesh.linked(seeker, holder)) continue;
      return { bytes: block.bytes, tookMs: this.#mesh.roundTripMs(seeker, holder) };
    }
    return undefined;
  }
}

/** The port over it, for nodes that run the app's code. */
export class MeshArtifacts implements Artifacts {
  readonly #blocks: Blocks;
  readonly #index: number;
  readonly #clock: Clock;

  constructor(blocks: Blocks, index: number, clock: Clock) {
    this.#blocks = blocks;
    this.#index = index;
    this.#clock = clock;
  }

  async put(bytes: Uint8Array): Promise<Cid> {
    return this.#blocks.put(this.#index, bytes);
  }

  async has(cid: Cid): Promise<boolean> {
    return this.#blocks.holds(this.#index, cid);
  }

  async delete(cid: Cid): Promise<void> {
    this.#blocks.drop(this.#index, cid);
  }

  async get(cid: Cid, options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Uint8Array> {
    const untilMs = this.#clock.nowMs() + (options.timeoutMs ?? LIMITS.artifactFetchMs);
    for (;;) {
      if (options.signal?.aborted) throw failure("aborted", "The fetch was stopped");
      const found = this.#blocks.find(this.#index, cid);
      if (found !== undefined) {
        if (found.tookMs > 0) await this.#sleep(found.tookMs, options.signal);
        this.#blocks.hold(this.#index, cid, found.bytes);
        return found.bytes.slice();
      }
      const leftMs = untilMs - this.#clock.nowMs();
      if (leftMs <= 0) {
        throw failure("not-found", "No peer had this block in time", cid);
      }
      await this.#sleep(Math.min(ASK_AGAIN_MS, leftMs), options.signal);
    }
  }

  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = this.#clock.at(this.#clock.nowMs() + ms, wake);
      signal?.addEventListener("abort", wake);
    });
  }
}
