import { failure } from "../../core/errors.ts";
import type { ModelSource } from "../../ports/model-library.ts";

/**
 * Picked files as the files of one folder: of a picked folder, those at the top. Paths are lost on the way into a
 * worker, so they are read here. Errors: model-folder (nothing was picked).
 */
export function pickedFolder(files: readonly File[]): Extract<ModelSource, { kind: "files" }> {
  // Absent outside browsers.
  const parts = files.map((file) => ({ file, path: (file.webkitRelativePath || file.name).split("/") }));
  const depth = Math.min(...parts.map(({ path }) => path.length));
  const top = parts.filter(({ path }) => path.length === depth);
  if (top.length === 0)
    throw failure("model-folder", "No files were picked.", "the files of a model's folder");
  const name = top[0]?.path.at(-2);
  return { kind: "files", files: top.map(({ file }) => file), ...(name === undefined ? {} : { name }) };
}
