import type { Adapter } from "../../core/primitives.ts";
import type { GenerateRequest, GenerateResult, Inference, ModelInfo } from "../../ports/inference.ts";
import type { OnProgress } from "../../ports/progress.ts";

/** An Inference that can be ended; what is under way then fails. */
export interface OpenModel extends Inference {
  close(): void;
}

/**
 * Answers with one model at a time, and goes on with the one before until the next has loaded. Adapters are the
 * network's and belong to the shipped model: others answer without.
 */
export class SwitchingInference implements Inference {
  readonly #shipped: OpenModel;
  /** What answers first; undefined is the shipped model. Failing to load, it gives way to that. */
  readonly #first: (onProgress?: OnProgress) => Promise<OpenModel | undefined>;
  #current: OpenModel;
  #adapter: Adapter | null = null;
  #starting: Promise<ModelInfo> | undefined;

  constructor(
    shipped: OpenModel,
    first: (onProgress?: OnProgress) => Promise<OpenModel | undefined> = async () => undefined,
  ) {
    this.#shipped = shipped;
    this.#current = shipped;
    this.#first = first;
  }

  async load(onProgress?: OnProgress): Promise<ModelInfo> {
    this.#starting ??= this.#start(onProgress);
    try {
      return await this.#starting;
    } catch (error) {
      // The next call may find the network back.
      this.#starting = undefined;
      throw error;
    }
  }

  async setAdapter(adapter: Adapter | null): Promise<void> {
    this.#adapter = adapter;
    if (this.#current === this.#shipped) await this.#shipped.setAdapter(adapter);
  }

  generate(
    request: GenerateRequest,
    onText: (piece: string) => void,
    signal?: AbortSignal,
  ): Promise<GenerateResult> {
    return this.#current.generate(request, onText, signal);
  }

  /** Answers with `next` from when it has loaded; undefined is the shipped model. Errors: those of loading. */
  async switchTo(next: OpenModel | undefined, onProgress?: OnProgress): Promise<ModelInfo> {
    const model = next ?? this.#shipped;
    const info = await model.load(onProgress);
    if (model === this.#shipped) await this.#shipped.setAdapter(this.#adapter);
    const before = this.#current;
    this.#current = model;
    this.#starting = Promise.resolve(info);
    if (before !== this.#shipped && before !== model) before.close();
    return info;
  }

  async #start(onProgress: OnProgress | undefined): Promise<ModelInfo> {
    const first = await this.#first(onProgress);
    if (first !== undefined) this.#current = first;
    return this.#current.load(onProgress);
  }
}
