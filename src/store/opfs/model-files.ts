import { failure } from "../../core/errors.ts";
import type { KeptFile, ModelFiles, ModelFileWriter, StorageSpace } from "../../ports/model-files.ts";
import { opfsError } from "./errors.ts";
import { OpfsWriter } from "./writer.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * Files in the origin private file system (https://fs.spec.whatwg.org/), below the folder `root`. Writing needs a
 * dedicated worker: only there are sync access handles, which every browser has and which make no copies.
 */
export function opfsModelFiles(root = "models"): ModelFiles {
  return new OpfsModelFiles(root);
}

class OpfsModelFiles implements ModelFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  folders(): Promise<readonly string[]> {
    return guarded(async () => {
      const root = await this.#rootFolder();
      const names: string[] = [];
      for await (const [name, handle] of root?.entries() ?? [])
        if (handle.kind === "directory") names.push(name);
      return names.sort();
    });
  }

  list(folder: string): Promise<readonly KeptFile[]> {
    return guarded(async () => {
      const found = await this.#folder(folder);
      const files: KeptFile[] = [];
      for await (const [path, handle] of found?.entries() ?? []) {
        if (handle instanceof FileSystemFileHandle)
          files.push({ path, bytes: (await handle.getFile()).size });
      }
      return files.sort((a, b) => (a.path < b.path ? -1 : 1));
    });
  }

  read(folder: string, path: string, start: number, end: number): Promise<Uint8Array> {
    return guarded(async () => {
      const file = await (await this.#file(folder, path))?.getFile();
      if (file === undefined || file.size < end) {
        const received = file === undefined ? "no file" : `${file.size} bytes`;
        throw failure("model-file-missing", `${path} is not on this device.`, `${end} bytes`, received);
      }
      return new Uint8Array(await file.slice(start, end).arrayBuffer());
    });
  }

  write(folder: string, path: string): Promise<ModelFileWriter> {
    return guarded(async () => {
      checkName(path);
      checkName(folder);
      const origin = await navigator.storage.getDirectory();
      const root = await origin.getDirectoryHandle(this.#root, { create: true });
      const inside = await root.getDirectoryHandle(folder, { create: true });
      const handle = await inside.getFileHandle(path, { create: true });
      return new OpfsWriter(await handle.createSyncAccessHandle());
    });
  }

  removeFile(folder: string, path: string): Promise<void> {
    return guarded(async () => {
      const inside = await this.#folder(folder);
      if ((await this.#file(folder, path)) !== undefined) await inside?.removeEntry(path);
    });
  }

  remove(folder: string): Promise<void> {
    return guarded(async () => {
      const inside = await this.#folder(folder);
      if (inside !== undefined) await (await this.#rootFolder())?.removeEntry(folder, { recursive: true });
    });
  }

  async space(): Promise<StorageSpace> {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate();
    return { usedBytes: usage, freeBytes: Math.max(0, quota - usage) };
  }

  /** Undefined before the first file: where the disk is full, even an empty folder cannot be made. */
  async #rootFolder(): Promise<FileSystemDirectoryHandle | undefined> {
    const origin = await navigator.storage.getDirectory();
    return present(() => origin.getDirectoryHandle(this.#root));
  }

  async #folder(folder: string): Promise<FileSystemDirectoryHandle | undefined> {
    const root = await this.#rootFolder();
    return root && present(() => root.getDirectoryHandle(checkName(folder)));
  }

  async #file(folder: string, path: string): Promise<FileSystemFileHandle | undefined> {
    const inside = await this.#folder(folder);
    return inside && present(() => inside.getFileHandle(checkName(path)));
  }
}

function checkName(name: string): string {
  if (NAME.test(name)) return name;
  throw failure("storage-name", "A file cannot be kept under this name.", "letters, digits, . _ -", name);
}

async function present<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "NotFoundError") return undefined;
    throw thrown;
  }
}

async function guarded<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    throw opfsError(thrown);
  }
}
