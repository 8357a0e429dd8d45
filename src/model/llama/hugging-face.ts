import { failure } from "../../core/errors.ts";
import type { NamedTensor } from "../safetensors.ts";
import { LINEARS, type LinearKind, type LlamaConfig } from "./config.ts";
import {
  biasName,
  linearName,
  linearShape,
  type ParameterSpec,
  parameterSpecs,
  type Weights,
} from "./parameters.ts";

/** A tensor of Hugging Face's that is a part of one parameter of ours; its first dimension is `outputs`. */
interface Part {
  readonly name: string;
  readonly outputs: number;
}

/** Hugging Face's layers that we merge into one, in order, with their outputs. */
export function layersOf(config: LlamaConfig, kind: LinearKind): readonly (readonly [string, number])[] {
  const queries = config.heads * config.headSize;
  const keyValue = config.keyValueHeads * config.headSize;
  switch (kind) {
    case "self_attn.qkv_proj":
      return [
        ["self_attn.q_proj", queries],
        ["self_attn.k_proj", keyValue],
        ["self_attn.v_proj", keyValue],
      ];
    case "mlp.gate_up_proj":
      return [
        ["mlp.gate_proj", config.intermediateSize],
        ["mlp.up_proj", config.intermediateSize],
      ];
    default:
      return [[kind, linearShape(config, kind)[1]]];
  }
}

/** Parts of each linear layer's matrix and bias, by our name. All other parameters are the same there and here. */
function mergedParts(config: LlamaConfig): ReadonlyMap<string, readonly Part[]> {
  const merged = new Map<string, readonly Part[]>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const kind of LINEARS) {
      const parts = (field: string) =>
        layersOf(config, kind).map(([part, outputs]) => ({
          name: `model.layers.${layer}.${part}.${field}`,
          outputs,
        }));
      merged.set(linearName(layer, kind), parts("weight"));
      merged.set(biasName(linearName(layer, kind)), parts("bias"));
    }
  }
  return merged;
}

/** The tensors that a checkpoint holds, as Hugging Face names and shapes them. */
export function checkpointSpecs(config: LlamaConfig): ParameterSpec[] {
  const merged = mergedParts(config);
  return parameterSpecs(config).flatMap((spec) => {
    const parts = merged.get(spec.name);
    return parts?.map(({ name, outputs }) => ({ name, shape: partShape(spec, outputs) })) ?? [spec];
  });
}

/** Tensors of a checkpoint in our graphs' layout. Errors: model-weights. */
export function fromHuggingFace(config: LlamaConfig, tensors: ReadonlyMap<string, NamedTensor>): Weights {
  const assembly = assemble(config, (_, data) => data);
  let step = assembly.next();
  while (!step.done) {
    const tensor = tensors.get(step.value);
    if (tensor === undefined) throw failure("model-weights", `The checkpoint lacks ${step.value}.`);
    step = assembly.next(tensor);
  }
  return step.value;
}

/** What is kept in memory of a parameter that has just been read. */
export type Keep<Kept> = (spec: ParameterSpec, data: Float32Array) => Kept;

/**
 * The same from a file that is read tensor by tensor: beside the result, one parameter at a time is in memory.
 * `keep` turns each into what stays (for example quantised); without it, the floats stay.
 */
export function loadHuggingFace(config: LlamaConfig, read: ReadTensor): Promise<Weights>;
export function loadHuggingFace<Kept>(
  config: LlamaConfig,
  read: ReadTensor,
  keep: Keep<Kept>,
): Promise<Map<string, Kept>>;
export async function loadHuggingFace<Kept>(
  config: LlamaConfig,
  read: ReadTensor,
  keep?: Keep<Kept>,
): Promise<Map<string, Kept | Float32Array>> {
  const assembly = assemble<Kept | Float32Array>(config, keep ?? ((_, data) => data));
  let step = assembly.next();
  while (!step.done) step = assembly.next(await read(step.value));
  return step.value;
}

/** Reads one tensor of the checkpoint. Errors: model-weights. */
export type ReadTensor = (name: string) => Promise<NamedTensor>;

/** Asks for one tensor of the checkpoint after another, by name, and puts each in its place. */
function* assemble<Kept>(
  config: LlamaConfig,
  keep: Keep<Kept>,
): Generator<string, Map<string, Kept>, NamedTensor> {
  const merged = mergedParts(config);
  const kept = new Map<string, Kept>();
  for (const spec of parameterSpecs(config)) {
    const parts = merged.get(spec.name);
    const data =
      parts === undefined ? checkShape(yield spec.name, spec).data : yield* mergeParts(spec, parts);
    kept.set(spec.name, keep(spec, data));
  }
  return kept;
}

/** The reverse of `fromHuggingFace`. Errors: model-weights. */
export function toHuggingFace(config: LlamaConfig, weights: Weights): NamedTensor[] {
  const merged = mergedParts(config);
  const specs = parameterSpecs(config);
  const whole = specs.filter(({ name }) => !merged.has(name));
  return [
    ...whole.map(({ name, shape }) => ({ name, shape, data: weightOf(weights, { name, shape }) })),
    ...specs.flatMap((spec) => cutParts(weightOf(weights, spec), spec, merged.get(spec.name) ?? [])),
  ];
}

function checkShape(tensor: NamedTensor, { name, shape }: ParameterSpec): NamedTensor {
  const [expected, received] = [shape.join("×"), tensor.shape.join("×")];
  if (expected === received) return tensor;
  throw failure("model-weights", `${name} has another shape.`, expected, received);
}

function weightOf(weights: Weights, { name, shape }: ParameterSpec): Float32Array {
  const data = weights.get(name);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (data?.length === size) return data;
  throw failure("model-weights", `${name} has another size.`, `${size}`, `${data?.length ?? "nothing"}`);
}

/** A matrix [inputs, outputs], or a bias [outputs] as a matrix with one input. */
function sizesOf(shape: readonly number[]): { inputs: number; outputs: number } {
  return { inputs: shape.length === 1 ? 1 : (shape[0] ?? 0), outputs: shape.at(-1) ?? 0 };
}

const partShape = ({ shape }: ParameterSpec, outputs: number): number[] =>
  shape.length === 1 ? [outputs] : [outputs, shape[0] ?? 0];

function* mergeParts(
  spec: ParameterSpec,
  parts: readonly Part[],
): Generator<string, Float32Array, NamedTensor> {
  const { inputs, outputs } = sizesOf(spec.shape);
  const merged = new Float32Array(inputs * outputs);
  let offset = 0;
  for (const part of parts) {
    const { data } = checkShape(yield part.name, { name: part.name, shape: partShape(spec, part.outputs) });
    for (let row = 0; row < part.outputs; row++) {
      for (let column = 0; column < inputs; column++) {
        merged[column * outputs + offset + row] = data[row * inputs + column] ?? 0;
      }
    }
    offset += part.outputs;
  }
  return merged;
}

function cutParts(merged: Float32Array, spec: ParameterSpec, parts: readonly Part[]): NamedTensor[] {
  const { inputs, outputs } = sizesOf(spec.shape);
  let offset = 0;
  return parts.map((part) => {
    const data = new Float32Array(part.outputs * inputs);
    for (let row = 0; row < part.outputs; row++) {
      for (let column = 0; column < inputs; column++) {
        data[row * inputs + column] = merged[column * outputs + offset + row] ?? 0;
      }
    }
    offset += part.outputs;
    return { name: part.name, shape: partShape(spec, part.outputs), data };
  });
}
