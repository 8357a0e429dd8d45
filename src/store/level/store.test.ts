import { fork } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeStore } from "../../ports/acceptance/store.ts";
import { levelError } from "./errors.ts";
import { createLevelStore } from "./store.ts";

const NETWORK = "bafyreigenesis";
const WRITER = join(import.meta.dirname, "testing/writer.ts");

describeStore("LevelDB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "parley-level-"));
  const first = join(folder, "first");
  const store = await createLevelStore({ folder: first, network: NETWORK });
  let copies = 0;
  return {
    store,
    // A process that dies leaves its files as they are; a copy of them is what the next one finds.
    reopen: async () => {
      const copy = join(folder, `copy-${copies++}`);
      await cp(first, copy, { recursive: true });
      return createLevelStore({ folder: copy, network: NETWORK });
    },
    dispose: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

describe("createLevelStore", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-level-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("keeps the profile over networks, and each network's own data apart", async () => {
    const first = await createLevelStore({ folder, network: "bafyfirst" });
    await first.setValue("identity", new Uint8Array([1]));
    await first.setValue("network/events", new Uint8Array([2]));
    await first.putDuty({ id: "d", kind: "verify", epoch: 0, deadlineMs: 0, detail: new Uint8Array() });
    await first.close();
    const second = await createLevelStore({ folder, network: "bafysecond" });
    expect(await second.getValue("identity")).toEqual(new Uint8Array([1]));
    expect(await second.getValue("network/events")).toBeUndefined();
    expect(await second.listDuties()).toEqual([]);
    await second.close();
  });

  it("refuses a second process, which says why, and opens when the first one is gone", async () => {
    const holder = startWriter(folder);
    await once(holder, "message");
    const locked = { data: { code: "level-locked" } };
    await expect(createLevelStore({ folder, network: NETWORK })).rejects.toMatchObject(locked);
    const gone = once(holder, "exit");
    holder.kill("SIGKILL");
    await gone;
    await (await createLevelStore({ folder, network: NETWORK })).close();
  });

  it("after SIGKILL in the middle of writes holds every message that was resolved, each with its place in the log", async () => {
    const writer = startWriter(folder);
    let resolved = 0;
    const enough = new Promise<void>((resolve) => {
      writer.on("message", (count) => {
        resolved = Number(count);
        if (resolved >= 60) resolve();
      });
    });
    await enough;
    const gone = once(writer, "exit");
    writer.kill("SIGKILL");
    await gone;

    const store = await createLevelStore({ folder, network: NETWORK });
    const author = "a".repeat(64);
    const count = (await store.logHeads()).get(author) ?? 0;
    const messages = await store.messagesOfAuthor(author, 0, 1_000_000);
    expect(count).toBeGreaterThanOrEqual(resolved);
    expect(messages.map(({ sequence }) => sequence)).toEqual([...Array(count).keys()]);
    expect(await store.messagesOfEpoch(1)).toHaveLength(count);
    expect(await store.messagesOfKind("commit")).toHaveLength(count);
    expect(messages.every(({ bytes, sequence }) => bytes[0] === sequence % 256)).toBe(true);
    await store.close();
  });
});

describe("levelError", () => {
  const caused = (code: string, message: string) =>
    Object.assign(new Error("Database failed", { cause: Object.assign(new Error(message), { code }) }), {
      code: "LEVEL_WHATEVER",
    });

  it.each([
    [caused("LEVEL_LOCKED", "IO error: lock"), "level-locked"],
    [caused("LEVEL_IO_ERROR", "No space left on device"), "storage-full"],
    [caused("LEVEL_DATABASE_NOT_OPEN", "Database is not open"), "storage-closed"],
    [caused("LEVEL_CORRUPTION", "bad block"), "storage-failed"],
    ["a text", "storage-failed"],
  ])("%s is %s", (thrown, code) => {
    expect(levelError(thrown).code).toBe(code);
  });
});

/** A process that writes messages until it is killed, and says how many were resolved. */
function startWriter(folder: string) {
  const execArgv = ["--import", import.meta.resolve("tsx")];
  return fork(WRITER, [folder, NETWORK], { execArgv, stdio: ["ignore", "ignore", "inherit", "ipc"] });
}
