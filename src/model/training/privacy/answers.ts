import { cidOf } from "../../../core/codec/dag-cbor.ts";
import type { Cid } from "../../../core/primitives.ts";
import type { TrainingPair } from "../../../ports/chat.ts";
import type { Model } from "../../folder.ts";
import { buildGradientGraph, type GradientGraph, gradientName } from "../../llama/gradient-graph.ts";
import { encodeModel } from "../../onnx/encode.ts";
import type { Feeds, Runtime, Session } from "../../runtime/runtime.ts";
import { type Example, encodePairWithin } from "../../text/chat.ts";
import { batchFeeds } from "../batch-feeds.ts";
import type { ExampleGradients, GradientBatch, ObjectivePlan } from "../example-gradients.ts";
import { floats } from "../state.ts";

/** Row lengths are multiples of this, so that few different graphs are built. */
const SEQUENCE_STEP = 8;

/** Cross-entropy on the answers of pairs, one pair at a time: each has a gradient of its own to be clipped. */
export function planPrivateAnswers(model: Model, pairs: readonly TrainingPair[]): ObjectivePlan {
  const { config, weights, tokenizer, manifest } = model;
  const examples = pairs.map((pair) => encodePairWithin(tokenizer, pair, manifest.training.sequenceTokens));
  const longest = Math.max(...examples.map(({ tokens }) => tokens.length));
  const sequence = Math.ceil(longest / SEQUENCE_STEP) * SEQUENCE_STEP;
  const scored = Math.max(...examples.map((example) => answerPositions(example).length));
  const mode = { mode: "lora", weights, lora: manifest.lora } as const;
  const graph = buildGradientGraph(config, { ...mode, batch: 1, sequence, scored });
  return {
    count: examples.length,
    graph: graph.graph,
    parameters: graph.parameters,
    shape: { batch: 1, sequence },
    settings: { objective: "answers" },
    create: (runtime) => AnswerObjective.create(runtime, graph, examples, tokenizer.chat.pad),
  };
}

const answerPositions = ({ scored }: Example): number[] =>
  scored.flatMap((counts, position) => (counts ? [position] : []));

class AnswerObjective implements ExampleGradients {
  readonly graphCid: Cid;
  readonly #session: Session;
  readonly #graph: GradientGraph;
  readonly #examples: readonly Example[];
  readonly #padId: number;

  private constructor(
    session: Session,
    graphCid: Cid,
    data: { readonly graph: GradientGraph; readonly examples: readonly Example[]; readonly padId: number },
  ) {
    this.graphCid = graphCid;
    this.#session = session;
    this.#graph = data.graph;
    this.#examples = data.examples;
    this.#padId = data.padId;
  }

  static async create(
    runtime: Runtime,
    graph: GradientGraph,
    examples: readonly Example[],
    padId: number,
  ): Promise<AnswerObjective> {
    const bytes = await encodeModel(graph.graph);
    const session = await runtime.createSession(bytes);
    return new AnswerObjective(session, cidOf(bytes, "raw"), { graph, examples, padId });
  }

  get count(): number {
    return this.#examples.length;
  }

  /** The graph holds one example. */
  async gradients([index = 0]: readonly number[], parameters: Feeds): Promise<GradientBatch> {
    const results = await this.#session.run({ ...this.#feeds(index), ...parameters });
    return {
      lossSum: floats(results, "lossSum")[0] ?? Number.NaN,
      weightSum: floats(results, "weightSum")[0] ?? Number.NaN,
      gradients: new Map(
        this.#graph.parameters.map(({ name }) => [name, floats(results, gradientName(name))]),
      ),
    };
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #feeds(index: number): Feeds {
    const example = this.#examples[index] ?? { tokens: [], targets: [], scored: [] };
    const { sequence, scored = 0 } = this.#graph;
    const tokens = new BigInt64Array(sequence).fill(BigInt(this.#padId));
    tokens.set(example.tokens.map(BigInt));
    const batch = {
      tokens,
      scored: new BigInt64Array(scored),
      targets: new BigInt64Array(scored),
      mask: new Float32Array(scored),
    };
    for (const [place, position] of answerPositions(example).entries()) {
      batch.scored[place] = BigInt(position);
      batch.targets[place] = BigInt(example.targets[position] ?? this.#padId);
      batch.mask[place] = 1;
    }
    return batchFeeds(batch, this.#graph);
  }
}
