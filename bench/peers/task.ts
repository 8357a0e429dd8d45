import { fetchFolder, loadModel, type Model } from "../../src/model/folder.ts";
import type { LlamaConfig } from "../../src/model/llama/config.ts";
import { linearSpecs, parameterSpecs } from "../../src/model/llama/parameters.ts";
import { rotaryTables } from "../../src/model/llama/rotary.ts";
import { factorA } from "../../src/model/lora/factors.ts";
import { ADAMW_DEFAULTS, type AdamWOptions } from "../../src/model/onnx/adamw.ts";

/** An array of numbers and its shape, row-major. */
export interface Block {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Rows of text that fill `batch` × `sequence`; every position counts in the loss. */
export interface Rows {
  readonly batch: number;
  readonly sequence: number;
  readonly tokens: Int32Array<ArrayBuffer>;
  /** The token that follows each. */
  readonly targets: Int32Array<ArrayBuffer>;
}

/** What every engine gets: LoRA on all linear layers of the model, only factor B trained (FFA-LoRA). */
export interface TrainingTask {
  readonly config: LlamaConfig;
  readonly weights: ReadonlyMap<string, Block>;
  /** By linear layer, alpha / rank inside. */
  readonly factorsA: ReadonlyMap<string, Block>;
  /** First values of factor B: small, so that the gradient of every layer counts from the first step. */
  readonly factorsB: ReadonlyMap<string, Block>;
  readonly training: Rows;
  readonly evaluation: Rows;
  readonly optimizer: AdamWOptions;
  readonly learningRate: number;
}

const LEARNING_RATE = 0.002;

/** The batch and the sequence are the manifest's; the text is the model's benchmark. */
export function trainingTask(model: Model): TrainingTask {
  const { config, manifest, weights } = model;
  const linears = linearSpecs(config);
  const { rank } = manifest.lora;
  return {
    config,
    weights: new Map(
      parameterSpecs(config).map(({ name, shape }) => [
        name,
        { data: weights.get(name) ?? new Float32Array(), shape },
      ]),
    ),
    factorsA: new Map(
      linears.map((spec) => [
        spec.name,
        { data: factorA(spec, manifest.lora), shape: [spec.shape[0], rank] },
      ]),
    ),
    factorsB: new Map(
      linears.map(({ name, shape }) => [
        name,
        { data: smallNumbers(rank * shape[1]), shape: [rank, shape[1]] },
      ]),
    ),
    training: rowsOf(model, manifest.training.batch, manifest.training.sequenceTokens),
    evaluation: rowsOf(model, manifest.evaluation.batch, manifest.evaluation.sequenceTokens),
    optimizer: ADAMW_DEFAULTS,
    learningRate: LEARNING_RATE,
  };
}

export async function fetchTask(modelUrl: string): Promise<TrainingTask> {
  return trainingTask(await loadModel(fetchFolder(modelUrl)));
}

function smallNumbers(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, index) => ((index % 17) - 8) / 1_024);
}

function rowsOf({ benchmark, tokenizer }: Model, batch: number, sequence: number): Rows {
  const size = batch * sequence;
  const text = benchmark.sequences.flatMap(({ prompt, answer }) =>
    tokenizer.encode(`${prompt}\n${answer}\n`),
  );
  const stream = Int32Array.from({ length: size + 1 }, (_, index) => text[index % text.length] ?? 0);
  return { batch, sequence, tokens: stream.slice(0, size), targets: stream.slice(1) };
}

/** Rotary tables as whole rows, [sequence, headSize]: each half of a row is the same. */
export function rotaryRows(config: LlamaConfig, sequence: number): { cosines: Block; sines: Block } {
  const half = config.headSize / 2;
  const tables = rotaryTables(config);
  const doubled = (table: Float32Array): Block => ({
    shape: [sequence, config.headSize],
    data: Float32Array.from({ length: sequence * config.headSize }, (_, index) => {
      const position = Math.floor(index / config.headSize);
      return table[position * half + (index % half)] ?? 0;
    }),
  });
  return { cosines: doubled(tables.cosines), sines: doubled(tables.sines) };
}

/** [sequence, sequence]: 0 where a position may look, −1e9 elsewhere. */
export function causalMask(sequence: number): Block {
  const data = Float32Array.from({ length: sequence * sequence }, (_, index) =>
    index % sequence > Math.floor(index / sequence) ? -1e9 : 0,
  );
  return { data, shape: [sequence, sequence] };
}
