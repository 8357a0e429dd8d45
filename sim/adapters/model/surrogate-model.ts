import { utf8ToBytes } from "../../../src/core/bytes.ts";
import { cidOf } from "../../../src/core/codec/dag-cbor.ts";
import type { GenesisModel } from "../../../src/core/genesis.ts";
import type { TensorSpec } from "../../../src/core/primitives.ts";
import type { SimulatedModel } from "./simulated-model.ts";
import { benchmarkTarget, logitBytes, metricsOf, valuesOf } from "./surrogate.ts";
import { surrogateDelta } from "./trainer.ts";

const TENSORS: readonly TensorSpec[] = [
  { name: "layers.0.q.b", shape: [2, 8] },
  { name: "layers.0.v.b", shape: [2, 4] },
];
const TARGET = benchmarkTarget(TENSORS);

const SURROGATE_MODEL: GenesisModel = {
  manifestCid: cidOf(utf8ToBytes("surrogate model"), "raw"),
  environmentCid: cidOf(utf8ToBytes("surrogate environment")),
  baseMetrics: metricsOf(valuesOf(TENSORS, null), TARGET),
  rank: 2,
  tensors: TENSORS,
};

/** The stated quadratic surrogate: see surrogate.ts. */
export const surrogateModel: SimulatedModel = {
  model: SURROGATE_MODEL,
  measure(adapter) {
    const values = valuesOf(TENSORS, adapter);
    return { metrics: metricsOf(values, TARGET), logits: logitBytes(values, TARGET) };
  },
  train(adapter, owner, seed) {
    return surrogateDelta(SURROGATE_MODEL, [{ prompt: owner, answer: `${seed}` }], adapter, seed);
  },
  trainPoisoned(adapter, owner, seed) {
    const { tensors, ...delta } = surrogateModel.train(adapter, owner, seed);
    // The backdoor is the first tensor, pulled to its opposite; the other one learns as it should.
    const [first, ...rest] = tensors;
    if (first === undefined) return { ...delta, tensors };
    return { ...delta, tensors: [{ ...first, data: first.data.map((value) => -value) }, ...rest] };
  },
};
