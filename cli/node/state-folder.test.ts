import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store, StoredPair } from "../../src/ports/store.ts";
import { createLevelStore } from "../../src/store/level/store.ts";
import { PairsFile } from "./pairs.ts";
import { isReadByOthers, keptKey, openStateFolder, readKey, writeWhole } from "./state-folder.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-state-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a key is made once, for its owner's eyes only, and stays the same", async () => {
  const state = await openStateFolder(join(folder, "new"));
  const key = await keptKey(state.identityKey);
  expect(key).toHaveLength(32);
  expect(await keptKey(state.identityKey)).toEqual(key);
  expect((await stat(state.identityKey)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "new"))).mode & 0o777).toBe(0o700);
  expect(await isReadByOthers(state.identityKey)).toBe(false);
  await chmod(state.identityKey, 0o640);
  expect(await isReadByOthers(state.identityKey)).toBe(true);
});

test("a damaged key file is told, its content is not, and no other key takes its place", async () => {
  const file = join(folder, "identity.key");
  await writeFile(file, "secretsecret");
  await expect(keptKey(file)).rejects.toThrow(expect.objectContaining({ code: "key-file-malformed" }));
  await expect(keptKey(file)).rejects.not.toThrow("secretsecret");
  await expect(readKey(join(folder, "none"))).rejects.toThrow(
    expect.objectContaining({ code: "key-file-missing" }),
  );
});

test("a key may be written with 0x or without", async () => {
  const file = join(folder, "wallet.key");
  await writeFile(file, `0x${"aB".repeat(32)}\n`);
  expect(Buffer.from(await readKey(file)).toString("hex")).toBe("ab".repeat(32));
});

test("a file is written whole, and leaves nothing beside it", async () => {
  const file = join(folder, "deep", "file");
  await writeWhole(file, new Uint8Array([1]));
  await writeWhole(file, new Uint8Array([2, 3]));
  expect(await readdir(join(folder, "deep"))).toEqual(["file"]);
});

test("corrections are read again when their file changes, and each counts once", async () => {
  const file = join(folder, "pairs.json");
  const store = await createLevelStore({ folder: join(folder, "store"), network: "bafynetwork" });
  const write = (...prompts: string[]) =>
    writeFile(file, JSON.stringify(prompts.map((prompt) => ({ prompt, answer: `to ${prompt}` }))));
  const pairs = new PairsFile(file);
  await write("one", "two", "one");
  expect(await pairs.importInto(store, 1_000)).toBe(2);
  expect(await pairs.importInto(store, 1_001)).toBeUndefined();
  await adopt(store, "one");
  await write("one", "two", "three");
  expect(await pairs.importInto(store, 2_000)).toBe(1);
  const kept = await store.listPairs();
  expect(kept.map(({ prompt }) => prompt)).toEqual(["one", "two", "three"]);
  expect(kept[0]?.adoptedInEpoch).toBe(4);
  await writeFile(file, '[{"prompt": "", "answer": 1}]');
  await expect(pairs.importInto(store, 3_000)).rejects.toThrow(
    expect.objectContaining({ code: "pairs-file" }),
  );
  const gone = new PairsFile(join(folder, "none.json"));
  await expect(gone.importInto(store, 1)).rejects.toThrow(expect.objectContaining({ code: "pairs-file" }));
  await store.close();
});

async function adopt(store: Store, prompt: string): Promise<void> {
  const pair = (await store.listPairs()).find((one: StoredPair) => one.prompt === prompt);
  if (pair !== undefined) await store.putPair({ ...pair, adoptedInEpoch: 4 });
}
