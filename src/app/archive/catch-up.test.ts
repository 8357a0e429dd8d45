import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../sim/adapters/clock.ts";
import { carHeader, carSection } from "../../core/artifacts/car.ts";
import { concatBytes } from "../../core/bytes.ts";
import { cidOf, encodeCbor } from "../../core/codec/dag-cbor.ts";
import { failure } from "../../core/errors.ts";
import { createIdentity } from "../../core/identity.ts";
import { LIMITS } from "../../core/limits.ts";
import { decodeMessage, signMessage } from "../../core/messages/message.ts";
import { inSetOrder } from "../../core/messages/message-set/schema.ts";
import type { NamedArchives } from "../../ports/log-sync.ts";
import { CatchUp, type CatchUpDependencies } from "./catch-up.ts";
import { archiveCid } from "./epoch-archive.ts";

const NETWORK = cidOf(encodeCbor("network"));
const MEMBERS = 3_000;
const MEMBER_BYTES = 1_000;
const PIECE_BYTES = 10_000;

type Stream = CatchUpDependencies["content"]["stream"];

/** An epoch of many members, which nobody looks into while a file is taken in. */
function anArchive() {
  const blocks = Array.from({ length: MEMBERS }, (_, index) => {
    const block = new Uint8Array(MEMBER_BYTES);
    new DataView(block.buffer).setUint32(0, index);
    return encodeCbor(block);
  });
  const members = new Map(blocks.map((bytes) => [cidOf(bytes), bytes]));
  const messages = inSetOrder([...members.keys()]);
  const set = signMessage({
    network: NETWORK,
    secretKey: createIdentity(new Uint8Array(32).fill(7)).secretKey,
    sequence: 0,
    previous: null,
    timestampMs: 1,
    kind: "message-set",
    body: {
      epoch: 0,
      round: 0,
      previousRoot: "00".repeat(32),
      registry: { blockNumber: 1, blockHash: "00".repeat(32), entries: [] },
      messages,
      aggregateMetrics: null,
      clusterMetrics: [],
    },
  });
  const sections = messages.map((cid) => carSection({ cid, bytes: members.get(cid) ?? new Uint8Array() }));
  const manifest = encodeCbor("manifest");
  const file = concatBytes(
    carHeader(set.cid),
    carSection(set),
    ...sections,
    carSection({ cid: cidOf(manifest), bytes: manifest }),
  );
  return { file, set };
}

const { file, set } = anArchive();

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.slice(at, at + PIECE_BYTES);
}

/** Follows one archive from what the test streams. */
async function follow(stream: Stream, onKept: (bytes: number) => void = () => undefined) {
  const cid = await archiveCid(inPieces(file));
  const named = { epoch: 0, messageSetCid: set.cid, archiveCid: cid };
  const epochs = [named, ...[1, 2, 3].map((epoch) => ({ ...named, epoch }))];
  const refused: string[] = [];
  let [epoch, kept] = [-1, 0];
  const catchUp = new CatchUp(
    {
      logSync: {
        fetchArchives: async () => (epoch < 0 ? [{ by: "peer", epochs }] : []),
        refuse: (_, { code }) => void refused.push(code),
      },
      content: { stream, holders: async () => new Map([[cid, ["holder"]]]) },
      artifacts: { has: async () => false, delete: async () => undefined },
      clock: new ManualClock(),
      decode: async (bytes) => decodeMessage(bytes, NETWORK),
      epochNow: () => 9,
    },
    {
      head: () => ({ epoch, root: "" }),
      votesAfterHead: async () => new Map([[set.cid, []]]),
      keep: async (messages) => {
        kept += messages.length;
        onKept(messages.reduce((sum, { length }) => sum + length, 0));
      },
      // All of the list are followed with the first: the others would be the same file again.
      adopt: async () => {
        epoch = 3;
      },
    },
    () => undefined,
  );
  expect(catchUp.begin("peer")).toBe(true);
  await catchUp.ended();
  return { followed: catchUp.state.value.followed, refused, kept };
}

describe("catching up by archives", () => {
  it("holds one piece and one batch of a file that is longer than several", async () => {
    let [given, taken, most] = [0, 0, 0];
    const watched: Stream = async function* () {
      for await (const piece of inPieces(file)) {
        given += piece.length;
        most = Math.max(most, given - taken);
        yield piece;
      }
    };
    const { followed, kept } = await follow(watched, (bytes) => {
      taken += bytes;
    });
    expect(followed).toBe(1);
    expect(kept).toBe(MEMBERS + 1);
    expect(file.length).toBeGreaterThan(2.5 * LIMITS.logSyncBatchBytes);
    // Lengths and CIDs between the messages are given and never kept.
    const between = MEMBERS * 40;
    expect(most).toBeLessThanOrEqual(LIMITS.logSyncBatchBytes + PIECE_BYTES + MEMBER_BYTES + between);
  });

  it("blames nobody for the list when a giver sent wrong bytes, and asks again", async () => {
    let asked = 0;
    const lying: Stream = async function* () {
      asked++;
      if (asked > 1) return yield* inPieces(file);
      yield file.with(500_000, (file[500_000] ?? 0) ^ 1).slice(0, 600_000);
      throw failure("wrong-bytes", "A peer sent wrong bytes of a block");
    };
    expect(await follow(lying)).toMatchObject({ followed: 1, refused: [] });
    expect(asked).toBe(2);
  });

  it("blames the list when its file is whole and is no archive of the epoch", async () => {
    const other: Stream = () => inPieces(file.subarray(0, file.length - 20));
    expect(await follow(other)).toMatchObject({ followed: 0, refused: ["wrong-archive"] });
  });

  it("leaves the epoch to log sync when every giver sends wrong bytes", async () => {
    let asked = 0;
    const lying: Stream = async function* () {
      asked++;
      yield file.slice(0, 100);
      throw failure("wrong-bytes", "A peer sent wrong bytes of a block");
    };
    expect(await follow(lying)).toMatchObject({ followed: 0, refused: ["archive-missing"] });
    expect(asked).toBe(3);
  });
});

describe("asking for archives", () => {
  const answered = (...peers: string[]) => peers.map((by) => ({ by, epochs: [] }));

  function asking(fetchArchives: () => Promise<readonly NamedArchives[]>) {
    const clock = new ManualClock();
    let ends = 0;
    const catchUp = new CatchUp(
      {
        logSync: { fetchArchives, refuse: () => undefined },
        content: { stream: () => inPieces(file), holders: async () => new Map() },
        artifacts: { has: async () => false, delete: async () => undefined },
        clock,
        decode: async (bytes) => decodeMessage(bytes, NETWORK),
        epochNow: () => 9,
      },
      {
        head: () => ({ epoch: -1, root: "" }),
        votesAfterHead: async () => new Map(),
        keep: async () => undefined,
        adopt: async () => undefined,
      },
      () => {
        ends++;
      },
    );
    return { catchUp, clock, ends: () => ends };
  }

  it("asks each peer as it comes, and none again before the pause is over", async () => {
    let asked = 0;
    const { catchUp, clock, ends } = asking(async () => {
      asked++;
      return answered("first", "second");
    });
    const meet = async (peer: string) => {
      const waits = catchUp.begin(peer);
      await catchUp.ended();
      return waits;
    };
    expect([await meet("first"), await meet("first"), asked]).toEqual([true, false, 1]);
    expect([await meet("second"), await meet("first"), asked]).toEqual([true, false, 2]);
    await clock.advance(LIMITS.catchUpPauseMs);
    expect([await meet("first"), asked, ends()]).toEqual([true, 3, 3]);
  });

  it("asks once more for a peer that came while others were asked", async () => {
    let asked = 0;
    const { catchUp, ends } = asking(async () => {
      asked++;
      if (asked === 1) expect(catchUp.begin("second")).toBe(true);
      return answered("first", "second");
    });
    expect(catchUp.begin("first")).toBe(true);
    await catchUp.ended();
    expect([asked, ends(), catchUp.begin("second")]).toEqual([2, 1, false]);
  });

  it("asks a peer that does not answer yet again, and lets logs come when it stays silent", async () => {
    let asked = 0;
    const { catchUp, clock, ends } = asking(async () => {
      asked++;
      return [];
    });
    expect(catchUp.begin("first")).toBe(true);
    await clock.advance(1_000);
    expect([asked, ends(), catchUp.begin("first")]).toEqual([3, 0, true]);
    await clock.advance(60_000);
    expect([asked, ends(), catchUp.isRunning]).toEqual([5, 1, false]);
  });
});
