import { failure } from "../../src/core/errors.ts";
import type { LlamaConfig } from "../../src/model/llama/config.ts";
import { toHuggingFace } from "../../src/model/llama/hugging-face.ts";
import type { NamedTensor } from "../../src/model/safetensors.ts";
import { type GgufTensor, type GgufValue, writeGguf } from "./gguf-format.ts";
import { chatTemplate, type ExportSource } from "./source.ts";

/** Token types of llama.cpp. */
const NORMAL = 1;
const CONTROL = 3;
const UNUSED = 5;

/** File types of llama.cpp: all float32, mostly float16. */
const FILE_TYPES = { F32: 0, F16: 1 } as const;

/**
 * A model as GGUF of llama.cpp's `llama` architecture; norms stay float32. Without output.weight llama.cpp takes the
 * embedding, which is what tied means.
 */
export function toGguf(source: ExportSource, type: "F32" | "F16"): Uint8Array {
  const { config, weights } = source.model;
  const tensors = toHuggingFace(config, weights).map((tensor): GgufTensor => {
    const { data, shape } = inRopeOrder(config, tensor);
    return { name: ggufName(tensor.name), shape, data, type: shape.length === 1 ? "F32" : type };
  });
  return writeGguf(new Map([...modelMetadata(source, type), ...tokenizerMetadata(source)]), tensors);
}

const GLOBAL_NAMES: Readonly<Record<string, string>> = {
  "model.embed_tokens.weight": "token_embd.weight",
  "model.norm.weight": "output_norm.weight",
};
const LAYER_NAMES: Readonly<Record<string, string>> = {
  input_layernorm: "attn_norm",
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.o_proj": "attn_output",
  post_attention_layernorm: "ffn_norm",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
};

/** llama.cpp's name of a tensor of Hugging Face's. Errors: export-unsupported. */
export function ggufName(name: string): string {
  const [, layer, part = ""] = /^model\.layers\.(\d+)\.(.+)\.weight$/.exec(name) ?? [];
  const known = layer === undefined ? GLOBAL_NAMES[name] : LAYER_NAMES[part];
  if (known === undefined) throw failure("export-unsupported", `GGUF has no place for ${name}.`);
  return layer === undefined ? known : `blk.${layer}.${known}.weight`;
}

/**
 * llama.cpp's `llama` rotates neighbouring dimensions, Hugging Face's Llama rotates dimension i with i + half: so rows
 * i and i + half of each query and key head become neighbours.
 */
function inRopeOrder({ headSize }: LlamaConfig, tensor: NamedTensor): NamedTensor {
  if (!/\.self_attn\.[qk]_proj\.weight$/.test(tensor.name)) return tensor;
  const [rows = 0, columns = 0] = tensor.shape;
  const half = headSize / 2;
  const data = new Float32Array(tensor.data.length);
  for (let row = 0; row < rows; row++) {
    const inHead = row % headSize;
    const from = row - inHead + (inHead % 2) * half + Math.floor(inHead / 2);
    data.set(tensor.data.subarray(from * columns, (from + 1) * columns), row * columns);
  }
  return { ...tensor, data };
}

function modelMetadata({ model }: ExportSource, type: "F32" | "F16"): [string, GgufValue][] {
  const { config, manifest } = model;
  return [
    ["general.architecture", { string: "llama" }],
    ["general.name", { string: manifest.name }],
    ["general.file_type", { uint32: FILE_TYPES[type] }],
    ["llama.vocab_size", { uint32: config.vocabularySize }],
    ["llama.context_length", { uint32: config.contextTokens }],
    ["llama.embedding_length", { uint32: config.hiddenSize }],
    ["llama.block_count", { uint32: config.layers }],
    ["llama.feed_forward_length", { uint32: config.intermediateSize }],
    ["llama.attention.head_count", { uint32: config.heads }],
    ["llama.attention.head_count_kv", { uint32: config.keyValueHeads }],
    ["llama.attention.key_length", { uint32: config.headSize }],
    ["llama.attention.value_length", { uint32: config.headSize }],
    ["llama.attention.layer_norm_rms_epsilon", { float32: config.normEpsilon }],
    ["llama.rope.dimension_count", { uint32: config.headSize }],
    ["llama.rope.freq_base", { float32: config.ropeTheta }],
  ];
}

function tokenizerMetadata(source: ExportSource): [string, GgufValue][] {
  const { tokenizerJson, chat } = source;
  const { tokens, types } = vocabularyOf(source);
  const merges = tokenizerJson.model.merges.map((merge) =>
    typeof merge === "string" ? merge : merge.join(" "),
  );
  return [
    ["tokenizer.ggml.model", { string: "gpt2" }],
    ["tokenizer.ggml.pre", { string: "gpt-2" }],
    ["tokenizer.ggml.tokens", { strings: tokens }],
    ["tokenizer.ggml.token_type", { int32s: types }],
    ["tokenizer.ggml.merges", { strings: merges }],
    // A dialogue opens with the user's token, which the template writes.
    ["tokenizer.ggml.bos_token_id", { uint32: chat.user.id }],
    ["tokenizer.ggml.eos_token_id", { uint32: chat.end.id }],
    ["tokenizer.ggml.padding_token_id", { uint32: chat.pad.id }],
    ["tokenizer.ggml.add_bos_token", { boolean: false }],
    ["tokenizer.ggml.add_eos_token", { boolean: false }],
    ["tokenizer.chat_template", { string: chatTemplate(source) }],
  ];
}

/** Every row of the embedding has a token here; those without one in tokenizer.json are marked unused. */
function vocabularyOf({ model, tokenizerJson }: ExportSource): { tokens: string[]; types: number[] } {
  const size = model.config.vocabularySize;
  const tokens = Array.from({ length: size }, (_, id) => `[unused${id}]`);
  const types = new Array<number>(size).fill(UNUSED);
  for (const [token, id] of Object.entries(tokenizerJson.model.vocab)) {
    tokens[id] = token;
    types[id] = NORMAL;
  }
  for (const { id, content } of tokenizerJson.added_tokens) {
    tokens[id] = content;
    types[id] = CONTROL;
  }
  return { tokens, types };
}
