import { formatConfig } from "../llama/config.ts";
import { toHuggingFace } from "../llama/hugging-face.ts";
import { initialWeights } from "../llama/initial.ts";
import { writeSafetensors } from "../safetensors.ts";
import { TINY_CONFIG } from "./tiny.ts";
import { tinyTokenizerJson } from "./tiny-tokenizer.ts";

/** ChatML, in the tokens of the tiny tokenizer. */
const TEMPLATE = `{% for message in messages %}{% if message.role == 'system' %}<|pad|>{{ message.content }}
{% else %}<|{{ message.role }}|>{{ message.content | trim }}{% if message.role == 'assistant' %}<|end|>{% endif %}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}`;

/** The tiny model as its makers would publish it: no model.json, weights in one file or in two with an index. */
export function huggingFaceFolder(shards: 1 | 2 = 1): Map<string, Uint8Array> {
  const tensors = toHuggingFace(TINY_CONFIG, initialWeights(TINY_CONFIG, "tiny"));
  const files = new Map([
    ["config.json", json(formatConfig(TINY_CONFIG))],
    ["tokenizer.json", json(tinyTokenizerJson())],
    ["tokenizer_config.json", json({ eos_token: "<|end|>", pad_token: { content: "<|pad|>" } })],
    ["generation_config.json", json({ eos_token_id: [3, 1] })],
    ["chat_template.jinja", new TextEncoder().encode(TEMPLATE)],
    ["README.md", new TextEncoder().encode("---\nlicense: apache-2.0\n---\n# A tiny model\n")],
  ]);
  if (shards === 1) return files.set("model.safetensors", writeSafetensors(tensors, "F16"));
  const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const half = Math.ceil(tensors.length / 2);
  const parts = [tensors.slice(0, half), tensors.slice(half)];
  const weightMap: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? [];
    files.set(name, writeSafetensors(part, index === 0 ? "F16" : "F32"));
    for (const tensor of part) weightMap[tensor.name] = name;
  }
  return files.set("model.safetensors.index.json", json({ metadata: {}, weight_map: weightMap }));
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
