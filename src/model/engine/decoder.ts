import { failure } from "../../core/errors.ts";
import type { Adapter } from "../../core/primitives.ts";
import type { AnsweringModel } from "../folder.ts";
import { type AttentionKind, fusesAttention } from "../llama/decode-attention.ts";
import { buildDecodeGraph } from "../llama/decode-graph.ts";
import { adapterFeeds, zeroAdapter } from "../lora/adapter.ts";
import { encodeModel } from "../onnx/encode.ts";
import { nextEvent } from "../queue.ts";
import { type Feeds, int32, int64, type Runtime, type Session } from "../runtime/runtime.ts";
import { CarriedCache, carriedCache, HostCache, type KeyValueCache } from "./cache.ts";

export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called between chunks with how many of the tokens that were not in the cache have been read. */
  readonly onChunk?: ((done: number, total: number) => void) | undefined;
}

/** Logits for the token after the last one; absent when it was aborted before the end. */
export interface Followed {
  readonly logits: Float32Array | undefined;
  /** Tokens at the beginning that the cache held already. */
  readonly reusedTokens: number;
}

/**
 * A decode session with the keys and values of what it has read: one dialogue at a time. Where the next dialogue begins
 * as the last one did (the turns before), that part is not read again.
 */
export class Decoder {
  readonly #session: Session;
  readonly #cache: KeyValueCache;
  readonly #chunkTokens: number;
  readonly #createReader: (() => Promise<Session>) | undefined;
  /** Reads many tokens at once, faster than the session, into the same cache. */
  #reader: Session | undefined;
  #factors: Feeds;
  /** What the cache holds, in order. */
  #tokens: number[] = [];

  private constructor(
    model: AnsweringModel,
    parts: {
      readonly session: Session;
      readonly cache: KeyValueCache;
      readonly chunkTokens: number;
      readonly createReader: (() => Promise<Session>) | undefined;
    },
  ) {
    this.#session = parts.session;
    this.#cache = parts.cache;
    this.#chunkTokens = parts.chunkTokens;
    this.#createReader = parts.createReader;
    this.#factors = adapterFeeds(zeroAdapter(model.cid, model.tensors));
  }

  static async create(model: AnsweringModel, runtime: Runtime): Promise<Decoder> {
    const { config, manifest } = model;
    const onDevice = runtime.provider === "webgpu";
    const createSession = async (attention: AttentionKind): Promise<Session> => {
      const graph = buildDecodeGraph(config, {
        weights: model.weights,
        lora: manifest.lora,
        newRows: !onDevice,
        attention,
      });
      const settings = onDevice ? { carry: carriedCache(config) } : {};
      return runtime.createSession(await encodeModel(graph), settings);
    };
    const session = await createSession("fused");
    const gains = !onDevice && fusesAttention(config) && manifest.parameters <= READER_PARAMETERS;
    return new Decoder(model, {
      session,
      cache: onDevice ? new CarriedCache(config, session) : new HostCache(config),
      chunkTokens: chunkTokens(runtime, manifest.parameters),
      createReader: gains ? () => createSession("composed") : undefined,
    });
  }

  /**
   * Makes prompts faster to read from here on, where a second session with its own copy of the weights is small enough
   * to be worth that. Takes a tenth of a second or more, so it is not done at the start. Not while it reads.
   * Errors: session-failed (it goes on as it was).
   */
  async prepareReader(): Promise<void> {
    this.#reader ??= await this.#createReader?.();
  }

  /** `adapter` must fit the model. What was read before is forgotten: it was read with another model. */
  setAdapter(adapter: Adapter): void {
    this.#factors = adapterFeeds(adapter);
    this.reset();
  }

  /** Forgets the dialogue. */
  reset(): void {
    this.#tokens = [];
    this.#cache.clear();
  }

  /**
   * Goes to the end of `sequence` (at least one token, at most the context's), reading what the cache does not hold in
   * chunks; between chunks events are handled, so that an abort comes through. What was read stays, also then.
   */
  async follow(sequence: readonly number[], { signal, onChunk }: FollowOptions = {}): Promise<Followed> {
    // The last token is always read: its logits are what is asked for.
    const reusedTokens = Math.min(commonPrefix(this.#tokens, sequence), sequence.length - 1);
    await this.#keep(reusedTokens);
    let logits: Float32Array | undefined;
    for (let at = reusedTokens; at < sequence.length; at += this.#chunkTokens) {
      if (at > reusedTokens) {
        onChunk?.(at - reusedTokens, sequence.length - reusedTokens);
        await nextEvent();
      }
      if (signal?.aborted) return { logits: undefined, reusedTokens };
      logits = await this.read(sequence.slice(at, at + this.#chunkTokens));
    }
    return { logits, reusedTokens };
  }

  /** Reads `tokens` after what it has read so far, in one run; logits for the token that follows. */
  async read(tokens: readonly number[]): Promise<Float32Array> {
    const total = this.#tokens.length + tokens.length;
    const session = tokens.length < READER_TOKENS ? this.#session : (this.#reader ?? this.#session);
    const results = await session.run({
      tokens: int64(BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
      lastIndex: int32(Int32Array.of(total - 1), [1]),
      totalTokens: int32(Int32Array.of(total), [1]),
      ...this.#cache.feeds(tokens.length),
      ...this.#factors,
    });
    this.#cache.append(results, tokens.length);
    this.#tokens.push(...tokens);
    const logits = results.logits?.data;
    if (logits instanceof Float32Array) return logits;
    throw failure("session-failed", "The decoder gave no logits.");
  }

  async release(): Promise<void> {
    await this.#session.release();
    await this.#reader?.release();
  }

  async #keep(count: number): Promise<void> {
    await this.#cache.keep(count);
    this.#tokens.length = Math.min(this.#tokens.length, count);
  }
}

function commonPrefix(one: readonly number[], other: readonly number[]): number {
  const shorter = Math.min(one.length, other.length);
  for (let index = 0; index < shorter; index++) if (one[index] !== other[index]) return index;
  return shorter;
}

/** Up to 32 MiB of weights are kept twice for the sake of prompts. */
const READER_PARAMETERS = 2 ** 23;
/**
 * Where ordinary operators overtake the fused attention on plain-SIMD WebAssembly (seed model): 8 tokens behind 64 rows,
 * about 30 with an empty cache.
 */
const READER_TOKENS = 16;

const CHUNK_TOKENS = { least: 16, most: 128 } as const;
/** Multiplications that take about a tenth of a second: on one core of WebAssembly, and on a modest graphics card. */
const CHUNK_WORK = { processor: 2 ** 28, graphics: 2 ** 36 } as const;

/**
 * Tokens of a prompt that are read in one run: what an abort may have to wait for. A function of model and provider
 * alone, so that the same request is computed in the same pieces.
 */
function chunkTokens({ provider }: Runtime, parameters: number): number {
  const work = provider === "webgpu" ? CHUNK_WORK.graphics : CHUNK_WORK.processor;
  const tokens = 2 ** Math.floor(Math.log2(work / parameters));
  return Math.min(CHUNK_TOKENS.most, Math.max(CHUNK_TOKENS.least, tokens));
}
