import type { LlamaConfig } from "../llama/config.ts";
import type { NamedTensor } from "../safetensors.ts";
import { referenceRotate } from "./reference-rotary.ts";

/**
 * The forward pass of Llama, Qwen2 and Qwen3 once more, written the slow and obvious way over Hugging Face's tensors, in
 * doubles, one sequence at a time: what the graphs are checked against. Returns logits by position.
 * Source: Hugging Face transformers, modeling_llama, modeling_qwen2, modeling_qwen3.
 */
export function referenceLogits(
  config: LlamaConfig,
  tensors: readonly NamedTensor[],
  tokens: readonly number[],
): number[][] {
  const { weight, linear } = checkpoint(tensors);
  const norm = (name: string, x: readonly number[]) =>
    referenceNorm(x, weight(name).data, config.normEpsilon);
  const { hiddenSize, headSize } = config;
  const embedding = weight("model.embed_tokens.weight").data;
  let hidden = tokens.map((token) =>
    Array.from(embedding.subarray(token * hiddenSize, (token + 1) * hiddenSize)),
  );
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    const inputs = hidden.map((x) => norm(`${prefix}.input_layernorm.weight`, x));
    const project = (kind: "q" | "k" | "v") =>
      inputs.map((x) => heads(linear(`${prefix}.self_attn.${kind}_proj`, x), headSize));
    const turned = (kind: "q" | "k") =>
      project(kind).map((row, position) =>
        row.map((head) => {
          const scale = config.queryKeyNorm
            ? weight(`${prefix}.self_attn.${kind}_norm.weight`).data
            : undefined;
          return referenceHead(config, head, position, scale);
        }),
      );
    const [queries, keys, values] = [turned("q"), turned("k"), project("v")];
    hidden = hidden.map((x, position) => {
      const attended = referenceAttention(
        queries[position] ?? [],
        keys.slice(0, position + 1),
        values.slice(0, position + 1),
      );
      return sum(x, linear(`${prefix}.self_attn.o_proj`, attended));
    });
    hidden = hidden.map((x) => {
      const input = norm(`${prefix}.post_attention_layernorm.weight`, x);
      const gated = referenceSwiGlu(
        linear(`${prefix}.mlp.gate_proj`, input),
        linear(`${prefix}.mlp.up_proj`, input),
      );
      return sum(x, linear(`${prefix}.mlp.down_proj`, gated));
    });
  }
  const head = config.ownHead ? "lm_head" : "model.embed_tokens";
  return hidden.map((x) => linear(head, norm("model.norm.weight", x)));
}

/** A checkpoint's tensors by name, and its linear layers: W·x + b, with b where the checkpoint has one. */
function checkpoint(tensors: readonly NamedTensor[]) {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const weight = (name: string): NamedTensor => {
    const tensor = byName.get(name);
    if (tensor === undefined) throw new Error(`no ${name}`);
    return tensor;
  };
  const linear = (name: string, x: readonly number[]): number[] => {
    const { shape, data } = weight(`${name}.weight`);
    const [rows = 0, columns = 0] = shape;
    const bias = byName.get(`${name}.bias`)?.data;
    return Array.from(
      { length: rows },
      (_, row) => dot(x, data.subarray(row * columns, (row + 1) * columns)) + (bias?.[row] ?? 0),
    );
  };
  return { weight, linear };
}

/** x · weight / root of the mean square. */
export function referenceNorm(x: readonly number[], weight: ArrayLike<number>, epsilon: number): number[] {
  const root = Math.sqrt(dot(x, x) / x.length + epsilon);
  return x.map((value, index) => (value / root) * (weight[index] ?? 0));
}

/** A query or key head: normed where the model has a weight for that, then turned by its position. */
export function referenceHead(
  config: LlamaConfig,
  head: readonly number[],
  position: number,
  weight: ArrayLike<number> | undefined,
): number[] {
  const normed = weight === undefined ? head : referenceNorm(head, weight, config.normEpsilon);
  return referenceRotate(config, normed, position);
}

/** silu(gate) · up. */
export function referenceSwiGlu(gate: readonly number[], up: readonly number[]): number[] {
  return gate.map((value, index) => (value / (1 + Math.exp(-value))) * (up[index] ?? 0));
}

/**
 * One position's query heads over the keys and values [position][key head][headSize] that it may see, heads one after
 * the other. Neighbouring query heads share a key head.
 */
export function referenceAttention(
  query: readonly (readonly number[])[],
  keys: readonly number[][][],
  values: readonly number[][][],
): number[] {
  const group = query.length / (keys[0]?.length ?? 1);
  return query.flatMap((head, index) => {
    const shared = Math.floor(index / group);
    const scores = keys.map((key) => dot(head, key[shared] ?? []) / Math.sqrt(head.length));
    const largest = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - largest));
    const total = weights.reduce((a, b) => a + b, 0);
    return head.map((_, column) =>
      weights.reduce((mixed, w, at) => mixed + (w / total) * (values[at]?.[shared]?.[column] ?? 0), 0),
    );
  });
}

function heads(row: readonly number[], headSize: number): number[][] {
  return Array.from({ length: row.length / headSize }, (_, head) =>
    row.slice(head * headSize, (head + 1) * headSize),
  );
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < a.length; index++) total += (a[index] ?? 0) * (b[index] ?? 0);
  return total;
}

function sum(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, index) => value + (b[index] ?? 0));
}
