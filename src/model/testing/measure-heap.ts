/**
 * Prints what training on random tokens makes the WebAssembly heap grow by, and what was estimated, as JSON. A process of
 * its own: the heap of a runtime never shrinks, and its memory is made when the module is loaded.
 */
import type { LlamaConfig } from "../llama/config.ts";
import { initialWeights } from "../llama/initial.ts";
import { factorSpecs } from "../llama/sources.ts";
import { buildTrainingGraph } from "../llama/training-graph.ts";
import { installedRuntime, nodeWasmRuntime } from "../runtime/wasm-node.ts";
import { TrainingLoop } from "../training/loop.ts";
import { estimateMemory } from "../training/memory.ts";
import { Optimizer } from "../training/optimizer.ts";
import { TINY_LORA } from "./tiny.ts";

const memories: WebAssembly.Memory[] = [];
const Original = WebAssembly.Memory;
WebAssembly.Memory = class extends Original {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(this);
  }
};
const heapBytes = (): number => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

const CONFIG: LlamaConfig = {
  vocabularySize: 2_048,
  hiddenSize: 256,
  intermediateSize: 512,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headSize: 64,
  contextTokens: 128,
  normEpsilon: 1e-5,
  ropeTheta: 10_000,
};
const SHAPE = { batch: 8, sequence: 64 } as const;

const weights = initialWeights(CONFIG, "heap");
const graph = buildTrainingGraph(CONFIG, { mode: "lora", weights, lora: TINY_LORA, ...SHAPE });
const runtime = await nodeWasmRuntime(1, await installedRuntime());
const initial = new Map(
  factorSpecs(CONFIG, TINY_LORA).map(({ name, shape: [rank = 0, outputs = 0] }) => [
    name,
    new Float32Array(rank * outputs),
  ]),
);
// The runtime's own needs come with its first session.
await (await Optimizer.create(runtime, graph.parameters, initial)).release();
const before = heapBytes();
const loop = await TrainingLoop.create(runtime, graph, initial);
const size = SHAPE.batch * SHAPE.sequence;
const tokens = BigInt64Array.from({ length: size }, (_, index) => BigInt(index % CONFIG.vocabularySize));
await loop.train({ tokens, targets: tokens, mask: new Float32Array(size).fill(1) }, 0.001);
await loop.release();
const estimatedBytes = estimateMemory(graph.graph).totalBytes;
process.stdout.write(JSON.stringify({ estimatedBytes, grownBytes: heapBytes() - before }));
