import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { DistillationRequest, DistillationResult, Distiller } from "../../ports/distiller.ts";
import type { OnProgress } from "../../ports/progress.ts";
import { checkAdapter, type Model, type ReadFile } from "../folder.ts";
import { buildDistillationGraph } from "../llama/distillation-graph.ts";
import type { Weights } from "../llama/parameters.ts";
import { buildTeacherGraph } from "../llama/teacher-graph.ts";
import { adapterFeeds, zeroAdapter } from "../lora/adapter.ts";
import { nextEvent, Queue } from "../queue.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Example, encodePairWithin } from "../text/chat.ts";
import { distillationShape } from "../training/distillation/batches.ts";
import { writeFolder } from "../training/distillation/folder.ts";
import { DistillationLoop } from "../training/distillation/loop.ts";
import { foldAdapter, shallowStudent } from "../training/distillation/student.ts";
import { learningRate, seededPasses, warmUpSteps } from "../training/schedule.ts";
import { throwIfAborted } from "./aborted.ts";

export interface DistillerOptions {
  readonly model: Model;
  /** Files of the model's folder: tokenizer and benchmark go into the student's as they are. */
  readonly read: ReadFile;
  readonly runtime: Runtime;
}

/** Row lengths are multiples of this, so that few different graphs are built. */
const SEQUENCE_STEP = 8;
/** As the manifest allows. */
const NAME_CHARACTERS = 80;
const MILLI = 1_000;
const PPM = 1_000_000;

/** Distils base + adapter into a model of fewer layers. On the WASM provider the same request gives the same bytes. */
export class OnnxDistiller implements Distiller {
  readonly #options: DistillerOptions;
  readonly #queue = new Queue();

  constructor(options: DistillerOptions) {
    this.#options = options;
  }

  distil(
    request: DistillationRequest,
    onProgress?: OnProgress,
    signal?: AbortSignal,
  ): Promise<DistillationResult> {
    return this.#queue.run(async () => {
      checkRequest(request);
      throwIfAborted(signal);
      return this.#distil(request, onProgress, signal);
    });
  }

  async #distil(
    request: DistillationRequest,
    onProgress: OnProgress | undefined,
    signal: AbortSignal | undefined,
  ): Promise<DistillationResult> {
    const { model, read, runtime } = this.#options;
    const { adapter, pairs, ...settings } = request;
    const { sequenceTokens, batch } = model.manifest.training;
    const examples = pairs.map((pair) => encodePairWithin(model.tokenizer, pair, sequenceTokens));
    const shape = distillationShape(examples, {
      batch: Math.min(batch, examples.length),
      step: SEQUENCE_STEP,
      positions: request.positions,
    });
    const { loop, config } = await this.#createLoop(request, shape);
    try {
      const before = await loop.measure(examples);
      await this.#steps(loop, examples, { request, batch: shape.batch, onProgress, signal });
      const after = await loop.measure(examples);
      const name = `${model.manifest.name}, ${config.layers} layers`.slice(0, NAME_CHARACTERS);
      const folder = await writeFolder(
        name,
        { config, weights: loop.parameters() },
        { manifest: model.manifest, read },
      );
      return {
        ...folder,
        record: {
          ...settings,
          teacher: model.cid,
          pairCount: pairs.length,
          batchSize: shape.batch,
          sequenceTokens: shape.sequence,
          provider: runtime.provider,
          divergenceBeforeMicroNats: Math.round(before.divergence * PPM),
          divergenceAfterMicroNats: Math.round(after.divergence * PPM),
        },
      };
    } finally {
      await loop.release();
    }
  }

  async #createLoop(request: DistillationRequest, shape: ReturnType<typeof distillationShape>) {
    const { model, runtime } = this.#options;
    const { lora } = model.manifest;
    const adapter =
      request.adapter === null ? zeroAdapter(model.cid, model.tensors) : checkAdapter(model, request.adapter);
    const weights: Weights = foldAdapter(model.config, lora, model.weights, adapter);
    const student = shallowStudent(model.config, weights, request.layers);
    const graph = buildDistillationGraph(student.config, {
      ...shape,
      temperature: request.temperatureMilli / MILLI,
      teacherShare: request.teacherSharePpm / PPM,
    });
    const loop = await DistillationLoop.create({
      runtime,
      teacher: buildTeacherGraph(model.config, { ...shape, weights: model.weights, lora }),
      adapter: adapterFeeds(adapter),
      student: graph,
      initial: student.weights,
      positions: request.positions,
      padId: model.tokenizer.chat.pad,
    });
    return { loop, config: student.config };
  }

  async #steps(loop: DistillationLoop, examples: readonly Example[], run: Run): Promise<void> {
    const { steps, learningRatePpm, seed } = run.request;
    const draw = seededPasses(examples, seed);
    const schedule = { learningRatePpm, steps, warmUpSteps: warmUpSteps(steps) };
    for (let step = 0; step < steps; step++) {
      throwIfAborted(run.signal);
      const drawn = Array.from({ length: run.batch }, draw);
      const { divergence } = await loop.train(drawn, learningRate(schedule, step));
      const told = `Distilling, ${divergence.toFixed(3)} from the teacher`;
      run.onProgress?.({ step: told, done: step + 1, total: steps });
      await nextEvent();
    }
  }
}

interface Run {
  readonly request: DistillationRequest;
  readonly batch: number;
  readonly onProgress: OnProgress | undefined;
  readonly signal: AbortSignal | undefined;
}

function checkRequest({ pairs, steps, temperatureMilli, teacherSharePpm }: DistillationRequest): void {
  if (pairs.length === 0) throw failure("no-pairs", "There is nothing to listen to.", "at least one pair");
  within("number of steps", steps, 1, LIMITS.trainingSteps);
  within("temperature, in thousandths,", temperatureMilli, 1, 100 * MILLI);
  within("teacher's share, in millionths,", teacherSharePpm, 0, PPM);
}

function within(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw failure("distillation-settings", `The ${what} is out of range.`, `${least} to ${most}`, `${value}`);
}
