import { ParleyError } from "../../core/errors.ts";
import type { ModelFiles } from "../model-files.ts";

type Reopen = () => Promise<ModelFiles>;

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** Each promise of the port, by its sentence, as a function that throws when it is broken. */
export const MODEL_FILES_PROMISES: Readonly<
  Record<string, (files: ModelFiles, reopen: Reopen) => Promise<void>>
> = {
  async "gives back what was appended, in any range"(files) {
    await put(files, "a", "weights", [bytes(1, 2, 3), bytes(4, 5)]);
    same([...(await files.read("a", "weights", 0, 5))], [1, 2, 3, 4, 5]);
    same([...(await files.read("a", "weights", 2, 4))], [3, 4]);
    same([...(await files.read("a", "weights", 5, 5))], []);
  },
  async "goes on at the end of what is there"(files, reopen) {
    await put(files, "a", "weights", [bytes(1, 2)]);
    const writer = await (await reopen()).write("a", "weights");
    same(writer.bytes, 2);
    await writer.append(bytes(3));
    same(writer.bytes, 3);
    await writer.close();
    same([...(await files.read("a", "weights", 0, 3))], [1, 2, 3]);
  },
  async "keeps what was flushed when the tab dies without closing"(files, reopen) {
    const writer = await files.write("a", "weights");
    await writer.append(bytes(1, 2, 3));
    await writer.flush();
    const after = await reopen();
    same(await after.list("a"), [{ path: "weights", bytes: 3 }]);
    await writer.close();
  },
  async "cuts a file and appends there"(files) {
    const writer = await files.write("a", "weights");
    await writer.append(bytes(1, 2, 3));
    await writer.cutTo(1);
    same(writer.bytes, 1);
    await writer.append(bytes(9));
    await writer.close();
    same([...(await files.read("a", "weights", 0, 2))], [1, 9]);
  },
  async "refuses a second writer of a file, and lets one in when the first is done"(files) {
    const first = await files.write("a", "weights");
    await refused(() => files.write("a", "weights"), "storage-busy");
    await (await files.write("a", "config")).close();
    await first.close();
    await (await files.write("a", "weights")).close();
  },
  async "says model-file-missing of what is not there, and of more than there is"(files) {
    await refused(() => files.read("nowhere", "weights", 0, 1), "model-file-missing");
    await put(files, "a", "weights", [bytes(1)]);
    await refused(() => files.read("a", "other", 0, 1), "model-file-missing");
    await refused(() => files.read("a", "weights", 0, 2), "model-file-missing");
  },
  async "lists folders and files in alphabetical order"(files) {
    await put(files, "b", "two", [bytes(1)]);
    await put(files, "b", "one", [bytes(1, 2)]);
    await put(files, "a", "three", []);
    same(await files.folders(), ["a", "b"]);
    same(await files.list("b"), [
      { path: "one", bytes: 2 },
      { path: "two", bytes: 1 },
    ]);
    same(await files.list("c"), []);
  },
  async "removes a file, and a folder with all in it, for good"(files, reopen) {
    await put(files, "a", "one", [bytes(1)]);
    await put(files, "a", "two", [bytes(1)]);
    await files.removeFile("a", "one");
    await files.removeFile("a", "one");
    same(await files.list("a"), [{ path: "two", bytes: 1 }]);
    await files.remove("a");
    await files.remove("a");
    same(await (await reopen()).folders(), []);
  },
  async "refuses names that lead out of their folder"(files) {
    for (const name of ["../a", "a/b", "", "..", ".hidden"]) {
      await refused(() => files.write("a", name), "storage-name");
      await refused(() => files.write(name, "a"), "storage-name");
    }
  },
  async "says how much room is left"(files) {
    const { usedBytes, freeBytes } = await files.space();
    same(usedBytes >= 0 && freeBytes > 0, true);
  },
};

/** "kept", or what broke. */
export async function checkModelFiles(promise: string, files: ModelFiles, reopen: Reopen): Promise<string> {
  try {
    await MODEL_FILES_PROMISES[promise]?.(files, reopen);
    return "kept";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function put(files: ModelFiles, folder: string, path: string, pieces: Uint8Array[]): Promise<void> {
  const writer = await files.write(folder, path);
  for (const piece of pieces) await writer.append(piece);
  await writer.close();
}

function same(received: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(received), JSON.stringify(expected)];
  if (left !== right) throw new Error(`expected ${right}, received ${left}`);
}

async function refused(action: () => Promise<unknown>, code: string): Promise<void> {
  try {
    await action();
  } catch (error) {
    return same(error instanceof ParleyError ? error.code : String(error), code);
  }
  throw new Error(`expected ${code}, but nothing was refused`);
}
