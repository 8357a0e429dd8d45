import { failure } from "../../core/errors.ts";
import type { ModelFiles } from "../../ports/model-files.ts";
import type { CheckedFolder } from "../folder.ts";

/** A model that this device keeps, checked when it came. */
export function keptFolder(files: ModelFiles, folder: string): CheckedFolder {
  return {
    async read(path) {
      const kept = (await files.list(folder)).find((file) => file.path === path);
      if (kept !== undefined) return files.read(folder, path, 0, kept.bytes);
      throw failure("model-file-missing", `${path} is not on this device.`, folder);
    },
    readRange: (path, start, end) => files.read(folder, path, start, end),
  };
}
