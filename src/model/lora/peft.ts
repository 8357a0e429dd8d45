import { failure } from "../../core/errors.ts";
import { ADAPTER_EXPONENT, type Adapter, type Cid } from "../../core/primitives.ts";
import type { PeftFiles } from "../../ports/adapter-files.ts";
import type { LlamaConfig } from "../llama/config.ts";
import { linearSpecs, type Weights } from "../llama/parameters.ts";
import { type NamedTensor, readMetadata, readSafetensors, writeSafetensors } from "../safetensors.ts";
import { adapterFloats, zeroAdapter } from "./adapter.ts";
import { adapterTensorSpecs, factorA, type LoraSettings } from "./factors.ts";
import { formatPeftConfig, type PeftConfig, parsePeftConfig, scaleOf } from "./peft-config.ts";
import { type PeftPair, peftLayers, peftName, peftPairs } from "./peft-layers.ts";

/** The model that an adapter belongs to, without its weights. */
export interface AdaptedModel {
  readonly cid: Cid;
  readonly name: string;
  readonly config: LlamaConfig;
  readonly lora: LoraSettings;
}

const INT32_LIMIT = 2 ** 31 - 1;

/**
 * An adapter as Hugging Face PEFT keeps it: adapter_config.json and adapter_model.safetensors (float32, the
 * configuration also in its metadata). Our merged layers are cut into q/k/v and gate/up, which then share factor A.
 * PEFT scales by lora_alpha / r itself, so the A that is written is the drawn one, without our scale in it.
 */
export function toPeft(model: AdaptedModel, adapter: Adapter): Required<PeftFiles> {
  const { config, lora } = model;
  const drawn = drawnFactors(model);
  const floats = adapterFloats(adapter);
  const layers = peftLayers(config);
  const tensors = layers.flatMap((layer): NamedTensor[] => {
    const a = drawn.get(layer.merged) ?? new Float32Array();
    const b = floats.get(layer.merged) ?? new Float32Array();
    const columns = Float32Array.from({ length: layer.outputs * lora.rank }, (_, index) => {
      const row = index % lora.rank;
      return b[row * layer.mergedOutputs + layer.offset + (index - row) / lora.rank] ?? 0;
    });
    return [
      { name: peftName(layer, "A"), shape: [lora.rank, layer.inputs], data: a },
      { name: peftName(layer, "B"), shape: [layer.outputs, lora.rank], data: columns },
    ];
  });
  const targets = Array.from(new Set(layers.map(({ target }) => target)));
  const settings = { rank: lora.rank, alpha: lora.alpha, rankStabilised: false };
  const json = formatPeftConfig(settings, model.name, targets);
  return {
    config: new TextEncoder().encode(`${JSON.stringify(json, undefined, 2)}\n`),
    weights: writeSafetensors(tensors, "F32", { format: "pt", [METADATA_KEY]: JSON.stringify(json) }),
  };
}

const METADATA_KEY = "adapter_config";

/**
 * An adapter of PEFT's files. Its factors A must be ours (the network's draw, whatever the scale): values of B are then
 * rounded to multiples of 2^-20, which changes nothing in what `toPeft` wrote of values below 16. Layers that the files
 * leave out get zeros. Errors: peft-config, peft-tensors, model-weights, adapter-foreign (another factor A: such an
 * adapter can be merged into the weights, but never added to ours), adapter-overflow.
 */
export function fromPeft(model: AdaptedModel, files: PeftFiles): Adapter {
  const { settings, pairs } = readPeft(model.config, files);
  const drawn = drawnFactors(model);
  const adapter = zeroAdapter(model.cid, adapterTensorSpecs(model.config, model.lora));
  const data = new Map(adapter.tensors.map((tensor) => [tensor.name, tensor.data]));
  const unit = (scaleOf(settings) * model.lora.rank) / model.lora.alpha / 2 ** ADAPTER_EXPONENT;
  for (const pair of pairs) {
    checkFactorA(pair, drawn.get(pair.layer.merged));
    place(pair, data.get(pair.layer.merged) ?? new Int32Array(), { unit, rank: model.lora.rank });
  }
  return adapter;
}

/**
 * A foreign adapter (any rank, any of these layers) worked into a copy of the weights: W + scale · A · B in our layout.
 * For chat only: the network's adapters are of the network's factor A, and its proofs of its weights. Errors as
 * `fromPeft`'s.
 */
export function mergePeft(config: LlamaConfig, weights: Weights, files: PeftFiles): Weights {
  const { settings, pairs } = readPeft(config, files);
  const scale = scaleOf(settings);
  const merged = new Map(weights);
  const copied = new Set<string>();
  for (const { layer, a, b } of pairs) {
    const before = merged.get(layer.merged) ?? new Float32Array();
    if (before.length !== layer.inputs * layer.mergedOutputs) {
      throw failure("model-weights", `${layer.merged} has another size.`);
    }
    const matrix = copied.has(layer.merged) ? before : before.slice();
    copied.add(layer.merged);
    merged.set(layer.merged, matrix);
    for (let input = 0; input < layer.inputs; input++) {
      for (let output = 0; output < layer.outputs; output++) {
        let sum = 0;
        for (let row = 0; row < settings.rank; row++) {
          sum += (a[row * layer.inputs + input] ?? 0) * (b[output * settings.rank + row] ?? 0);
        }
        const at = input * layer.mergedOutputs + layer.offset + output;
        matrix[at] = (matrix[at] ?? 0) + scale * sum;
      }
    }
  }
  return merged;
}

function readPeft(config: LlamaConfig, files: PeftFiles): { settings: PeftConfig; pairs: PeftPair[] } {
  const settings = parsePeftConfig(readConfig(files));
  return { settings, pairs: peftPairs(config, settings, readSafetensors(files.weights)) };
}

function readConfig({ config, weights }: PeftFiles): unknown {
  const text = config === undefined ? readMetadata(weights)[METADATA_KEY] : new TextDecoder().decode(config);
  if (text === undefined) throw failure("peft-config", "adapter_config.json is missing.");
  try {
    return JSON.parse(text);
  } catch {
    throw failure("peft-config", "adapter_config.json is not JSON.");
  }
}

/** Factor A of each linear layer of ours as it was drawn, [rank, inputs] as PEFT has it. */
function drawnFactors({ config, lora }: AdaptedModel): ReadonlyMap<string, Float32Array> {
  const unscaled = { ...lora, alpha: lora.rank };
  return new Map(
    linearSpecs(config).map((spec) => [spec.name, transposed(factorA(spec, unscaled), lora.rank)]),
  );
}

function transposed(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  return Float32Array.from(
    matrix,
    (_, index) => matrix[(index % rows) * columns + Math.floor(index / rows)] ?? 0,
  );
}

function checkFactorA({ layer, a }: PeftPair, drawn: Float32Array | undefined): void {
  if (drawn?.length === a.length && drawn.every((value, index) => value === a[index])) return;
  throw failure(
    "adapter-foreign",
    "This adapter was not made for this network: its factor A is another one.",
    "the factor A of this model's seed and rank",
    peftName(layer, "A"),
  );
}

/** Factor B of one of Hugging Face's layers into its columns of ours. */
function place(
  { layer, b }: PeftPair,
  data: Int32Array,
  { unit, rank }: { readonly unit: number; readonly rank: number },
): void {
  b.forEach((value, index) => {
    const integer = Math.round(value * unit);
    if (Math.abs(integer) > INT32_LIMIT) {
      throw failure(
        "adapter-overflow",
        `A value of ${peftName(layer, "B")} is too large.`,
        "below 2048",
        `${value}`,
      );
    }
    const row = index % rank;
    data[row * layer.mergedOutputs + layer.offset + (index - row) / rank] = integer;
  });
}
