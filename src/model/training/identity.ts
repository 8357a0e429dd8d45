import { bytesToHex, hashWithDomain } from "../../core/bytes.ts";
import { cidOf, encodeCbor, parseCid } from "../../core/codec/dag-cbor.ts";
import { DOMAINS } from "../../core/domains.ts";
import type { Cid, Hash } from "../../core/primitives.ts";
import type { TrainingMixture } from "../../core/training-record.ts";
import type { TrainingPair } from "../../ports/chat.ts";
import type { ModelManifest } from "../manifest.ts";

/**
 * Names everything that the bits of a training step depend on: DAG-CBOR
 * { version: 1, graphs: links in the order of their use, runtime, weights, tokenizer: links (raw CIDs of the bytes) }.
 */
export function trainingEnvironmentCid(manifest: ModelManifest, graphs: readonly Cid[], runtime: Cid): Cid {
  const { weights, tokenizer } = manifest.files;
  return cidOf(
    encodeCbor({
      version: 1,
      graphs: graphs.map((graph) => parseCid(graph)),
      runtime: parseCid(runtime),
      weights: parseCid(weights.cid),
      tokenizer: parseCid(tokenizer.cid),
    }),
  );
}

/** Names pairs (with what was rejected), known dialogues and unwanted answers, in order. */
export function trainingDataHash(
  pairs: readonly TrainingPair[],
  known: readonly TrainingPair[],
  unwanted: readonly TrainingPair[] = [],
): Hash {
  const texts = (list: readonly TrainingPair[]) =>
    list.map(({ prompt, answer, rejected }) => [
      prompt,
      answer,
      ...(rejected === undefined ? [] : [rejected]),
    ]);
  const data = {
    pairs: texts(pairs),
    known: texts(known),
    ...(unwanted.length === 0 ? {} : { unwanted: texts(unwanted) }),
  };
  return bytesToHex(hashWithDomain(DOMAINS.trainingData, encodeCbor(data)));
}

/** Everything that decides the bits of a run, beside the parameters that it starts from. */
export interface RunIdentity {
  /** Where results are evidence the environment, elsewhere the provider. */
  readonly environment: string;
  readonly dataHash: Hash;
  readonly mixture: TrainingMixture;
  readonly seed: number;
  readonly steps: number;
  readonly learningRatePpm: number;
  readonly microBatches: number;
  readonly checkpointSteps: number;
  /** Settings of an objective other than plain answers. */
  readonly objective?: Readonly<Record<string, number | string>>;
}

/** Names a run: a checkpoint of another one does not fit. `start` are the first parameters, in order. */
export function runHash(identity: RunIdentity, start: readonly Float32Array[]): Hash {
  const bytes = start.map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return bytesToHex(hashWithDomain(DOMAINS.trainingRun, encodeCbor({ ...identity }), ...bytes));
}
