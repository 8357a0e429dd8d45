import type { Hash } from "../../core/primitives.ts";
import type { Checkpoint } from "../../ports/trainer.ts";
import type { ParameterSpec } from "../llama/parameters.ts";
import { checkpointHash, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { LossCurve } from "./loss-curve.ts";
import type { LoopState } from "./state.ts";

export interface RecorderOptions {
  readonly run: Hash;
  readonly steps: number;
  readonly checkpointSteps: number;
  readonly parameters: readonly ParameterSpec[];
}

/** Keeps what a run's record and checkpoints hold: the loss curve and the hashes of the checkpoints so far. */
export class RunRecorder {
  readonly #options: RecorderOptions;
  #curve: LossCurve;
  #hashes: Hash[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#curve = new LossCurve(options.steps);
  }

  /** Goes on from a checkpoint; returns the state to go on with. Errors: checkpoint-malformed, checkpoint-misfit. */
  resume(bytes: Uint8Array): LoopState {
    const { run, steps, parameters } = this.#options;
    const { state, curveSums, earlier } = decodeCheckpoint(parameters, run, bytes);
    this.#curve = new LossCurve(steps, { step: state.step, sums: curveSums });
    this.#hashes = this.named(state.step) ? [...earlier, checkpointHash(bytes)] : [...earlier];
    return state;
  }

  /** Counts a step's loss, nats; returns it in micro-nats. */
  count(lossNats: number): number {
    return this.#curve.add(lossNats);
  }

  /** Whether the record names the checkpoint at this step: at 0, K, 2K, … and after the last. */
  named(step: number): boolean {
    return step % this.#options.checkpointSteps === 0 || step === this.#options.steps;
  }

  /** The checkpoint of a state; a named one becomes part of the record, once. */
  checkpoint(state: LoopState): Checkpoint {
    const { run, parameters } = this.#options;
    const bytes = encodeCheckpoint(parameters, {
      run,
      state,
      curveSums: this.#curve.sums,
      earlier: this.#hashes,
    });
    const hash = checkpointHash(bytes);
    if (this.named(state.step)) this.#hashes = [...this.#hashes, hash];
    return { step: state.step, bytes, hash };
  }

  get hashes(): readonly Hash[] {
    return this.#hashes;
  }

  get curve(): readonly number[] {
    return this.#curve.points();
  }
}
