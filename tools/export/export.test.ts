import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AutoModelForCausalLM, AutoTokenizer, env } from "@huggingface/transformers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Decoder } from "../../src/model/engine/decoder.ts";
import { toHuggingFace } from "../../src/model/llama/hugging-face.ts";
import { describeFile, parseManifest } from "../../src/model/manifest.ts";
import { installedRuntime, nodeWasmRuntime } from "../../src/model/runtime/wasm-node.ts";
import { readTiny, tinyFolder } from "../../src/model/testing/tiny-folder.ts";
import { tinyTokenizerJson } from "../../src/model/testing/tiny-tokenizer.ts";
import { encodeDialogue } from "../../src/model/text/chat.ts";
import { ggufName, toGguf } from "./gguf-llama.ts";
import { readGguf } from "./read-gguf.ts";
import { type ExportSource, readExportSource } from "./source.ts";
import { toTransformersFolder } from "./transformers-folder.ts";

let source: ExportSource;
beforeAll(async () => {
  source = await readExportSource(readTiny);
});

describe("a model as GGUF", () => {
  it("says its sizes, its tokenizer and where an answer ends", () => {
    const { metadata } = readGguf(toGguf(source, "F16"));
    const { vocabularySize } = source.model.config;
    expect(Object.fromEntries(metadata)).toMatchObject({
      "general.architecture": "llama",
      "llama.vocab_size": vocabularySize,
      "llama.block_count": 2,
      "llama.attention.head_count": 4,
      "llama.attention.head_count_kv": 2,
      "llama.rope.dimension_count": 16,
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.merges": ["h e", "l l", "he ll", "hell o", "Ġ t", "Ġt h"],
      "tokenizer.ggml.eos_token_id": source.chat.end.id,
    });
    const tokens = metadata.get("tokenizer.ggml.tokens");
    const types = metadata.get("tokenizer.ggml.token_type");
    expect(tokens).toHaveLength(vocabularySize);
    expect(types).toHaveLength(vocabularySize);
    expect(tokens).toEqual(expect.arrayContaining(["<|user|>", "hello", "[unused299]"]));
    expect(types).toEqual(expect.arrayContaining([1, 3, 5]));
  });

  it("holds every tensor, those of queries and keys with turning pairs side by side", () => {
    const bytes = toGguf(source, "F32");
    const view = new DataView(bytes.buffer);
    const { tensors } = readGguf(bytes);
    const written = toHuggingFace(source.model.config, source.model.weights);
    expect([...tensors.keys()].sort()).toEqual(written.map(({ name }) => ggufName(name)).sort());
    const query = written.find(({ name }) => name === "model.layers.1.self_attn.q_proj.weight");
    const { offset = 0 } = tensors.get("blk.1.attn_q.weight") ?? {};
    const [rows = 0, columns = 0] = query?.shape ?? [];
    const firstOfRow = (row: number) => view.getFloat32(offset + row * columns * 4, true);
    // Head of 16: rows 0, 8, 1, 9, … of Hugging Face's matrix.
    for (let row = 0; row < rows; row++) {
      const pair = Math.floor((row % 16) / 2) + (row % 2) * 8 + Math.floor(row / 16) * 16;
      expect(firstOfRow(row)).toBe(query?.data[pair * columns]);
    }
  });

  it("refuses a tensor that llama.cpp would not know", () => {
    expect(() => ggufName("model.layers.0.self_attn.q_norm.weight")).toThrow(/GGUF has no place/);
  });

  it("is refused where the format has no word for its tokenizer", async () => {
    const files = new Map(tinyFolder());
    const tokenizer = JSON.stringify({ ...tinyTokenizerJson(), pre_tokenizer: { type: "Whitespace" } });
    const described = replaceFile(files, "tokenizer", new TextEncoder().encode(tokenizer));
    const read = async (path: string) => described.get(path) ?? new Uint8Array();
    await expect(readExportSource(read)).rejects.toThrow(/tokenizer.json cannot be exported/);
  });
});

/** The folder with another file in a place that its manifest names. */
function replaceFile(
  files: ReadonlyMap<string, Uint8Array>,
  which: "tokenizer",
  bytes: Uint8Array,
): ReadonlyMap<string, Uint8Array> {
  const manifest = parseManifest(files.get("model.json") ?? new Uint8Array());
  const { path } = manifest.files[which];
  const changed = { ...manifest, files: { ...manifest.files, [which]: describeFile(path, bytes) } };
  const json = new TextEncoder().encode(JSON.stringify(changed));
  return new Map([...files, [path, bytes], ["model.json", json]]);
}

describe("a model for transformers.js", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-export-"));
    for (const [path, bytes] of await toTransformersFolder(source)) {
      const file = join(folder, "tiny", path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
    env.allowRemoteModels = false;
    env.localModelPath = folder;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("answers there with the tokens that it answers with here", async () => {
    const messages = [
      { role: "user", content: "hello, who votes? 👋" },
      { role: "assistant", content: "hello" },
      { role: "user", content: "the rest" },
    ] as const;
    const tokenizer = await AutoTokenizer.from_pretrained("tiny");
    const prompt = tokenizer.apply_chat_template([...messages], {
      add_generation_prompt: true,
      tokenize: false,
    });
    const inputs = tokenizer(String(prompt), { add_special_tokens: false });
    const model = await AutoModelForCausalLM.from_pretrained("tiny", { dtype: "fp32", device: "cpu" });
    const output = await model.generate({ ...inputs, max_new_tokens: 12, do_sample: false });
    const theirs = "tolist" in output ? output.tolist().flat().map(Number) : [];
    await model.dispose();

    const ids = encodeDialogue(source.model.tokenizer, messages, 64);
    expect(theirs.slice(0, ids.length)).toEqual(ids);
    expect(theirs.slice(ids.length)).toEqual(await greedy(ids, theirs.length - ids.length));
    expect(theirs.length).toBeGreaterThan(ids.length);
  });

  async function greedy(prompt: readonly number[], count: number): Promise<number[]> {
    const decoder = await Decoder.create(source.model, await nodeWasmRuntime(1, await installedRuntime()));
    const tokens: number[] = [];
    let logits = await decoder.read(prompt);
    while (tokens.length < count) {
      const token = logits.indexOf(Math.max(...logits));
      tokens.push(token);
      logits = await decoder.read([token]);
    }
    await decoder.release();
    return tokens;
  }
});
