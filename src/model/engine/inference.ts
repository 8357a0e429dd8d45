import { failure, ParleyError } from "../../core/errors.ts";
import type { Adapter } from "../../core/primitives.ts";
import type { GenerateRequest, GenerateResult, Inference, ModelInfo } from "../../ports/inference.ts";
import type { OnProgress } from "../../ports/progress.ts";
import { type AnsweringModel, checkAdapter, type Model } from "../folder.ts";
import { GrammarCompiler } from "../grammar/grammar.ts";
import { zeroAdapter } from "../lora/adapter.ts";
import { nextEvent, Queue } from "../queue.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Decoder, type Followed, type FollowOptions } from "./decoder.ts";
import { Generation } from "./generation.ts";

export interface InferenceOptions {
  readonly loadModel: (onProgress?: OnProgress) => Promise<Model>;
  readonly loadRuntime: (model: Model) => Promise<Runtime>;
  /** The model with its weights in another form, where this runtime is faster with it. */
  readonly inFastestForm?: (model: Model, runtime: Runtime) => Promise<AnsweringModel>;
  /** What goes on where a graphics card failed; asked for when that happens. */
  readonly loadFallback?: () => Promise<Runtime>;
}

interface Loaded {
  /** In floats: what a fallback starts from. */
  readonly model: Model;
  readonly decoder: Decoder;
  readonly grammars: GrammarCompiler;
  readonly info: ModelInfo;
}

/** Answers with ONNX Runtime, one dialogue at a time; further calls queue up. */
export class OnnxInference implements Inference {
  readonly #options: InferenceOptions;
  readonly #queue = new Queue();
  #loading: Promise<Loaded> | undefined;
  #loaded: Loaded | undefined;
  #adapter: Adapter | undefined;

  constructor(options: InferenceOptions) {
    this.#options = options;
  }

  async load(onProgress?: OnProgress): Promise<ModelInfo> {
    if (this.#loaded !== undefined) return this.#loaded.info;
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
      const fitting = adapter === null ? zeroAdapter(model.cid, model.tensors) : checkAdapter(model, adapter);
      decoder.setAdapter(fitting);
      this.#adapter = fitting;
    });
  }

  generate(
    request: GenerateRequest,
    onText: (piece: string) => void,
    signal?: AbortSignal,
  ): Promise<GenerateResult> {
    const result = this.#queue.run(() => this.#generate(request, onText, signal));
    // Behind the answer and its delivery: nobody waits for the first one longer than without it.
    void this.#queue.run(() => this.#prepareReader());
    return result;
  }

  async release(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    this.#loading = undefined;
    this.#adapter = undefined;
    if (loaded !== undefined) await this.#queue.run(() => loaded.decoder.release());
  }

  async #load(onProgress: OnProgress | undefined): Promise<Loaded> {
    const model = await this.#options.loadModel(onProgress);
    onProgress?.({ step: "Starting the model", done: 0, total: 0 });
    const runtime = await this.#options.loadRuntime(model);
    const { inFastestForm = async () => model, loadFallback } = this.#options;
    const starting = inFastestForm(model, runtime).then((inForm) => start(model, runtime, inForm));
    if (runtime.provider !== "webgpu" || loadFallback === undefined) return starting;
    // A graphics card may refuse what it promised: too large a buffer, a driver without the operator.
    return starting.catch(async () => start(model, await loadFallback()));
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
    const { model, grammars, info } = this.#need();
    const { schema, maxTokens } = request;
    const generation = new Generation(request, {
      tokenizer: model.tokenizer,
      contextTokens: model.config.contextTokens,
      follow: (sequence, options) => this.#follow(sequence, options),
      constraint: schema === undefined ? undefined : grammars.compile(schema).start({ maxTokens }),
      onText,
      signal,
    });
    const result = await generation.run();
    const { info: now } = this.#need();
    return now === info ? result : { ...result, model: now };
  }

  /** Never rejects: without it prompts take longer, that is all. */
  async #prepareReader(): Promise<void> {
    await nextEvent();
    await this.#loaded?.decoder.prepareReader().catch(() => undefined);
  }

  /** The sequence is all there is to a conversation: after a fallback it is read again and goes on. */
  async #follow(sequence: readonly number[], options: FollowOptions = {}): Promise<Followed> {
    const { decoder } = this.#need();
    try {
      return await decoder.follow(sequence, options);
    } catch (error) {
      decoder.reset();
      await this.#fallBack(error);
      return this.#need().decoder.follow(sequence, options);
    }
  }

  /** Errors: the given one, where there is nothing to fall back to. */
  async #fallBack(error: unknown): Promise<void> {
    const { model, info } = this.#need();
    const { loadFallback } = this.#options;
    const isProvider = error instanceof ParleyError && PROVIDER_ERRORS.has(error.code);
    if (!isProvider || info.provider !== "webgpu" || loadFallback === undefined) throw error;
    const fallback = await start(model, await loadFallback());
    if (this.#adapter !== undefined) fallback.decoder.setAdapter(this.#adapter);
    // The lost session is left alone: releasing it would wait for a device that does not answer.
    this.#loaded = fallback;
  }
}

const PROVIDER_ERRORS: ReadonlySet<string> = new Set(["device-lost", "session-failed"]);

async function start(model: Model, runtime: Runtime, inForm: AnsweringModel = model): Promise<Loaded> {
  const decoder = await Decoder.create(inForm, runtime);
  // The first runs of a session are the slow ones: make them before somebody waits for an answer.
  await decoder.read([model.tokenizer.chat.pad]);
  await decoder.read([model.tokenizer.chat.end]);
  decoder.reset();
  const { name, parameters, historyTurns } = model.manifest;
  const info: ModelInfo = {
    modelCid: model.cid,
    name,
    parameters,
    ...(historyTurns === undefined ? {} : { historyTurns }),
    contextTokens: model.config.contextTokens,
    provider: runtime.provider,
    threads: runtime.threads,
  };
  const { tokenizer, config } = model;
  const grammars = new GrammarCompiler({ tokenizer, vocabularySize: config.vocabularySize });
  return { model, decoder, grammars, info };
}
