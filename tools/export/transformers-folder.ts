import { encodeModel } from "../../src/model/onnx/encode.ts";
import { buildHuggingFaceDecoder } from "./onnx-decoder.ts";
import { chatTemplate, type ExportSource } from "./source.ts";

/**
 * A model as transformers.js loads it, files by path: onnx/model.onnx is float32 (`dtype: "fp32"`). The decoder takes one
 * conversation at a time. Source: https://huggingface.co/docs/transformers.js/custom_usage
 */
export async function toTransformersFolder(source: ExportSource): Promise<ReadonlyMap<string, Uint8Array>> {
  const { model, configJson, tokenizerJson, chat } = source;
  const specials = { bos_token_id: chat.user.id, eos_token_id: chat.end.id, pad_token_id: chat.pad.id };
  const tokenizerConfig = {
    tokenizer_class: "PreTrainedTokenizerFast",
    model_max_length: model.config.contextTokens,
    bos_token: chat.user.text,
    eos_token: chat.end.text,
    pad_token: chat.pad.text,
    add_bos_token: false,
    clean_up_tokenization_spaces: false,
    chat_template: chatTemplate(source),
  };
  return new Map([
    ["config.json", json({ ...configJson, ...specials })],
    ["generation_config.json", json(specials)],
    ["tokenizer.json", json(tokenizerJson)],
    ["tokenizer_config.json", json(tokenizerConfig)],
    ["onnx/model.onnx", await encodeModel(buildHuggingFaceDecoder(model.config, model.weights))],
  ]);
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
