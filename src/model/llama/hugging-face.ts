import { failure } from "../../core/errors.ts";
import type { NamedTensor } from "../safetensors.ts";
import type { LlamaConfig } from "./config.ts";
import { EMBEDDING, FINAL_NORM, linearName, normName, parameterSpecs, type Weights } from "./parameters.ts";

type Tensors = ReadonlyMap<string, NamedTensor>;

/** Hugging Face's parts ([outputs, inputs] each) of one merged linear layer of ours ([inputs, sum of outputs]). */
function partsOf(
  config: LlamaConfig,
  layer: number,
): { merged: string; inputs: number; parts: [string, number][] }[] {
  const prefix = `model.layers.${layer}`;
  const queries = config.heads * config.headSize;
  const keyValue = config.keyValueHeads * config.headSize;
  const attention: [string, number][] = [
    [`${prefix}.self_attn.q_proj.weight`, queries],
    [`${prefix}.self_attn.k_proj.weight`, keyValue],
    [`${prefix}.self_attn.v_proj.weight`, keyValue],
  ];
  const gates: [string, number][] = [
    [`${prefix}.mlp.gate_proj.weight`, config.intermediateSize],
    [`${prefix}.mlp.up_proj.weight`, config.intermediateSize],
  ];
  return [
    { merged: linearName(layer, "self_attn.qkv_proj"), inputs: config.hiddenSize, parts: attention },
    {
      merged: linearName(layer, "self_attn.o_proj"),
      inputs: queries,
      parts: [[`${prefix}.self_attn.o_proj.weight`, config.hiddenSize]],
    },
    { merged: linearName(layer, "mlp.gate_up_proj"), inputs: config.hiddenSize, parts: gates },
    {
      merged: linearName(layer, "mlp.down_proj"),
      inputs: config.intermediateSize,
      parts: [[`${prefix}.mlp.down_proj.weight`, config.hiddenSize]],
    },
  ];
}

function plainNames(config: LlamaConfig): string[] {
  const norms = Array.from({ length: config.layers }, (_, layer) => [
    normName(layer, "input"),
    normName(layer, "post_attention"),
  ]).flat();
  return [EMBEDDING, ...norms, FINAL_NORM];
}

/** Tensors of a Llama checkpoint in our graphs' layout. Errors: model-weights. */
export function fromHuggingFace(config: LlamaConfig, tensors: Tensors): Weights {
  const assembly = assemble(config);
  let step = assembly.next();
  while (!step.done) step = assembly.next(tensorOf(tensors, step.value));
  return step.value;
}

/** The same from a file that is read tensor by tensor: beside the result, one tensor at a time is in memory. */
export async function loadHuggingFace(
  config: LlamaConfig,
  read: (name: string) => Promise<NamedTensor>,
): Promise<Weights> {
  const assembly = assemble(config);
  let step = assembly.next();
  while (!step.done) step = assembly.next(await read(step.value));
  return step.value;
}

/** Asks for one tensor of the checkpoint after another, by name, and puts each in its place. */
function* assemble(config: LlamaConfig): Generator<string, Weights, NamedTensor> {
  const weights = new Map<string, Float32Array>();
  for (const name of plainNames(config)) weights.set(name, (yield name).data);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const { merged, inputs, parts } of partsOf(config, layer)) {
      const outputs = parts.reduce((sum, [, size]) => sum + size, 0);
      const data = new Float32Array(inputs * outputs);
      let offset = 0;
      for (const [name, size] of parts) {
        copyTransposed(yield name, data, { inputs, outputs, offset, size });
        offset += size;
      }
      weights.set(merged, data);
    }
  }
  checkSizes(config, weights);
  return weights;
}

/** The reverse of `fromHuggingFace`. Errors: model-weights. */
export function toHuggingFace(config: LlamaConfig, weights: Weights): NamedTensor[] {
  checkSizes(config, weights);
  const shapes = new Map(parameterSpecs(config).map(({ name, shape }) => [name, shape]));
  const tensors: NamedTensor[] = plainNames(config).map((name) => ({
    name,
    shape: shapes.get(name) ?? [],
    data: weights.get(name) ?? new Float32Array(),
  }));
  for (let layer = 0; layer < config.layers; layer++) {
    for (const { merged, inputs, parts } of partsOf(config, layer)) {
      const data = weights.get(merged) ?? new Float32Array();
      const outputs = parts.reduce((sum, [, size]) => sum + size, 0);
      let offset = 0;
      for (const [name, size] of parts) {
        tensors.push({
          name,
          shape: [size, inputs],
          data: cutTransposed(data, { inputs, outputs, offset, size }),
        });
        offset += size;
      }
    }
  }
  return tensors;
}

function tensorOf(tensors: Tensors, name: string): NamedTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw failure("model-weights", `The checkpoint lacks ${name}.`);
  return tensor;
}

interface Block {
  readonly inputs: number;
  readonly outputs: number;
  /** First column of the part in the merged matrix. */
  readonly offset: number;
  /** Columns of the part. */
  readonly size: number;
}

function copyTransposed(
  part: NamedTensor,
  merged: Float32Array,
  { inputs, outputs, offset, size }: Block,
): void {
  if (part.shape[0] !== size || part.shape[1] !== inputs) {
    throw failure(
      "model-weights",
      `${part.name} has another shape.`,
      `${size}×${inputs}`,
      part.shape.join("×"),
    );
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < inputs; column++) {
      merged[column * outputs + offset + row] = part.data[row * inputs + column] ?? 0;
    }
  }
}

function cutTransposed(merged: Float32Array, { inputs, outputs, offset, size }: Block): Float32Array {
  const part = new Float32Array(size * inputs);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < inputs; column++) {
      part[row * inputs + column] = merged[column * outputs + offset + row] ?? 0;
    }
  }
  return part;
}

function checkSizes(config: LlamaConfig, weights: Weights): void {
  for (const { name, shape } of parameterSpecs(config)) {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    const length = weights.get(name)?.length;
    if (length !== size) {
      throw failure("model-weights", `${name} has another size.`, `${size}`, `${length ?? "nothing"}`);
    }
  }
}
