import { failure, type ParleyError } from "../../core/errors.ts";
import type { ModelFiles } from "../../ports/model-files.ts";
import { keptModel } from "./kept-model.ts";

const MEBIBYTE = 1024 * 1024;

interface NamedSize {
  readonly name: string;
  readonly bytes: number;
}

/** Errors: model-room, when the rest of a model would not fit; says what could be removed. */
export async function checkRoom(files: ModelFiles, id: string, { name, bytes }: NamedSize): Promise<void> {
  const { keptBytes } = await keptModel(files, id);
  const neededBytes = Math.max(0, bytes - keptBytes);
  const { freeBytes } = await files.space();
  if (neededBytes <= freeBytes) return;
  throw failure(
    "model-room",
    `${name} needs ${mebibytes(neededBytes)} and this browser has ${mebibytes(freeBytes)} left. ${await advice(files, id)}`,
    mebibytes(neededBytes),
    mebibytes(freeBytes),
  );
}

/** For a disk that was full on the way: browsers say only roughly how much room there is. */
export async function outOfRoom(
  files: ModelFiles,
  id: string,
  { name, bytes }: NamedSize,
): Promise<ParleyError> {
  const { keptBytes } = await keptModel(files, id);
  return failure(
    "model-room",
    `The device was full after ${mebibytes(keptBytes)} of ${name}, which needs ${mebibytes(bytes)}. ${await advice(files, id)}`,
    mebibytes(bytes),
    mebibytes(keptBytes),
  );
}

/** What could be removed. */
async function advice(files: ModelFiles, id: string): Promise<string> {
  const others = (await files.folders()).filter((other) => other !== id);
  const models = await Promise.all(others.map((other) => keptModel(files, other)));
  if (models.length === 0) return "No other model could make room: free some space on the disk.";
  return `You could remove ${models.map(({ name, keptBytes }) => `${name} (${mebibytes(keptBytes)})`).join(", ")}.`;
}

/** Rounded up to a tenth: `12.3 MiB`. */
function mebibytes(bytes: number): string {
  return `${(Math.ceil((bytes / MEBIBYTE) * 10) / 10).toFixed(1)} MiB`;
}
