import { describe, expect, it } from "vitest";
import { History } from "../../../sim/history.ts";
import { genesisCid } from "../../core/artifacts/genesis.ts";
import { concatBytes } from "../../core/bytes.ts";
import { failure } from "../../core/errors.ts";
import { decodeMessage, type Message } from "../../core/messages/message.ts";
import type { Cid } from "../../core/primitives.ts";
import { archiveCid, epochArchive, readEpochArchive } from "./epoch-archive.ts";

/** One epoch of four members who submit, verify and sign, as its holders have it. */
async function anEpoch() {
  const history = new History();
  await history.stakeAll();
  await history.clock.advanceTo(history.genesis.startMs);
  await history.runEpoch(0);
  const [result] = history.results;
  const set = history.messages.find(({ kind }) => kind === "message-set");
  if (result === undefined || set?.kind !== "message-set") throw new Error("no epoch");
  const epoch = { messageSetCid: set.cid, manifestCid: result.manifestCid };
  const held = new Map<Cid, Message>(history.messages.map((message) => [message.cid, message]));
  const source = { load: async (cid: Cid) => held.get(cid) };
  const artifacts = {
    get: async (cid: Cid) => {
      if (cid !== result.manifestCid) throw failure("not-found", "No such block", cid);
      return result.manifestBytes;
    },
  };
  const decode = async (bytes: Uint8Array) => decodeMessage(bytes, genesisCid(history.genesis));
  const pieces: Uint8Array[] = [];
  for await (const piece of epochArchive(epoch, source, artifacts)) pieces.push(piece);
  return { epoch, set, held, source, artifacts, decode, pieces, manifest: result.manifestBytes };
}

async function* inPieces(file: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
}

const thrownBy = async (reading: AsyncIterable<unknown>): Promise<unknown> => {
  try {
    for await (const _ of reading);
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

describe("the archive of an epoch", () => {
  it("is the same file with every holder, whatever else it holds and in whatever order it came", async () => {
    const { epoch, held, artifacts, source } = await anEpoch();
    const other = new Map([...held].reverse());
    const cid = await archiveCid(epochArchive(epoch, source, artifacts));
    const otherCid = await archiveCid(
      epochArchive(epoch, { load: async (wanted) => other.get(wanted) }, artifacts),
    );
    expect(otherCid).toBe(cid);
    expect(cid).toMatch(/^bafkrei/);
  });

  it("gives back the set, its members and the manifest, in whatever pieces it comes", async () => {
    const { epoch, set, decode, pieces, held, manifest } = await anEpoch();
    const file = concatBytes(...pieces);
    for (const size of [1, 700, file.length]) {
      const cids: Cid[] = [];
      let last: Uint8Array | undefined;
      for await (const part of readEpochArchive(epoch.messageSetCid, inPieces(file, size), decode)) {
        for (const bytes of part.messages) cids.push((await decode(bytes)).cid);
        last = part.manifest?.bytes;
      }
      expect(cids).toEqual([set.cid, ...set.envelope.body.messages]);
      expect(cids.every((cid) => held.has(cid))).toBe(true);
      expect(last).toEqual(manifest);
    }
  });

  it("is refused when a block is missing, changed, out of order, or one too many", async () => {
    const { epoch, decode, pieces } = await anEpoch();
    const read = (list: readonly Uint8Array[]) =>
      thrownBy(readEpochArchive(epoch.messageSetCid, inPieces(concatBytes(...list), 999), decode));
    const [header, set, first, second, ...rest] = pieces;
    if (header === undefined || set === undefined || first === undefined || second === undefined) {
      throw new Error("too few pieces");
    }
    const changed = first.with(first.length - 1, (first.at(-1) ?? 0) ^ 1);
    const last = rest.at(-1) ?? first;
    expect(await read([header, set, first, ...rest])).toMatchObject({ code: "archive-order" });
    expect(await read([header, set, second, first, ...rest])).toMatchObject({ code: "archive-order" });
    expect(await read([header, set, changed, second, ...rest])).toMatchObject({ code: "wrong-hash" });
    expect(await read([header, first, second, ...rest])).toMatchObject({ code: "archive-order" });
    expect(await read([...pieces, last])).toMatchObject({ code: "archive-order" });
    expect(await read(pieces.slice(0, -1))).toMatchObject({ code: "archive-order" });
    expect(await read([header.with(20, 0), set])).toMatchObject({ code: "car-root" });
    expect(await read(pieces)).toBeUndefined();
  });

  it("is not made by who lacks a member", async () => {
    const { epoch, held, artifacts, set } = await anEpoch();
    held.delete(set.envelope.body.messages[1] ?? "");
    const source = { load: async (cid: Cid) => held.get(cid) };
    expect(await thrownBy(epochArchive(epoch, source, artifacts))).toMatchObject({ code: "member-missing" });
  });
});
