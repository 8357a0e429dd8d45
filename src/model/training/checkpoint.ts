import { bytesToHex, hashWithDomain } from "../../core/bytes.ts";
import { z } from "../../core/codec/zod.ts";
import { DOMAINS } from "../../core/domains.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Hash } from "../../core/primitives.ts";
import type { ParameterSpec } from "../llama/parameters.ts";
import { readMetadata, readSafetensors, writeSafetensors } from "../safetensors.ts";
import type { LoopState, ParameterState } from "./state.ts";

/**
 * A checkpoint is a safetensors file: each parameter p as `p`, `p.first`, `p.second` in F32, and under `__metadata__`
 * the fields below. It holds the hashes of the checkpoints before it, so it names the whole run up to its step.
 */
export interface RunCheckpoint {
  /** Hash of everything that decides the run's bits; another run does not go on from here. */
  readonly run: Hash;
  readonly state: LoopState;
  /** Sums behind the loss curve's points, micro-nats. */
  readonly curveSums: readonly number[];
  /** Hashes of the checkpoints at steps 0, K, 2K, … before this one. */
  readonly earlier: readonly Hash[];
}

const FORMAT = "parley-checkpoint-1";
const HashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const Fields = z.strictObject({
  step: z.int().min(0).max(LIMITS.trainingSteps),
  curveSums: z.array(z.int().min(0)).max(LIMITS.trainingCurvePoints),
  earlier: z.array(HashSchema).max(LIMITS.trainingCheckpoints),
});
const Metadata = z.strictObject({ format: z.literal(FORMAT), run: HashSchema, fields: z.string() });

/** The same checkpoint gives the same bytes. */
export function encodeCheckpoint(specs: readonly ParameterSpec[], checkpoint: RunCheckpoint): Uint8Array {
  const { run, state, curveSums, earlier } = checkpoint;
  const tensors = specs.flatMap(({ name, shape }) => {
    const { parameter, first, second } = state.parameters.get(name) ?? EMPTY;
    return [
      { name, shape, data: parameter },
      { name: `${name}.first`, shape, data: first },
      { name: `${name}.second`, shape, data: second },
    ];
  });
  const fields = JSON.stringify({ step: state.step, curveSums, earlier });
  return writeSafetensors(tensors, "F32", { format: FORMAT, run, fields });
}

/** Errors: checkpoint-malformed, checkpoint-misfit (of another run). */
export function decodeCheckpoint(
  specs: readonly ParameterSpec[],
  run: Hash,
  bytes: Uint8Array,
): RunCheckpoint {
  const { fields, run: received } = metadataOf(bytes);
  if (received !== run) {
    throw failure("checkpoint-misfit", "This checkpoint is of another training run.", run, received);
  }
  const tensors = readSafetensors(bytes);
  const parameters = new Map<string, ParameterState>();
  for (const { name, shape } of specs) {
    const [parameter, first, second] = [name, `${name}.first`, `${name}.second`].map((part) => {
      const tensor = tensors.get(part);
      if (tensor?.shape.join() === shape.join()) return tensor.data;
      throw malformed(`${part} is missing or has another shape.`);
    });
    if (parameter && first && second) parameters.set(name, { parameter, first, second });
  }
  return {
    run,
    state: { step: fields.step, parameters },
    curveSums: fields.curveSums,
    earlier: fields.earlier,
  };
}

/** Names a checkpoint in a training record: sha256(domain ‖ bytes). */
export function checkpointHash(bytes: Uint8Array): Hash {
  return bytesToHex(hashWithDomain(DOMAINS.checkpoint, bytes));
}

const EMPTY: ParameterState = {
  parameter: new Float32Array(),
  first: new Float32Array(),
  second: new Float32Array(),
};

function metadataOf(bytes: Uint8Array): { readonly run: Hash; readonly fields: z.infer<typeof Fields> } {
  try {
    const { run, fields } = Metadata.parse(readMetadata(bytes));
    return { run, fields: Fields.parse(JSON.parse(fields)) };
  } catch (error) {
    throw malformed(String(error));
  }
}

function malformed(received: string) {
  return failure("checkpoint-malformed", "This is not a checkpoint.", FORMAT, received);
}
