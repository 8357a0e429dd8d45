import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import type { PrivacyAccountant, PrivateTraining } from "../../ports/privacy.ts";
import type { Random } from "../../ports/random.ts";
import type { Store } from "../../ports/store.ts";
import type { TrainingRequest } from "../../ports/trainer.ts";
import { Subject } from "../observable.ts";
import type { LearningService, LearningState, PrivacyPlan } from "../parley.ts";
import { learningData } from "./learning-data.ts";

/** What is kept, as JSON: settings, and every private run that may have left this device. */
const Kept = z.strictObject({
  version: z.literal(1),
  objective: z.enum(["answers", "preferences"]),
  privacy: z.exactOptional(
    z.strictObject({
      clipNormMicro: z.int().min(1),
      noiseMultiplierMilli: z.int().min(1),
      batchSize: z.int().min(1),
      budget: z.strictObject({ epsilonMicro: z.int().min(0), deltaBillionths: z.int().min(1) }),
    }),
  ),
  spent: z.array(
    z.strictObject({
      noiseMultiplierMilli: z.int().min(1),
      batchSize: z.int().min(1),
      pairCount: z.int().min(1),
      steps: z.int().min(0),
    }),
  ),
});
type Kept = z.infer<typeof Kept>;

const KEY = "learning";
const NOISE_SEED_BYTES = 32;
const FIRST: Kept = { version: 1, objective: "answers", spent: [] };
/** δ when nothing is private now: figures about the past need one. */
const USUAL_DELTA_BILLIONTHS = 10_000;

/** The part of a training request that this device's data and its owner's wishes decide. */
export type LearningRequest = Pick<TrainingRequest, "pairs" | "unwanted" | "objective" | "privacy">;

export interface LearningDependencies {
  /** Of the browser profile: data and budget outlive a network. */
  readonly store: Store;
  readonly accountant: PrivacyAccountant;
  readonly random: Random;
}

/** How this device learns, and what privacy that has cost so far. */
export class Learning implements LearningService {
  readonly state = new Subject<LearningState>({ objective: "answers", spentMicro: 0 });
  readonly #dependencies: LearningDependencies;
  #kept: Kept = FIRST;

  constructor(dependencies: LearningDependencies) {
    this.#dependencies = dependencies;
  }

  /** Errors: learning-malformed: what was spent is not known, so nothing may be spent. */
  async start(): Promise<void> {
    const bytes = await this.#dependencies.store.getValue(KEY);
    this.#kept = bytes === undefined ? FIRST : parse(bytes);
    this.state.set(this.#stateOf(this.#kept));
  }

  setObjective(objective: LearningState["objective"]): Promise<void> {
    return this.#keep({ ...this.#kept, objective });
  }

  /** Errors: privacy-settings. */
  async setPrivacy(plan: PrivacyPlan | undefined): Promise<void> {
    const { privacy: _, ...rest } = this.#kept;
    if (plan === undefined) return this.#keep(rest);
    const { noiseMultiplierMilli, batchSize, budget } = plan;
    // What the accountant would refuse at every run it refuses now.
    const least = { noiseMultiplierMilli, batchSize, pairCount: batchSize, steps: 0 };
    this.#dependencies.accountant.account([], least, budget);
    return this.#keep({ ...rest, privacy: plan });
  }

  /**
   * Trains with the device's data as its owner wants it. What a private run costs is on the disk before the first step, so
   * that a tab that dies has spent it; a run that fails in the open has given nothing away and costs nothing.
   * Errors: no-pairs and those of `train`, among them privacy-budget.
   */
  async train<T>(steps: number, train: (request: LearningRequest) => Promise<T>): Promise<T> {
    const { objective } = this.#kept;
    const { pairs, unwanted } = await learningData(this.#dependencies.store);
    if (pairs.length === 0) {
      throw failure("no-pairs", "Correct an answer in the chat first: that is what the node trains on.");
    }
    const judged = objective === "preferences" ? { objective, unwanted } : {};
    const count = pairs.length + (objective === "preferences" ? unwanted.length : 0);
    const privacy = this.#private(count);
    if (privacy === undefined) return train({ pairs, ...judged });
    const { noiseMultiplierMilli, batchSize, spent } = privacy;
    await this.#keep({
      ...this.#kept,
      spent: [...spent, { noiseMultiplierMilli, batchSize, pairCount: count, steps }],
    });
    try {
      return await train({ pairs, ...judged, privacy });
    } catch (error) {
      await this.#keep({ ...this.#kept, spent: [...spent] });
      throw error;
    }
  }

  #private(count: number): PrivateTraining | undefined {
    const { privacy, spent } = this.#kept;
    return (
      privacy && {
        ...privacy,
        batchSize: Math.min(privacy.batchSize, count),
        spent,
        noiseSeed: this.#dependencies.random.bytes(NOISE_SEED_BYTES),
      }
    );
  }

  async #keep(kept: Kept): Promise<void> {
    const state = this.#stateOf(kept);
    await this.#dependencies.store.setValue(KEY, new TextEncoder().encode(JSON.stringify(kept)));
    this.#kept = kept;
    this.state.set(state);
  }

  #stateOf({ objective, privacy, spent }: Kept): LearningState {
    const { accountant } = this.#dependencies;
    if (privacy === undefined) {
      return { objective, spentMicro: accountant.epsilonMicro(spent, USUAL_DELTA_BILLIONTHS) };
    }
    const { epsilonMicro, deltaBillionths } = privacy.budget;
    const spentMicro = accountant.epsilonMicro(spent, deltaBillionths);
    return { objective, privacy, spentMicro, leftMicro: Math.max(0, epsilonMicro - spentMicro) };
  }
}

function parse(bytes: Uint8Array): Kept {
  try {
    return Kept.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw failure(
      "learning-malformed",
      "What this device has learnt so far is not readable.",
      undefined,
      String(error),
    );
  }
}
