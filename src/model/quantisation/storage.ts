import { openCheckpoint } from "../checkpoint.ts";
import type { LlamaConfig } from "../llama/config.ts";
import { loadHuggingFace, toHuggingFace } from "../llama/hugging-face.ts";
import type { Weights } from "../llama/parameters.ts";
import { floatTensor, type NamedTensor, type StoredTensor, writeTensors } from "../safetensors.ts";
import { BLOCK, codeBytes, hasBlocks, type QuantisedForm, quantise } from "./blocks.ts";
import { scalesName } from "./stored.ts";

/**
 * Quantised checkpoints are safetensors in Hugging Face's names and order. A matrix `w` [rows, columns] whose columns are
 * a multiple of 32 is two tensors: `w`, U8 [rows, columns] (int8) or [rows, columns / 2] (int4, two codes to a byte, the
 * first in the low half), and `w.scales`, F16 [rows, columns / 32]; value = (code − 128 or 8) · scale. All others are F16.
 * `parley.quantisation` in the metadata names the scheme, `int8-32` or `int4-32`.
 */
export interface QuantisedFile {
  readonly tensors: readonly StoredTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** A model's weights as the tensors of a file, for `writeTensors`. Errors: model-weights. */
export function quantiseWeights(config: LlamaConfig, weights: Weights, form: QuantisedForm): QuantisedFile {
  return {
    tensors: toHuggingFace(config, weights).flatMap((tensor) => storedTensors(tensor, form)),
    metadata: { format: "pt", "parley.quantisation": `${form}-${BLOCK}` },
  };
}

/** The bytes of a quantised checkpoint: the same on every machine. Errors: model-weights. */
export function writeQuantised(config: LlamaConfig, weights: Weights, form: QuantisedForm): Uint8Array {
  const { tensors, metadata } = quantiseWeights(config, weights, form);
  return writeTensors(tensors, metadata);
}

/** Weights of a whole checkpoint in memory, quantised or not: floats, the same bits on every machine. Errors: model-weights. */
export async function readQuantised(config: LlamaConfig, bytes: Uint8Array): Promise<Weights> {
  const read = async (start: number, end: number) => bytes.subarray(start, end);
  const checkpoint = await openCheckpoint([{ path: "model.safetensors", bytes: bytes.length, read }]);
  return loadHuggingFace(config, checkpoint.read);
}

function storedTensors(tensor: NamedTensor, form: QuantisedForm): StoredTensor[] {
  const { name, shape, data } = tensor;
  const [rows = 0, columns] = shape;
  if (columns === undefined || !hasBlocks(columns)) return [floatTensor(tensor, "F16")];
  const { codes, scales } = quantise(form, { data, rows, columns, rowStep: columns, columnStep: 1 });
  return [
    { name, dtype: "U8", shape: [rows, codeBytes(form, columns)], bytes: codes },
    floatTensor({ name: scalesName(name), shape: [rows, columns / BLOCK], data: scales }, "F16"),
  ];
}
