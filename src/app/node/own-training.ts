import { failure } from "../../core/errors.ts";
import type { Subject } from "../observable.ts";
import type { NodeStatus } from "../parley.ts";
import { UnderWay } from "../under-way.ts";
import { hasKeptTraining } from "./duties/kept-training.ts";
import type { DutyContext, Situation } from "./duties/situation.ts";
import { dropSubmission, pendingSubmission } from "./duties/submit.ts";
import { type ShownTraining, trainAndPack } from "./duties/train.ts";

/** What this node trains for the network: one run at a time, in its turn, and again when the version has moved on. */
export class OwnTraining {
  readonly #context: DutyContext;
  readonly #status: Subject<NodeStatus>;
  readonly #onTrained: () => void;
  readonly #underWay = new UnderWay();
  #run: AbortController | undefined;

  constructor(context: DutyContext, status: Subject<NodeStatus>, onTrained: () => void) {
    this.#context = context;
    this.#status = status;
    this.#onTrained = onTrained;
  }

  /** Errors: busy, not-staked, no-pairs, aborted and the trainer's. */
  train(epoch: number): Promise<void> {
    return this.#underWay.add(this.#train(epoch));
  }

  /** Resolves when no run is under way. */
  settled(): Promise<void> {
    return this.#underWay.settled();
  }

  async #train(epoch: number): Promise<void> {
    if (this.#run) throw failure("busy", "Training is under way already.");
    if (!this.#status.value.donating) throw failure("not-staked", "Press Donate first.");
    const run = new AbortController();
    this.#run = run;
    const show = (shown: ShownTraining) => this.#status.update((status) => ({ ...status, ...shown }));
    try {
      await this.#inTurn(epoch, show, run);
    } catch (thrown) {
      this.#context.events.bad(epoch, "train", "No delta this time", thrown);
      throw thrown;
    } finally {
      this.#run = undefined;
      show({ work: undefined });
    }
    this.#onTrained();
  }

  cancel(): void {
    this.#run?.abort();
  }

  /** A run that an earlier page did not finish goes on where it was. */
  async resume(epoch: number): Promise<void> {
    if (await hasKeptTraining(this.#context.dependencies.store))
      void this.train(epoch).catch(() => undefined);
  }

  /** A delta trained on a version that has since been replaced is refused by everyone: train again instead. */
  async retrainWhenStale(situation: Situation): Promise<void> {
    const pending = await pendingSubmission(this.#context);
    if (!pending || this.#run || situation.phase === "verify" || situation.phase === "sign") return;
    if (pending.baseModelVersion === situation.head.state.modelVersion) return;
    await dropSubmission(this.#context);
    this.#context.events.info(
      situation.epoch,
      "train",
      "The shared model moved on before this delta was taken in. Training again on the new version",
    );
    void this.train(situation.epoch).catch(() => undefined);
  }

  #inTurn(epoch: number, show: (shown: ShownTraining) => void, { signal }: AbortController): Promise<void> {
    const { scheduler, learning } = this.#context.dependencies;
    if (scheduler === undefined) return trainAndPack(this.#context, epoch, show, signal);
    // Private runs keep nothing: their noise must be drawn anew.
    const isKept = learning.state.value.privacy === undefined;
    const order = { kind: "train", title: "Training on your corrections", signal, isKept } as const;
    return scheduler.run(order, async (turn) => {
      try {
        await trainAndPack(this.#context, epoch, show, turn.signal);
      } finally {
        show({ work: undefined });
      }
    });
  }
}
