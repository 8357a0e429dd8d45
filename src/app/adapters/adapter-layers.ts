import { applyDelta } from "../../core/artifacts/adapter.ts";
import { sumAdapters } from "../../core/artifacts/sum-adapters.ts";
import { z } from "../../core/codec/zod.ts";
import { failure, toErrorData } from "../../core/errors.ts";
import type { Adapter, Cid, DenseDelta } from "../../core/primitives.ts";
import type { AdapterFiles, PeftFiles } from "../../ports/adapter-files.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Store } from "../../ports/store.ts";
import type { OnTrainingProgress, Trainer } from "../../ports/trainer.ts";
import { learningData } from "../learning/learning-data.ts";
import { trainingPlan } from "../learning/training-plan.ts";
import { KeyedMutex } from "../mutex.ts";
import { knownDialogues } from "../node/duties/known-dialogues.ts";
import { Subject } from "../observable.ts";
import type { AdapterLayer, AdapterService, AdapterState } from "../parley.ts";
import { randomSeed } from "../random-id.ts";

const LAYERS = ["global", "cluster", "personal"] as const;

/** Which layers are switched off, as JSON. */
const Kept = z.strictObject({ version: z.literal(1), off: z.array(z.enum(LAYERS)).max(LAYERS.length) });
const KEY = "adapter-layers";
/** The one key of the mutex: layers change one at a time. */
const CHANGE = "change";

export interface AdapterLayerDependencies {
  /** Of the browser profile: what was learnt here outlives a network. */
  readonly store: Store;
  readonly files: AdapterFiles;
  readonly trainer: Trainer;
  readonly clock: Clock;
  readonly random: Random;
  /** Answers with this adapter from now on; `version` is what a person reads. */
  readonly use: (adapter: Adapter | null, version: string) => Promise<void>;
}

interface Layer {
  readonly adapter: Adapter;
  readonly version: string;
}

/**
 * What answers are given with on top of the base model: the network's version, a cluster's, and what this device has
 * learnt for itself, each of which may be switched off. They add up exactly. The personal one stays on this device: no
 * message can carry it, and it leaves only as a file that its owner saves.
 */
export class AdapterLayers implements AdapterService {
  readonly state = new Subject<AdapterState>({
    layers: LAYERS.map((layer) => ({ layer, isOn: true })),
    problem: undefined,
  });
  readonly #dependencies: AdapterLayerDependencies;
  readonly #mutex = new KeyedMutex();
  readonly #held = new Map<AdapterLayer, Layer>();
  #off: ReadonlySet<AdapterLayer> = new Set();
  #baseModel: Cid | undefined;
  /** When what is held here was written: another tab's is newer. */
  #personalAtMs: number | undefined;

  constructor(dependencies: AdapterLayerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Answers with what this device has learnt, if anything. What cannot be read is told in `state`. */
  start(): Promise<void> {
    return this.#change(async () => {
      const { store, files } = this.#dependencies;
      try {
        const kept = await store.getValue(KEY);
        if (kept !== undefined) this.#off = new Set(parse(kept));
        this.#baseModel = await files.baseModel();
        const personal = await store.getPersonalAdapter(this.#baseModel);
        this.#personalAtMs = personal?.updatedAtMs;
        if (personal !== undefined)
          this.#held.set("personal", { adapter: personal.adapter, version: "personal" });
      } catch (thrown) {
        this.state.update((state) => ({ ...state, problem: toErrorData(thrown) }));
        return;
      }
      if (this.#held.size > 0 || this.#off.size > 0) await this.#apply();
    });
  }

  /** Reads again what this device has learnt, and which layers are on: another tab may have changed it. */
  refresh(): Promise<void> {
    return this.#change(async () => {
      const { store } = this.#dependencies;
      const kept = await store.getValue(KEY);
      const personal = await store.getPersonalAdapter(await this.baseModel());
      const isSame = personal?.updatedAtMs === this.#personalAtMs;
      const off = kept === undefined ? [] : parse(kept);
      if (isSame && off.length === this.#off.size && off.every((layer) => this.#off.has(layer))) return;
      this.#off = new Set(off);
      this.#personalAtMs = personal?.updatedAtMs;
      this.#hold("personal", personal?.adapter ?? null, "personal");
      await this.#apply();
    });
  }

  /** A version of the network or of a cluster; null takes it away. */
  set(layer: "global" | "cluster", adapter: Adapter | null, version: string): Promise<void> {
    return this.#change(async () => {
      this.#hold(layer, adapter, version);
      await this.#apply();
    });
  }

  switchLayer(layer: AdapterLayer, isOn: boolean): Promise<void> {
    return this.#change(async () => {
      const off = LAYERS.filter((one) => (one === layer ? !isOn : this.#off.has(one)));
      await this.#dependencies.store.setValue(KEY, encode(off));
      this.#off = new Set(off);
      await this.#apply();
    });
  }

  /**
   * Trains the personal adapter on this device's corrections and thumbs, on top of what it answers with now: so it learns
   * only what the network does not know already. Errors: no-pairs, aborted and the trainer's.
   */
  async trainPersonal(onProgress?: OnTrainingProgress, signal?: AbortSignal): Promise<void> {
    const { store, trainer, random } = this.#dependencies;
    const { pairs } = await learningData(store);
    if (pairs.length === 0)
      throw failure("no-pairs", "Correct an answer in the chat first: that is what is learnt.");
    const known = await knownDialogues(store, pairs);
    const plan = trainingPlan(pairs.length);
    const request = { ...plan, pairs, known, adapter: this.#sum(), seed: randomSeed(random) };
    const { delta } = await trainer.train(request, onProgress, signal);
    await this.#change(async () => {
      const before = this.#held.get("personal")?.adapter;
      await this.#keepPersonal(applyDelta(before ?? untrained(await this.baseModel(), delta), delta));
    });
  }

  /** The personal adapter for Python's peft and others. Errors: no-personal-adapter. */
  async exportPersonal(): Promise<Required<PeftFiles>> {
    const personal = this.#held.get("personal");
    if (personal === undefined)
      throw failure("no-personal-adapter", "This device has learnt nothing of its own yet.");
    return this.#dependencies.files.exportPeft(personal.adapter);
  }

  /** Takes the place of the personal adapter. Errors: those of `AdapterFiles.importPeft`. */
  async importPersonal(files: PeftFiles): Promise<void> {
    const adapter = await this.#dependencies.files.importPeft(files);
    await this.#change(() => this.#keepPersonal(adapter));
  }

  /** Forgets what this device has learnt for itself. */
  removePersonal(): Promise<void> {
    return this.#change(async () => {
      await this.#dependencies.store.deletePersonalAdapter(await this.baseModel());
      this.#personalAtMs = undefined;
      this.#hold("personal", null, "personal");
      await this.#apply();
    });
  }

  async #keepPersonal(adapter: Adapter): Promise<void> {
    // What would not add up is refused before it takes the place of what does.
    this.#sum({ adapter, version: "personal" });
    const { store, clock } = this.#dependencies;
    const updatedAtMs = clock.nowMs();
    await store.putPersonalAdapter({ baseModel: adapter.baseModel, adapter, updatedAtMs });
    this.#personalAtMs = updatedAtMs;
    this.#hold("personal", adapter, "personal");
    await this.#apply();
  }

  #hold(layer: AdapterLayer, adapter: Adapter | null, version: string): void {
    if (adapter === null) this.#held.delete(layer);
    else this.#held.set(layer, { adapter, version });
  }

  /** Of the model that the layers belong to. */
  async baseModel(): Promise<Cid> {
    this.#baseModel ??= await this.#dependencies.files.baseModel();
    return this.#baseModel;
  }

  /** Errors: adapter-overflow, base-model, tensor-shape. */
  #sum(personal?: Layer): Adapter | null {
    const layers = this.#active().filter(([layer]) => personal === undefined || layer !== "personal");
    const [first, ...others] = [...layers.map(([, one]) => one), ...(personal ? [personal] : [])];
    return first === undefined ? null : sumAdapters(first.adapter, ...others.map(({ adapter }) => adapter));
  }

  #active(): (readonly [AdapterLayer, Layer])[] {
    return LAYERS.flatMap((layer) => {
      const held = this.#held.get(layer);
      return held === undefined || this.#off.has(layer) ? [] : [[layer, held] as const];
    });
  }

  /** Where the layers do not add up, the network's version goes on answering alone, and `state` says why. */
  async #apply(): Promise<void> {
    const { use } = this.#dependencies;
    let problem: AdapterState["problem"];
    try {
      const versions = this.#active().map(([, { version }]) => version);
      await use(this.#sum(), versions.length === 0 ? "base" : versions.join(" + "));
    } catch (thrown) {
      problem = toErrorData(thrown);
      const global = this.#off.has("global") ? undefined : this.#held.get("global");
      await use(global?.adapter ?? null, global?.version ?? "base");
    }
    this.state.set({ layers: LAYERS.map((layer) => this.#status(layer)), problem });
  }

  #status(layer: AdapterLayer): AdapterState["layers"][number] {
    const version = this.#held.get(layer)?.version;
    return { layer, isOn: !this.#off.has(layer), ...(version === undefined ? {} : { version }) };
  }

  #change(task: () => Promise<void>): Promise<void> {
    return this.#mutex.run(CHANGE, task);
  }
}

function untrained(baseModel: Cid, { rank, tensors }: DenseDelta): Adapter {
  return {
    baseModel,
    rank,
    tensors: tensors.map(({ name, shape, data }) => ({ name, shape, data: new Int32Array(data.length) })),
  };
}

function encode(off: readonly AdapterLayer[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: 1, off }));
}

function parse(bytes: Uint8Array): readonly AdapterLayer[] {
  try {
    return Kept.parse(JSON.parse(new TextDecoder().decode(bytes))).off;
  } catch {
    // A switch that cannot be read is on, as it is at the beginning.
    return [];
  }
}
