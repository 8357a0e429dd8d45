import { z } from "../core/codec/zod.ts";
import { failure } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { parseJson } from "./manifest.ts";
import { BLOCK } from "./quantisation/blocks.ts";
import { dequantiseStored, scalesName } from "./quantisation/stored.ts";
import { type NamedTensor, type ReadRange, readPlaces, type TensorPlace, widen } from "./safetensors.ts";

/** A safetensors file of a checkpoint. */
export interface CheckpointFile {
  readonly path: string;
  readonly bytes: number;
  readonly read: ReadRange;
}

/** The tensors of one or several files, read one at a time. */
export interface Checkpoint {
  readonly places: ReadonlyMap<string, TensorPlace>;
  /**
   * A quantised tensor (quantisation/storage.ts) comes as the floats it stands for.
   * Errors: model-weights (there is none of this name, or it does not hold floats), model-file-missing.
   */
  read(name: string): Promise<NamedTensor>;
}

const FLOATS: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

const SHARD = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** model.safetensors.index.json of Hugging Face: which file holds which tensor. */
const IndexSchema = z.looseObject({
  weight_map: z.record(z.string().max(256), z.string().regex(SHARD, "a file beside the index")),
});

/** Names of the files of a checkpoint, in alphabetical order. Errors: model-weights (files elsewhere, too many). */
export function parseIndex(bytes: Uint8Array, path: string): readonly string[] {
  const parsed = IndexSchema.safeParse(parseJson(bytes, path));
  if (!parsed.success) {
    throw failure(
      "model-weights",
      `${path} is malformed.`,
      "weight_map: files beside it",
      z.prettifyError(parsed.error),
    );
  }
  const files = [...new Set(Object.values(parsed.data.weight_map))].sort();
  if (files.length > 0 && files.length <= LIMITS.modelShards) return files;
  throw failure(
    "model-weights",
    `${path} names no sensible number of files.`,
    `1 to ${LIMITS.modelShards}`,
    `${files.length}`,
  );
}

/** Reads the headers of all files. Errors: model-weights (malformed, or two files hold one tensor). */
export async function openCheckpoint(files: readonly CheckpointFile[]): Promise<Checkpoint> {
  const places = new Map<string, TensorPlace>();
  const homes = new Map<string, CheckpointFile>();
  for (const file of files) {
    for (const [name, place] of await readPlaces(file.read, file.bytes)) {
      if (homes.has(name)) {
        throw failure("model-weights", `Two files hold ${name}.`, homes.get(name)?.path, file.path);
      }
      homes.set(name, file);
      places.set(name, place);
    }
  }
  const read = async (name: string): Promise<NamedTensor> => {
    const [place, home] = [places.get(name), homes.get(name)];
    if (place === undefined || home === undefined) {
      throw failure("model-weights", `The checkpoint lacks ${name}.`);
    }
    const bytes = await home.read(place.start, place.end);
    const scales = scalesName(name);
    return places.has(scales) ? dequantiseStored(place, bytes, await read(scales)) : widen(place, bytes);
  };
  return { places, read };
}

/** Numbers in a checkpoint; scales of quantised tensors are none of their own. */
export function parametersOf({ places }: Checkpoint): number {
  let sum = 0;
  for (const place of places.values()) {
    if (!isScales(places, place.name))
      sum += shapeOf(places, place).reduce((product, size) => product * size, 1);
  }
  return sum;
}

type Places = Checkpoint["places"];

function isScales(places: Places, name: string): boolean {
  const tensor = name.slice(0, -scalesName("").length);
  return scalesName(tensor) === name && places.has(tensor);
}

/** Shape of the floats that a tensor stands for: the scales of codes tell it. */
function shapeOf(places: Places, place: TensorPlace): readonly number[] {
  const scales = places.get(scalesName(place.name));
  return scales === undefined ? place.shape : [scales.shape[0] ?? 0, (scales.shape[1] ?? 0) * BLOCK];
}

/** Errors: model-weights (one is missing, has another shape, or does not hold floats). */
export function checkShapes(
  { places }: Checkpoint,
  specs: readonly { readonly name: string; readonly shape: readonly number[] }[],
): void {
  for (const { name, shape } of specs) {
    const place = places.get(name);
    const expected = shape.join("×");
    if (place === undefined) {
      throw failure("model-weights", `The checkpoint lacks ${name}.`, expected, "nothing");
    }
    const received = shapeOf(places, place).join("×");
    if (expected !== received) {
      throw failure("model-weights", `${name} has another shape.`, expected, received);
    }
    if (!FLOATS.has(place.dtype) && !places.has(scalesName(name))) {
      throw failure("model-weights", `${name} does not hold floats.`, "F32, F16 or BF16", place.dtype);
    }
  }
}
