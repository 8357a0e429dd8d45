import { LoggerWithoutDebug, Wllama } from "@wllama/wllama/esm/index.js";
import type { AnsweringPeer } from "./protocol.ts";

const CONTEXT_TOKENS = 256;

let engine: Wllama | undefined;

const peer: AnsweringPeer = {
  async load({ filesUrl, threads }) {
    const wasm = `${filesUrl}wllama/wllama.wasm`;
    const wllama = new Wllama({ default: wasm }, { suppressNativeLog: true, logger: LoggerWithoutDebug });
    const response = await fetch(`${filesUrl}export/seed.gguf`);
    await wllama.loadModel([await response.blob()], {
      n_ctx: CONTEXT_TOKENS,
      n_threads: threads,
      n_gpu_layers: 0,
      n_parallel: 1,
    });
    engine = wllama;
  },
  async answer({ text: prompt }, limit, whole) {
    if (engine === undefined) throw new Error("not loaded");
    // The server inside takes more than the type says: an earlier prompt must not shorten this one.
    const options = {
      prompt,
      max_tokens: limit,
      temperature: 0,
      top_k: 1,
      ignore_eos: whole,
      cache_prompt: false,
    };
    const { choices, usage, timings } = await engine.createCompletion(options);
    if (timings === undefined) throw new Error("wllama gave no timings");
    return {
      text: choices[0]?.text ?? "",
      promptTokens: usage.prompt_tokens,
      prefillMs: timings.prompt_ms,
      decodeMs: timings.predicted_ms,
      decodedTokens: timings.predicted_n,
    };
  },
};
window.answeringPeer = peer;
