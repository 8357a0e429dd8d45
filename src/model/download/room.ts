import { failure } from "../../core/errors.ts";
import type { ModelFiles } from "../../ports/model-files.ts";
import { keptModel } from "./kept-model.ts";

const MEBIBYTE = 1024 * 1024;

/** Errors: model-room, when the rest of a model would not fit; says what could be removed. */
export async function checkRoom(
  files: ModelFiles,
  id: string,
  model: { readonly name: string; readonly bytes: number },
): Promise<void> {
  const { keptBytes } = await keptModel(files, id);
  const neededBytes = Math.max(0, model.bytes - keptBytes);
  const { freeBytes } = await files.space();
  if (neededBytes <= freeBytes) return;
  const others = await Promise.all(
    (await files.folders()).filter((other) => other !== id).map((other) => keptModel(files, other)),
  );
  const removable = others.map(({ name, keptBytes: bytes }) => `${name} (${mebibytes(bytes)})`).join(", ");
  throw failure(
    "model-room",
    `${model.name} needs ${mebibytes(neededBytes)} and this browser has ${mebibytes(freeBytes)} left. ${
      removable === "" ? "No other model could make room." : `You could remove ${removable}.`
    }`,
    mebibytes(neededBytes),
    mebibytes(freeBytes),
  );
}

/** Rounded up to a tenth: `12.3 MiB`. */
function mebibytes(bytes: number): string {
  return `${(Math.ceil((bytes / MEBIBYTE) * 10) / 10).toFixed(1)} MiB`;
}
