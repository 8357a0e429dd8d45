import type { ChatCompletionChunk, MLCEngine } from "@mlc-ai/web-llm";
import { failure } from "../../core/errors.ts";
import type { Adapter } from "../../core/primitives.ts";
import type {
  GenerateRequest,
  GenerateResult,
  Inference,
  ModelInfo,
  TokenLogProbability,
} from "../../ports/inference.ts";
import type { OnProgress } from "../../ports/progress.ts";
import { Queue } from "../queue.ts";
import { entryOf } from "./catalogue.ts";
import { inspectDevice } from "./device.ts";
import { toCompletionRequest } from "./request.ts";

interface Loaded {
  readonly engine: MLCEngine;
  readonly info: ModelInfo;
}

/** Answers with a large model on the GPU by WebLLM, which downloads, caches and runs it. One dialogue at a time. */
export class WebLlmInference implements Inference {
  readonly #id: string;
  readonly #queue = new Queue();
  #loading: Promise<Loaded> | undefined;

  /** `id` is WebLLM's model_id. */
  constructor(id: string) {
    this.#id = id;
  }

  async load(onProgress?: OnProgress): Promise<ModelInfo> {
    this.#loading ??= load(this.#id, onProgress);
    try {
      return (await this.#loading).info;
    } catch (error) {
      // What has arrived is cached: the next call goes on from there.
      this.#loading = undefined;
      throw error;
    }
  }

  /** Adapters belong to the network's base model. Errors: environment-mismatch. */
  async setAdapter(adapter: Adapter | null): Promise<void> {
    if (adapter === null) return;
    throw failure("environment-mismatch", "The adapter is for another model.", this.#id, adapter.baseModel);
  }

  /** Frees the GPU. A download under way stops. */
  close(): void {
    const loading = this.#loading;
    this.#loading = undefined;
    // A load that failed has nothing to free.
    loading?.then(({ engine }) => engine.unload()).catch(() => undefined);
  }

  generate(
    request: GenerateRequest,
    onText: (piece: string) => void,
    signal?: AbortSignal,
  ): Promise<GenerateResult> {
    return this.#queue.run(async () => {
      if (this.#loading === undefined) throw failure("model-not-loaded", "The model is not loaded yet.");
      const { engine } = await this.#loading;
      return generate(engine, request, onText, signal);
    });
  }
}

async function load(id: string, onProgress: OnProgress | undefined): Promise<Loaded> {
  const known = entryOf(id);
  if (known === undefined) throw failure("model-unknown", "There is no such large model.", undefined, id);
  const device = await inspectDevice();
  if (device.missing !== undefined) throw failure("gpu-missing", device.missing, "WebGPU");
  const { MLCEngine: Engine, prebuiltAppConfig } = await import("@mlc-ai/web-llm");
  const record = prebuiltAppConfig.model_list.find((model) => model.model_id === id);
  if (record === undefined) throw failure("model-unknown", "WebLLM has no such model.", undefined, id);
  const engine = new Engine({
    logLevel: "WARN",
    initProgressCallback: ({ progress, text }) =>
      onProgress?.({ step: text, done: Math.round(progress * 1_000), total: 1_000 }),
  });
  try {
    await engine.reload(id);
  } catch (error) {
    throw failure("model-download", "The large model could not be loaded.", id, String(error));
  }
  const info: ModelInfo = {
    modelCid: id,
    name: known.entry.name,
    parameters: known.entry.parameters,
    contextTokens: record.overrides?.context_window_size ?? 0,
    provider: "webgpu",
    threads: 1,
  };
  return { engine, info };
}

async function generate(
  engine: MLCEngine,
  request: GenerateRequest,
  onText: (piece: string) => void,
  signal: AbortSignal | undefined,
): Promise<GenerateResult> {
  const interrupt = (): void => void engine.interruptGenerate();
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const collected = new Collected();
    for await (const chunk of await engine.chat.completions.create(toCompletionRequest(request))) {
      const piece = collected.add(chunk);
      if (piece !== "") onText(piece);
    }
    return collected.result(signal?.aborted ?? false, request.logProbabilities === true);
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}

/** Puts WebLLM's chunks together. */
export class Collected {
  #text = "";
  #finish: string | null = null;
  #usage = { prompt_tokens: 0, completion_tokens: 0 };
  readonly #logProbabilities: TokenLogProbability[] = [];

  /** The text that the chunk adds. */
  add(chunk: ChatCompletionChunk): string {
    if (chunk.usage) this.#usage = chunk.usage;
    const choice = chunk.choices[0];
    if (choice === undefined) return "";
    this.#finish = choice.finish_reason ?? this.#finish;
    for (const { token, logprob } of choice.logprobs?.content ?? []) {
      this.#logProbabilities.push({ text: token, logProbability: logprob });
    }
    const piece = choice.delta.content ?? "";
    this.#text += piece;
    return piece;
  }

  result(aborted: boolean, withLogProbabilities: boolean): GenerateResult {
    const ended = this.#finish === "length" ? "length" : "end";
    return {
      text: this.#text,
      promptTokens: this.#usage.prompt_tokens,
      generatedTokens: this.#usage.completion_tokens,
      stoppedBy: aborted || this.#finish === "abort" ? "abort" : ended,
      ...(withLogProbabilities ? { logProbabilities: this.#logProbabilities } : {}),
    };
  }
}
