import { failure } from "../../../core/errors.ts";
import type { DistillationGraph } from "../../llama/distillation-graph.ts";
import { encodeModel } from "../../onnx/encode.ts";
import type { Graph } from "../../onnx/graph.ts";
import { type Feeds, float32, type Runtime, type Session } from "../../runtime/runtime.ts";
import type { Example } from "../../text/chat.ts";
import { floats, meanLoss, TrainingState } from "../state.ts";
import { type Positions, packExamples } from "./batches.ts";

export interface DistillationSetup {
  readonly runtime: Runtime;
  readonly teacher: Graph;
  /** Factor B of the teacher's adapter, as inputs of its graph. */
  readonly adapter: Feeds;
  readonly student: DistillationGraph;
  /** First values of the student's parameters. */
  readonly initial: ReadonlyMap<string, Float32Array>;
  readonly positions: Positions;
  readonly padId: number;
}

/** Means over the positions of a batch, nats. */
export interface DistillationLoss {
  readonly loss: number;
  /** KL(teacher ‖ student) at the temperature. */
  readonly divergence: number;
}

/** Teacher and student side by side: the one answers, the other steps. The same bits every time on the WASM provider. */
export class DistillationLoop {
  readonly #setup: DistillationSetup;
  readonly #teacher: Session;
  readonly #student: Session;
  readonly #state: TrainingState;

  private constructor(setup: DistillationSetup, teacher: Session, student: Session) {
    this.#setup = setup;
    this.#teacher = teacher;
    this.#student = student;
    const { parameters, options } = setup.student;
    this.#state = new TrainingState(parameters, options, setup.initial);
  }

  /** Errors: session-failed, training-parameters. */
  static async create(setup: DistillationSetup): Promise<DistillationLoop> {
    const teacher = await setup.runtime.createSession(await encodeModel(setup.teacher));
    const student = await setup.runtime.createSession(await encodeModel(setup.student.graph));
    return new DistillationLoop(setup, teacher, student);
  }

  parameters(): Map<string, Float32Array> {
    return this.#state.parameters();
  }

  /** One AdamW step; returns the losses before it. Errors: training-diverged. */
  async train(examples: readonly Example[], learningRate: number): Promise<DistillationLoss> {
    const { results, losses } = await this.#run(examples, learningRate);
    this.#state.advance(results);
    return losses;
  }

  /** The losses as they are now, over all examples. */
  async measure(examples: readonly Example[]): Promise<DistillationLoss> {
    const { batch } = this.#setup.student;
    let [loss, divergence, weight] = [0, 0, 0];
    for (let start = 0; start < examples.length; start += batch) {
      const { losses, weightSum } = await this.#run(examples.slice(start, start + batch), 0);
      loss += losses.loss * weightSum;
      divergence += losses.divergence * weightSum;
      weight += weightSum;
    }
    return { loss: loss / weight, divergence: divergence / weight };
  }

  async release(): Promise<void> {
    await Promise.all([this.#teacher.release(), this.#student.release()]);
  }

  async #run(examples: readonly Example[], learningRate: number) {
    const { student, adapter } = this.#setup;
    const packed = packExamples(examples, student, this.#setup);
    const { logits } = await this.#teacher.run({ ...packed.shared, ...adapter });
    if (!(logits?.data instanceof Float32Array))
      throw failure("session-failed", "The teacher gave no logits.");
    const results = await this.#student.run({
      ...packed.shared,
      ...packed.student,
      teacher: float32(logits.data, logits.shape),
      ...this.#state.parameterFeeds(),
      ...this.#state.momentFeeds(learningRate),
    });
    const [lossSum = Number.NaN] = floats(results, "lossSum");
    const [divergenceSum = Number.NaN] = floats(results, "divergenceSum");
    const [weightSum = Number.NaN] = floats(results, "weightSum");
    const loss = meanLoss(lossSum, weightSum, this.#state.step + 1);
    return { results, losses: { loss, divergence: divergenceSum / weightSum }, weightSum };
  }
}
