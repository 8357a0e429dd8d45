import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { diskFolder } from "../src/model/node.ts";
import { toGguf } from "../tools/export/gguf-llama.ts";
import { type ExportSource, readExportSource } from "../tools/export/source.ts";
import { toTransformersFolder } from "../tools/export/transformers-folder.ts";
import type { Emit } from "./figure.ts";
import { measureAnswering } from "./peers/answering.ts";
import { type PageName, type PeerServer, startPeerServer } from "./peers/server.ts";
import { hasGpu, measureTraining } from "./peers/training.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** An engine as it is called in figures. */
interface Engine {
  readonly page: PageName;
  readonly name: string;
  /** Absent for ours. */
  readonly packageName?: string;
}

const TRAINING: readonly Engine[] = [
  { page: "train-parley", name: "parley-training" },
  { page: "train-jax", name: "jax-js", packageName: "@jax-js/jax" },
  { page: "train-tensorflow", name: "tensorflow.js", packageName: "@tensorflow/tfjs-core" },
];
const ANSWERING: readonly Engine[] = [
  { page: "answer-parley", name: "parley-answering" },
  { page: "answer-transformers", name: "transformers.js", packageName: "@huggingface/transformers" },
  { page: "answer-wllama", name: "wllama", packageName: "@wllama/wllama" },
];

/**
 * The seed model in other engines, in the same browser and the same minutes; docs/benchmarks.md says how to read it.
 * A figure ending in `.single` is of one thread, one without of as many threads as the machine has processors.
 */
export async function run(emit: Emit): Promise<void> {
  const source = await readExportSource(diskFolder(`${ROOT}public/model`));
  const server = await startPeerServer(await exportedFiles(source));
  try {
    const processors = availableParallelism();
    for (const threads of processors === 1 ? [1] : [1, processors])
      await onWasm(emit, server, source, threads);
    if (await hasGpu(server)) await onGpu(emit, server);
  } finally {
    await server.close();
  }
}

async function exportedFiles(source: ExportSource): Promise<ReadonlyMap<string, Uint8Array>> {
  const folder = await toTransformersFolder(source);
  return new Map([
    ["export/seed.gguf", toGguf(source, "F32")],
    ...Array.from(folder, ([path, bytes]): [string, Uint8Array] => [`export/seed/${path}`, bytes]),
  ]);
}

async function onWasm(emit: Emit, server: PeerServer, source: ExportSource, threads: number): Promise<void> {
  const suffix = threads === 1 ? "wasm.single" : "wasm";
  const training = await measureTraining(server, pagesOf(TRAINING), { threads, device: "wasm" });
  const answering = await measureAnswering(server, pagesOf(ANSWERING), { threads, source });
  const compare = (what: string, engines: readonly Engine[], values: readonly number[]) =>
    emitCompared(emit, engines, { name: `model.${what}.${suffix}`, unit: "tokens/s", values, threads });
  await compare(
    "lora",
    TRAINING,
    training.map(({ lora }) => lora),
  );
  await compare(
    "eval",
    TRAINING,
    training.map((rates) => rates.eval),
  );
  await compare(
    "prefill",
    ANSWERING,
    answering.map(({ prefill }) => prefill),
  );
  await compare(
    "decode",
    ANSWERING,
    answering.map(({ decode }) => decode),
  );
  if (threads > 1) return;
  for (const [index, { name }] of [...TRAINING, ...ANSWERING].entries()) {
    const peakMiB = [...training, ...answering][index]?.peakMiB;
    if (peakMiB !== undefined) emit({ name: `model.memory.peak.${name}`, value: peakMiB, unit: "MiB" });
  }
}

async function onGpu(emit: Emit, server: PeerServer): Promise<void> {
  const rates = await measureTraining(server, pagesOf(TRAINING), { threads: 1, device: "webgpu" });
  for (const what of ["lora", "eval"] as const) {
    const values = rates.map((rate) => rate[what]);
    await emitCompared(emit, TRAINING, {
      name: `model.${what}.webgpu`,
      unit: "tokens/s",
      values,
      threads: 1,
    });
  }
}

interface Compared {
  readonly name: string;
  readonly unit: string;
  readonly threads: number;
  /** In the order of the engines, ours first. */
  readonly values: readonly number[];
}

/** Each peer's figure, and ours with its ratio to the fastest of them. */
async function emitCompared(
  emit: Emit,
  [, ...peers]: readonly Engine[],
  { name, unit, threads, values: [ours = Number.NaN, ...theirs] }: Compared,
): Promise<void> {
  const fastest = Math.max(...theirs);
  const peer = peers[theirs.indexOf(fastest)];
  const against = `${peer?.name} ${await versionOf(peer)}, ${threads} ${threads === 1 ? "thread" : "threads"} each`;
  emit({ name, value: ours, unit, ratio: ours / fastest, against });
  for (const [index, { name: engine }] of peers.entries()) {
    emit({ name: `${name}.${engine}`, value: theirs[index] ?? Number.NaN, unit });
  }
}

function pagesOf(engines: readonly Engine[]): PageName[] {
  return engines.map(({ page }) => page);
}

async function versionOf(engine: Engine | undefined): Promise<string> {
  const json = await readFile(`${ROOT}node_modules/${engine?.packageName}/package.json`, "utf8");
  return /"version": "([^"]+)"/.exec(json)?.[1] ?? "";
}
