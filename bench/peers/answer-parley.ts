import { Decoder } from "../../src/model/engine/decoder.ts";
import { Sampler } from "../../src/model/engine/sampler.ts";
import { fetchFolder, loadModel } from "../../src/model/folder.ts";
import { RUNTIME_FILES } from "../../src/model/runtime/places.ts";
import { wasmRuntime } from "../../src/model/runtime/wasm.ts";
import { Detokenizer } from "../../src/model/text/detokenizer.ts";
import type { AnsweringPeer, Setting } from "./protocol.ts";

async function create({ modelUrl, filesUrl, threads }: Setting) {
  const { wasm, mjs } = RUNTIME_FILES.wasm;
  const files = { wasm: `${filesUrl}parley/${wasm}`, mjs: `${filesUrl}parley/${mjs}` };
  const [model, runtime] = [await loadModel(fetchFolder(modelUrl)), await wasmRuntime({ threads, files })];
  const decoder = await Decoder.create(model, runtime);
  // As it is from the second answer on.
  await decoder.prepareReader();
  return { tokenizer: model.tokenizer, decoder };
}

let engine: Awaited<ReturnType<typeof create>> | undefined;

const peer: AnsweringPeer = {
  async load(setting) {
    engine = await create(setting);
  },
  async answer({ ids }, limit, whole) {
    if (engine === undefined) throw new Error("not loaded");
    const { decoder, tokenizer } = engine;
    const sampler = new Sampler({ temperature: 0, seed: 1 });
    const detokenizer = new Detokenizer(tokenizer);
    decoder.reset();
    const start = performance.now();
    const { logits = new Float32Array() } = await decoder.follow(ids);
    let token = sampler.choose(logits);
    const first = performance.now();
    let [text, decodedTokens] = ["", 0];
    while (whole || token !== tokenizer.chat.end) {
      text += detokenizer.push(token);
      decodedTokens += 1;
      if (decodedTokens === limit) break;
      token = sampler.choose(await decoder.read([token]));
    }
    const decodeMs = performance.now() - first;
    return { text, promptTokens: ids.length, prefillMs: first - start, decodeMs, decodedTokens };
  },
};
window.answeringPeer = peer;
