import { failure } from "../../core/errors.ts";
import type { Adapter } from "../../core/primitives.ts";
import type { Model } from "../folder.ts";
import { buildDecodeGraph, pastName, presentName } from "../llama/decode-graph.ts";
import { adapterFeeds, zeroAdapter } from "../lora/adapter.ts";
import { encodeModel } from "../onnx/encode.ts";
import {
  type Feeds,
  float32,
  int32,
  int64,
  type Runtime,
  type Session,
  type TensorData,
} from "../runtime/runtime.ts";

const PARTS = ["key", "value"] as const;

/** A decode session with its cache of keys and values: one dialogue at a time. */
export class Decoder {
  readonly #session: Session;
  readonly #model: Model;
  #factors: Feeds;
  #cache: Record<string, TensorData> = {};
  #past = 0;

  private constructor(session: Session, model: Model) {
    this.#session = session;
    this.#model = model;
    this.#factors = adapterFeeds(zeroAdapter(model.cid, model.tensors));
    this.reset();
  }

  static async create(model: Model, runtime: Runtime): Promise<Decoder> {
    const graph = buildDecodeGraph(model.config, { weights: model.weights, lora: model.manifest.lora });
    return new Decoder(await runtime.createSession(await encodeModel(graph)), model);
  }

  /** `adapter` must fit the model. */
  setAdapter(adapter: Adapter): void {
    this.#factors = adapterFeeds(adapter);
  }

  /** Forgets the dialogue. */
  reset(): void {
    const { layers, keyValueHeads, headSize } = this.#model.config;
    this.#past = 0;
    this.#cache = {};
    for (let layer = 0; layer < layers; layer++) {
      for (const part of PARTS) {
        this.#cache[pastName(layer, part)] = float32(new Float32Array(), [1, keyValueHeads, 0, headSize]);
      }
    }
  }

  /** Reads `tokens` after what it has read so far; logits for the token that follows. */
  async read(tokens: readonly number[]): Promise<Float32Array> {
    const total = this.#past + tokens.length;
    const results = await this.#session.run({
      tokens: int64(BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
      lastIndex: int32(Int32Array.of(total - 1), [1]),
      totalTokens: int32(Int32Array.of(total), [1]),
      ...this.#cache,
      ...this.#factors,
    });
    for (let layer = 0; layer < this.#model.config.layers; layer++) {
      for (const part of PARTS) {
        const present = results[presentName(layer, part)];
        if (present !== undefined) this.#cache[pastName(layer, part)] = present;
      }
    }
    this.#past = total;
    const logits = results.logits?.data;
    if (logits instanceof Float32Array) return logits;
    throw failure("session-failed", "The decoder gave no logits.");
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
