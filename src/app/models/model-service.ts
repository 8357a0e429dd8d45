import { utf8ToBytes } from "../../core/bytes.ts";
import { describeError, type ErrorData, failure, toErrorData } from "../../core/errors.ts";
import type { Cid } from "../../core/primitives.ts";
import type { ModelInfo } from "../../ports/inference.ts";
import type { LargeModels } from "../../ports/large-models.ts";
import type { KeptModel, ModelLibrary, ModelSource } from "../../ports/model-library.ts";
import type { OnProgress } from "../../ports/progress.ts";
import type { Store } from "../../ports/store.ts";
import { Subject } from "../observable.ts";
import type { ModelChoice, ModelProvider, ModelService, ModelWork } from "../parley.ts";
import { keptChoice, largeChoice } from "./choices.ts";
import { pickedFolder } from "./picked-folder.ts";
import { keepProvider } from "./provider.ts";
import { SHIPPED, shippedChoice } from "./shipped.ts";
import { type OpenModel, SwitchingInference } from "./switching-inference.ts";

export interface ModelDependencies {
  readonly store: Pick<Store, "getValue" | "setValue">;
  readonly library: ModelLibrary;
  readonly large: LargeModels;
  /** Opens a model of the library, or the shipped one. Nothing is loaded yet. */
  readonly open: (keptModel: string | undefined, provider: ModelProvider) => OpenModel;
  /** Where models run, as it was set on an earlier visit. */
  readonly provider: ModelProvider;
  /** The shipped model's model.json. */
  readonly shippedManifest: () => Promise<unknown>;
}

const CHOSEN_KEY = "models/chosen";

/** The models a person can talk to: the shipped one, those they added, large ones. */
export class Models implements ModelService {
  readonly models = new Subject<readonly ModelChoice[]>([]);
  readonly chosen = new Subject<string>(SHIPPED);
  readonly work = new Subject<ModelWork | undefined>(undefined);
  /** Why the model that was chosen does not answer; the shipped one does in its place. */
  readonly problem = new Subject<ErrorData | undefined>(undefined);
  /** The model that answers now; undefined until the first one is there. */
  readonly answering = new Subject<ModelInfo | undefined>(undefined);
  /** The Inference of the chat. */
  readonly inference: SwitchingInference;
  readonly provider: Subject<ModelProvider>;
  readonly #dependencies: ModelDependencies;
  #kept: readonly KeptModel[] = [];
  #large: readonly ModelChoice[] = [];
  /** What ends the work under way. */
  #stop: (() => void)[] = [];

  constructor(dependencies: ModelDependencies) {
    this.#dependencies = dependencies;
    this.provider = new Subject(dependencies.provider);
    this.inference = new SwitchingInference(
      dependencies.open(undefined, dependencies.provider),
      (onProgress) => this.#openChosen(onProgress),
    );
  }

  /** Lists what is here. */
  async start(): Promise<void> {
    await this.#refresh();
  }

  async listLarge(): Promise<void> {
    this.#large = (await this.#dependencies.large.list()).map(largeChoice);
    await this.#refresh();
  }

  addUrl(url: string): Promise<void> {
    return this.#add(url, { kind: "url", url });
  }

  addFiles(files: readonly File[]): Promise<void> {
    const folder = pickedFolder(files);
    return this.#add(folder.name ?? "Picked files", folder);
  }

  addCid(cid: Cid): Promise<void> {
    return this.#add(cid, { kind: "peers", cid });
  }

  async share(id: string): Promise<Cid> {
    let cid = "";
    await this.#working(id, this.#find(id).name, async (onProgress, signal) => {
      cid = await this.#dependencies.library.share(id, onProgress, signal);
      await this.#dependencies.store.setValue(sharedKey(id), utf8ToBytes(cid));
    });
    await this.#refresh();
    return cid;
  }

  async setProvider(provider: ModelProvider): Promise<void> {
    const before = this.provider.value;
    // Shown at once: a choice that waits for the disk would jump back under its user's finger.
    this.provider.set(provider);
    try {
      await keepProvider(this.#dependencies.store, provider);
    } catch (error) {
      this.provider.set(before);
      throw error;
    }
  }

  async choose(id: string): Promise<void> {
    if (id === this.chosen.value) return;
    const choice = this.#find(id);
    if (choice.state === "partial") await this.#continue(id);
    await this.#working(id, choice.name, async (onProgress) => {
      const next = this.#openModel(choice);
      if (next !== undefined) this.#stop.push(() => next.close());
      await this.#switch(id, next, onProgress);
    });
    await this.#refresh();
  }

  cancel(): void {
    for (const stop of this.#stop) stop();
  }

  async remove(id: string): Promise<void> {
    const choice = this.models.value.find((model) => model.id === id);
    if (choice === undefined || choice.kind === "shipped") return;
    if (id === this.chosen.value) await this.choose(SHIPPED);
    if (choice.sharedAs !== undefined) await this.#unshare(id, choice.sharedAs);
    await (choice.kind === "large" ? this.#dependencies.large : this.#dependencies.library).remove(id);
    if (choice.kind === "large") await this.listLarge();
    else await this.#refresh();
  }

  async #unshare(id: string, parcel: Cid): Promise<void> {
    await this.#dependencies.library.unshare(parcel);
    await this.#dependencies.store.setValue(sharedKey(id), undefined);
  }

  /** Errors: model-unknown. */
  #find(id: string): ModelChoice {
    const choice = this.models.value.find((model) => model.id === id);
    if (choice !== undefined) return choice;
    throw failure("model-unknown", "That model is not in the list any more.", undefined, id);
  }

  async #continue(id: string): Promise<void> {
    const kept = this.#kept.find((model) => model.id === id);
    if (kept?.source === undefined) {
      throw failure("model-partial", "Pick the files of this model again: its copying was interrupted.");
    }
    await this.#add(kept.name, kept.source);
  }

  async #add(name: string, source: ModelSource): Promise<void> {
    try {
      await this.#working(name, name, async (onProgress, signal) => {
        await this.#dependencies.library.add(source, onProgress, signal);
      });
    } finally {
      // What came before an interruption is shown, too.
      await this.#refresh();
    }
  }

  /** One download or loading at a time. Errors: busy, and those of `task`; aborted when it was cancelled. */
  async #working(
    id: string,
    name: string,
    task: (onProgress: OnProgress, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    if (this.work.value !== undefined)
      throw failure("busy", `${this.work.value.name} comes first. Cancel it, or wait.`);
    const abort = new AbortController();
    this.#stop.push(() => abort.abort());
    this.work.set({ id, name, progress: { step: "Starting", done: 0, total: 0 } });
    try {
      await task((progress) => this.work.set({ id, name, progress }), abort.signal);
    } catch (error) {
      throw abort.signal.aborted ? failure("aborted", "That was stopped.") : error;
    } finally {
      this.#stop = [];
      this.work.set(undefined);
    }
  }

  async #switch(id: string, next: OpenModel | undefined, onProgress?: OnProgress): Promise<void> {
    try {
      const info = await this.inference.switchTo(next, onProgress);
      await this.#dependencies.store.setValue(CHOSEN_KEY, id === SHIPPED ? undefined : utf8ToBytes(id));
      this.chosen.set(id);
      this.problem.set(undefined);
      this.answering.set(info);
    } catch (error) {
      next?.close();
      throw error;
    }
  }

  #openModel({ id, kind }: Pick<ModelChoice, "id" | "kind">): OpenModel | undefined {
    if (kind === "shipped") return undefined;
    return kind === "large"
      ? this.#dependencies.large.open(id)
      : this.#dependencies.open(id, this.provider.value);
  }

  /** What was chosen on an earlier visit. If that does not load, the shipped model answers, and `problem` says why. */
  async #openChosen(onProgress: OnProgress | undefined): Promise<OpenModel | undefined> {
    const value = await this.#dependencies.store.getValue(CHOSEN_KEY);
    if (value === undefined) return undefined;
    const id = new TextDecoder().decode(value);
    const kind = KEPT_ID.test(id) ? "own" : "large";
    const model = this.#openModel({ id, kind });
    try {
      const info = await model?.load(onProgress);
      this.chosen.set(id);
      this.answering.set(info);
      return model;
    } catch (error) {
      model?.close();
      this.problem.set(fallbackProblem(toErrorData(error)));
      return undefined;
    }
  }

  async #refresh(): Promise<void> {
    const { library, shippedManifest } = this.#dependencies;
    // A browser that keeps no files for the page still has the shipped model; adding another says what is wrong.
    this.#kept = await library.list().catch(() => []);
    const shipped =
      this.models.value.find(({ kind }) => kind === "shipped") ?? shippedChoice(await shippedManifest());
    const own = await Promise.all(this.#kept.map((model) => this.#ownChoice(model)));
    this.models.set([shipped, ...own, ...this.#large]);
  }

  async #ownChoice(model: KeptModel): Promise<ModelChoice> {
    const cid = await this.#dependencies.store.getValue(sharedKey(model.id));
    return { ...keptChoice(model), ...(cid && { sharedAs: new TextDecoder().decode(cid) }) };
  }
}

/** The CID of a model's parcel is kept under it. */
const sharedKey = (id: string) => `models/shared/${id}`;
/** Names that the library gives. */
const KEPT_ID = /^(url|peers|files)-[0-9a-f]{32}$/;

function fallbackProblem(error: ErrorData): ErrorData {
  return {
    code: "model-fallback",
    message: `The model that you chose does not load, so the app's own answers. ${describeError(error)}`,
  };
}
