import { failure } from "../../core/errors.ts";
import type { Adapter } from "../../core/primitives.ts";
import type { GenerateRequest, GenerateResult, Inference, ModelInfo } from "../../ports/inference.ts";
import type { OnProgress } from "../../ports/progress.ts";
import { checkAdapter, type Model } from "../folder.ts";
import { zeroAdapter } from "../lora/adapter.ts";
import { nextEvent, Queue } from "../queue.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { encodeDialogue } from "../text/chat.ts";
import { Detokenizer } from "../text/detokenizer.ts";
import { Decoder } from "./decoder.ts";
import { Sampler } from "./sampler.ts";

export interface InferenceOptions {
  readonly loadModel: (onProgress?: OnProgress) => Promise<Model>;
  readonly loadRuntime: (model: Model) => Promise<Runtime>;
}

interface Loaded {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly decoder: Decoder;
  readonly info: ModelInfo;
}

/** Part of the context kept free for the answer, at least. */
const ANSWER_SHARE = 0.25;

/** Answers with ONNX Runtime, one dialogue at a time; further calls queue up. */
export class OnnxInference implements Inference {
  readonly #options: InferenceOptions;
  readonly #queue = new Queue();
  #loading: Promise<Loaded> | undefined;
  #loaded: Loaded | undefined;

  constructor(options: InferenceOptions) {
    this.#options = options;
  }

  async load(onProgress?: OnProgress): Promise<ModelInfo> {
    this.#loading ??= this.#load(onProgress);
    try {
      this.#loaded = await this.#loading;
    } catch (error) {
      // The next call may find the network back.
      this.#loading = undefined;
      throw error;
    }
    return this.#loaded.info;
  }

  setAdapter(adapter: Adapter | null): Promise<void> {
    return this.#queue.run(async () => {
      const { model, decoder } = this.#need();
      decoder.setAdapter(
        adapter === null ? zeroAdapter(model.cid, model.tensors) : checkAdapter(model, adapter),
      );
    });
  }

  generate(
    request: GenerateRequest,
    onText: (piece: string) => void,
    signal?: AbortSignal,
  ): Promise<GenerateResult> {
    return this.#queue.run(() => this.#generate(request, onText, signal));
  }

  async release(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    this.#loading = undefined;
    if (loaded !== undefined) await this.#queue.run(() => loaded.decoder.release());
  }

  async #load(onProgress: OnProgress | undefined): Promise<Loaded> {
    const model = await this.#options.loadModel(onProgress);
    onProgress?.({ step: "Starting the model", done: 0, total: 0 });
    const runtime = await this.#options.loadRuntime(model);
    const decoder = await Decoder.create(model, runtime);
    // The first runs of a session are the slow ones: make them before somebody waits for an answer.
    await decoder.read([model.tokenizer.chat.pad]);
    await decoder.read([model.tokenizer.chat.end]);
    decoder.reset();
    const info: ModelInfo = {
      modelCid: model.cid,
      name: model.manifest.name,
      parameters: model.manifest.parameters,
      contextTokens: model.config.contextTokens,
      provider: runtime.provider,
      threads: runtime.threads,
    };
    return { model, runtime, decoder, info };
  }

  #need(): Loaded {
    if (this.#loaded === undefined) throw failure("model-not-loaded", "The model is not loaded yet.");
    return this.#loaded;
  }

  async #generate(
    request: GenerateRequest,
    onText: (piece: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<GenerateResult> {
    const { model, decoder } = this.#need();
    const { contextTokens } = model.config;
    const answerRoom = Math.min(request.maxTokens, Math.floor(contextTokens * ANSWER_SHARE));
    const prompt = encodeDialogue(
      model.tokenizer,
      request.messages,
      contextTokens - answerRoom,
      request.task,
    );
    const limit = Math.min(request.maxTokens, contextTokens - prompt.length);
    const sampler = new Sampler(request);
    const detokenizer = new Detokenizer(model.tokenizer);
    let text = "";
    let generatedTokens = 0;
    let input: readonly number[] = prompt;
    const result = (stoppedBy: GenerateResult["stoppedBy"]): GenerateResult => ({
      text,
      promptTokens: prompt.length,
      generatedTokens,
      stoppedBy,
    });
    decoder.reset();
    while (generatedTokens < limit) {
      if (signal?.aborted) return result("abort");
      const token = sampler.choose(await decoder.read(input));
      // Every special token ends an answer: the model has begun somebody else's turn.
      if (model.tokenizer.ends.has(token)) return result("end");
      generatedTokens += 1;
      const piece = detokenizer.push(token);
      text += piece;
      if (piece !== "") onText(piece);
      input = [token];
      await nextEvent();
    }
    return result("length");
  }
}
