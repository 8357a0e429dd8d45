import {
  AutoModelForCausalLM,
  AutoTokenizer,
  env,
  LogLevel,
  type PreTrainedModel,
  type PreTrainedTokenizer,
  TextStreamer,
} from "@huggingface/transformers";
import type { AnsweringPeer } from "./protocol.ts";

/** No token: an answer goes on to its limit. */
const NEVER = -1;

/** Notes when each token came, without making text of it; the first call is the prompt. */
class Clock extends TextStreamer {
  readonly times: number[] = [];

  override put(): void {
    this.times.push(performance.now());
  }

  override end(): void {}
}

let engine: { tokenizer: PreTrainedTokenizer; model: PreTrainedModel } | undefined;

const peer: AnsweringPeer = {
  async load({ filesUrl, threads }) {
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.useBrowserCache = false;
    env.useWasmCache = false;
    // A path: the slashes of a whole URL would not survive.
    env.localModelPath = `${new URL(filesUrl).pathname}export/`;
    env.logLevel = LogLevel.ERROR;
    const { wasm } = env.backends.onnx;
    if (wasm === undefined) throw new Error("transformers.js has no WebAssembly here");
    // The plain build: what asyncify adds to the default one serves graphics cards only.
    const name = `${filesUrl}transformers/ort-wasm-simd-threaded`;
    wasm.wasmPaths = { wasm: `${name}.wasm`, mjs: `${name}.mjs` };
    wasm.numThreads = threads;
    const tokenizer = await AutoTokenizer.from_pretrained("seed");
    const model = await AutoModelForCausalLM.from_pretrained("seed", { dtype: "fp32", device: "wasm" });
    engine = { tokenizer, model };
  },
  async answer({ text: prompt }, limit, whole) {
    if (engine === undefined) throw new Error("not loaded");
    const { tokenizer, model } = engine;
    const inputs = tokenizer(prompt, { add_special_tokens: false });
    const clock = new Clock(tokenizer);
    const start = performance.now();
    const output = await model.generate({
      ...inputs,
      max_new_tokens: limit,
      do_sample: false,
      streamer: clock,
      ...(whole ? { eos_token_id: NEVER } : {}),
    });
    const [, first = 0] = clock.times;
    const ids = "tolist" in output ? output.tolist().flat().map(Number) : [];
    const promptTokens = ids.length - (clock.times.length - 1);
    const text = tokenizer.decode(ids.slice(promptTokens), { skip_special_tokens: true });
    return {
      text,
      promptTokens,
      prefillMs: first - start,
      decodeMs: (clock.times.at(-1) ?? 0) - first,
      decodedTokens: clock.times.length - 1,
    };
  },
};
window.answeringPeer = peer;
