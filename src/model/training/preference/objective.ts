import { cidOf } from "../../../core/codec/dag-cbor.ts";
import { failure } from "../../../core/errors.ts";
import type { Cid } from "../../../core/primitives.ts";
import { gradientName } from "../../llama/gradient-graph.ts";
import type { PreferenceGraph } from "../../llama/preference-graph.ts";
import { encodeModel } from "../../onnx/encode.ts";
import type { Feeds, Runtime, Session } from "../../runtime/runtime.ts";
import type { ExampleGradients, GradientBatch, PreferenceMeasure } from "../example-gradients.ts";
import { floats, type Results } from "../state.ts";
import { packJudgements, type ReferencedJudgement } from "./batch.ts";
import type { Judgement } from "./judgements.ts";

export interface PreferenceOptions {
  readonly runtime: Runtime;
  readonly graph: PreferenceGraph;
  readonly judgements: readonly Judgement[];
  /** The model before, as inputs of the graph: what preferences are measured against. */
  readonly before: Feeds;
  /** Weight of the mean cross-entropy of a wanted answer beside a preference's loss. */
  readonly supervision: number;
  readonly padId: number;
}

/** Preferences as a source of gradients. What the model before thinks of each judgement is computed once. */
export class PreferenceObjective implements ExampleGradients {
  readonly graphCid: Cid;
  readonly #session: Session;
  readonly #options: PreferenceOptions;
  readonly #judgements: readonly ReferencedJudgement[];

  private constructor(
    { session, graphCid }: { readonly session: Session; readonly graphCid: Cid },
    options: PreferenceOptions,
    references: readonly number[],
  ) {
    this.graphCid = graphCid;
    this.#session = session;
    this.#options = options;
    this.#judgements = options.judgements.map((judgement, index) => ({
      ...judgement,
      reference: references[index] ?? 0,
    }));
  }

  /** Errors: session-failed, no-pairs. */
  static async create(options: PreferenceOptions): Promise<PreferenceObjective> {
    if (options.judgements.length === 0) {
      throw failure("no-pairs", "There is nothing to learn.", "at least one judged answer");
    }
    const bytes = await encodeModel(options.graph.graph);
    const loaded = { session: await options.runtime.createSession(bytes), graphCid: cidOf(bytes, "raw") };
    const blank = new PreferenceObjective(loaded, options, []);
    const references: number[] = [];
    await blank.#each(options.before, (results, count) => {
      references.push(...floats(results, "differences").subarray(0, count));
    });
    return new PreferenceObjective(loaded, options, references);
  }

  get count(): number {
    return this.#judgements.length;
  }

  async gradients(indices: readonly number[], parameters: Feeds): Promise<GradientBatch> {
    const results = await this.#run(indices, parameters);
    return {
      lossSum: floats(results, "lossSum")[0] ?? Number.NaN,
      weightSum: indices.length,
      gradients: new Map(
        this.#options.graph.parameters.map(({ name }) => [name, floats(results, gradientName(name))]),
      ),
    };
  }

  async measure(parameters: Feeds): Promise<PreferenceMeasure> {
    let [loss, margin, agreeing, next] = [0, 0, 0, 0];
    await this.#each(parameters, (results, count) => {
      loss += floats(results, "lossSum")[0] ?? Number.NaN;
      for (const difference of floats(results, "differences").subarray(0, count)) {
        const gain = difference - (this.#judgements[next]?.reference ?? 0);
        margin += gain;
        if (gain > 0) agreeing += 1;
        next += 1;
      }
    });
    return { loss: loss / this.count, margin: margin / this.count, agreeing: agreeing / this.count };
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  async #each(parameters: Feeds, take: (results: Results, count: number) => void): Promise<void> {
    const { judgements: batch } = this.#options.graph;
    for (let start = 0; start < this.count; start += batch) {
      const indices = Array.from(this.#judgements.keys()).slice(start, start + batch);
      take(await this.#run(indices, parameters), indices.length);
    }
  }

  #run(indices: readonly number[], parameters: Feeds): Promise<Results> {
    const { graph, supervision, padId } = this.#options;
    const chosen = indices.flatMap((index) => this.#judgements[index] ?? []);
    return this.#session.run({ ...packJudgements(chosen, graph, { supervision, padId }), ...parameters });
  }
}
