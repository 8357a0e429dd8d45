import { ParleyError } from "../../core/errors.ts";
import { throwIfAborted } from "../engine/aborted.ts";
import type { LlamaConfig } from "../llama/config.ts";
import { buildDecodeGraph, pastName } from "../llama/decode-graph.ts";
import { EMBEDDING, linearSpecs, parameterSpecs, type Weights } from "../llama/parameters.ts";
import { factorSpecs } from "../llama/sources.ts";
import type { LoraSettings } from "../lora/factors.ts";
import { encodeModel } from "../onnx/encode.ts";
import { elementCount } from "../onnx/graph.ts";
import { type Feeds, float32, int32, int64, type Runtime, type Session } from "../runtime/runtime.ts";
import { decodeWeights, type WeightForm } from "./weights.ts";

export interface FormSpeed {
  readonly form: WeightForm;
  /** Of the whole model, as far as a few of its blocks tell; 0 where the provider does not run the form. */
  readonly tokensPerSecond: number;
}

export interface ProbeOptions {
  readonly weights: Weights;
  readonly lora: LoraSettings;
  /** Those to measure; by default all. */
  readonly forms?: readonly WeightForm[];
  readonly signal?: AbortSignal | undefined;
}

export const WEIGHT_FORMS: readonly WeightForm[] = ["float32", "int8", "int4"];

/** Floats of the blocks that are measured: more than processors' caches hold, so that reading them takes its time. */
const PROBE_FLOATS = 2 ** 24;
/** Rows of the table: gathering costs nothing, and the head's time is added by its size. */
const PROBE_VOCABULARY = 256;
const WARM_UP_TOKENS = 2;
const MEASURED_TOKENS = 6;

/**
 * How fast each form of the weights answers on this runtime, fastest first. Measured with a model of the first few
 * blocks, token by token and without a past, where only products differ between forms; a session at a time, of at most
 * 64 MiB of floats, so that asking does not take the memory which a smaller form is to save. Whoever loads a model takes
 * the first form that fits in memory.
 * Errors: aborted (by `signal`, within one run).
 */
export async function probeForms(
  runtime: Runtime,
  config: LlamaConfig,
  { weights, lora, forms = WEIGHT_FORMS, signal }: ProbeOptions,
): Promise<FormSpeed[]> {
  const sample = sampleOf(config, weights);
  const speeds: FormSpeed[] = [];
  for (const form of forms) {
    throwIfAborted(signal);
    const seconds = await secondsPerToken(runtime, sample, { form, lora, signal });
    speeds.push({ form, tokensPerSecond: seconds === undefined ? 0 : 1 / (seconds * sample.share) });
  }
  return speeds.sort((a, b) => b.tokensPerSecond - a.tokensPerSecond);
}

interface Sample {
  readonly config: LlamaConfig;
  readonly weights: Weights;
  /** Products of the whole model for each of the sample's. */
  readonly share: number;
}

/** The first blocks and the first rows of the table. */
function sampleOf(config: LlamaConfig, weights: Weights): Sample {
  const block = linearFloats({ ...config, layers: 1 });
  const layers = Math.min(config.layers, Math.max(1, Math.floor(PROBE_FLOATS / block)));
  const vocabularySize = Math.min(config.vocabularySize, PROBE_VOCABULARY);
  const { ownHead: _, ...tied } = config;
  const sample = { ...tied, layers, vocabularySize, contextTokens: MEASURED_TOKENS };
  const table = weights.get(EMBEDDING)?.subarray(0, vocabularySize * config.hiddenSize);
  const products = (sizes: LlamaConfig) => linearFloats(sizes) + sizes.vocabularySize * sizes.hiddenSize;
  return {
    config: sample,
    weights: new Map(
      parameterSpecs(sample).flatMap(({ name }) => {
        const data = name === EMBEDDING ? table : weights.get(name);
        return data === undefined ? [] : [[name, data] as const];
      }),
    ),
    share: products(config) / products(sample),
  };
}

function linearFloats(config: LlamaConfig): number {
  return linearSpecs(config).reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

interface Measurement {
  readonly form: WeightForm;
  readonly lora: LoraSettings;
  readonly signal: AbortSignal | undefined;
}

/** Undefined where the runtime does not load or run the graph. */
async function secondsPerToken(
  runtime: Runtime,
  { config, weights }: Sample,
  { form, lora, signal }: Measurement,
): Promise<number | undefined> {
  let session: Session | undefined;
  try {
    const graph = buildDecodeGraph(config, { weights: decodeWeights(config, weights, form), lora });
    session = await runtime.createSession(await encodeModel(graph));
    const feeds = oneToken(config, lora);
    let start = performance.now();
    for (let run = 0; run < WARM_UP_TOKENS + MEASURED_TOKENS; run++) {
      throwIfAborted(signal);
      if (run === WARM_UP_TOKENS) start = performance.now();
      await session.run(feeds);
    }
    return (performance.now() - start) / 1_000 / MEASURED_TOKENS;
  } catch (error) {
    if (error instanceof ParleyError && error.code === "session-failed") return undefined;
    throw error;
  } finally {
    await session?.release();
  }
}

/** A token at the beginning of a text, with an adapter of zeros. */
function oneToken(config: LlamaConfig, lora: LoraSettings): Feeds {
  const empty = float32(new Float32Array(), [1, config.keyValueHeads, 0, config.headSize]);
  const layers = Array.from({ length: config.layers }, (_, layer) => layer);
  return {
    tokens: int64(BigInt64Array.of(0n), [1, 1]),
    lastIndex: int32(Int32Array.of(0), [1]),
    totalTokens: int32(Int32Array.of(1), [1]),
    ...Object.fromEntries(
      layers.flatMap((layer) => [
        [pastName(layer, "key"), empty],
        [pastName(layer, "value"), empty],
      ]),
    ),
    ...Object.fromEntries(
      factorSpecs(config, lora).map(({ name, shape }) => [
        name,
        float32(new Float32Array(elementCount(shape)), shape),
      ]),
    ),
  };
}
