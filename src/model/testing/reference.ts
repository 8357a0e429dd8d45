import type { LlamaConfig } from "../llama/config.ts";
import type { NamedTensor } from "../safetensors.ts";

/**
 * The Llama forward pass once more, written the slow and obvious way over Hugging Face's tensors, in doubles, one
 * sequence at a time: what the graphs are checked against. Returns logits by position.
 */
export function referenceLogits(
  config: LlamaConfig,
  tensors: readonly NamedTensor[],
  tokens: readonly number[],
): number[][] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const weight = (name: string): NamedTensor => {
    const tensor = byName.get(name);
    if (tensor === undefined) throw new Error(`no ${name}`);
    return tensor;
  };
  const linear = (name: string, x: readonly number[]): number[] => {
    const { shape, data } = weight(name);
    const [rows = 0, columns = 0] = shape;
    return Array.from({ length: rows }, (_, row) =>
      dot(x, data.subarray(row * columns, (row + 1) * columns)),
    );
  };
  const norm = (name: string, x: readonly number[]): number[] => {
    const { data } = weight(name);
    const root = Math.sqrt(dot(x, x) / x.length + config.normEpsilon);
    return x.map((value, index) => (value / root) * (data[index] ?? 0));
  };
  const { hiddenSize, headSize } = config;
  const embedding = weight("model.embed_tokens.weight").data;
  let hidden = tokens.map((token) =>
    Array.from(embedding.subarray(token * hiddenSize, (token + 1) * hiddenSize)),
  );
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    const inputs = hidden.map((x) => norm(`${prefix}.input_layernorm.weight`, x));
    const project = (kind: string) =>
      inputs.map((x) => heads(linear(`${prefix}.self_attn.${kind}_proj.weight`, x), headSize));
    const queries = project("q").map((row, position) => row.map((head) => rotate(config, head, position)));
    const keys = project("k").map((row, position) => row.map((head) => rotate(config, head, position)));
    const values = project("v");
    hidden = hidden.map((x, position) => {
      const attended = attend(config, queries[position] ?? [], keys.slice(0, position + 1), values);
      return sum(x, linear(`${prefix}.self_attn.o_proj.weight`, attended));
    });
    hidden = hidden.map((x) => {
      const input = norm(`${prefix}.post_attention_layernorm.weight`, x);
      const gate = linear(`${prefix}.mlp.gate_proj.weight`, input);
      const up = linear(`${prefix}.mlp.up_proj.weight`, input);
      const gated = gate.map((value, index) => (value / (1 + Math.exp(-value))) * (up[index] ?? 0));
      return sum(x, linear(`${prefix}.mlp.down_proj.weight`, gated));
    });
  }
  return hidden.map((x) => linear("model.embed_tokens.weight", norm("model.norm.weight", x)));
}

function attend(
  config: LlamaConfig,
  query: readonly number[][],
  keys: readonly number[][][],
  values: readonly number[][][],
): number[] {
  const group = config.heads / config.keyValueHeads;
  return query.flatMap((head, index) => {
    const shared = Math.floor(index / group);
    const scores = keys.map((key) => dot(head, key[shared] ?? []) / Math.sqrt(config.headSize));
    const largest = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - largest));
    const total = weights.reduce((a, b) => a + b, 0);
    return head.map((_, column) =>
      weights.reduce((mixed, w, at) => mixed + (w / total) * (values[at]?.[shared]?.[column] ?? 0), 0),
    );
  });
}

/** Halves of a head turn by position · theta^(−i / half), as Hugging Face lays them out. */
function rotate(config: LlamaConfig, head: readonly number[], position: number): number[] {
  const half = head.length / 2;
  return head.map((value, index) => {
    const angle = position * config.ropeTheta ** (-(index % half) / half);
    const partner = index < half ? -(head[index + half] ?? 0) : (head[index - half] ?? 0);
    return value * Math.cos(angle) + partner * Math.sin(angle);
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
