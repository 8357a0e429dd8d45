import "../node-polyfills.ts";
import { identify } from "@libp2p/identify";
import type { Stream } from "@libp2p/interface";
import { memory } from "@libp2p/memory";
import { noise } from "@libp2p/noise";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryBlockstore } from "blockstore-core";
import { createLibp2p, type Libp2p } from "libp2p";
import { afterEach, describe, expect, it } from "vitest";
import { concatBytes } from "../../core/bytes.ts";
import { cidOf, encodeCbor } from "../../core/codec/dag-cbor.ts";
import { LIMITS } from "../../core/limits.ts";
import { Refusals } from "../refusals.ts";
import type { PeerContent } from "./content.ts";
import { type BlocksBelow, startContent } from "./start.ts";
import {
  CID_BYTES,
  CONTENT_PROTOCOL,
  encodeFrame,
  encodeNumber,
  FRAME,
  FrameReader,
  LENGTH_AT,
  LISTENER_TAKES,
  numberAt,
  REFUSED,
} from "./wire.ts";

/** What comes over links of this process comes soon, or late on a machine with other work. */
const SOON = { timeout: 20_000 };
const PATIENCE_MS = 60_000;
const BLOCK = encodeCbor(Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 13) & 255));
const CID = cidOf(BLOCK);
const WRONG = BLOCK.map((byte, index) => (index > 100_000 ? byte ^ 1 : byte));

interface Want {
  readonly request: number;
  readonly offset: number;
  readonly length: number;
}

/** What a giver that misbehaves does with each want; it says that it holds everything. */
type Giving = (stream: Stream, want: Want, count: number) => void;

const ends: (() => Promise<void>)[] = [];
let nodes = 0;
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function host(): Promise<Libp2p> {
  nodes++;
  const libp2p = await createLibp2p({
    addresses: { listen: [`/memory/content-${nodes}-${Math.floor(performance.now())}`] },
    transports: [memory()],
    streamMuxers: [yamux()],
    connectionEncrypters: [noise()],
    services: { identify: identify() },
  });
  ends.push(async () => libp2p.stop());
  return libp2p;
}

async function link(from: Libp2p, to: Libp2p): Promise<void> {
  const [address] = to.getMultiaddrs();
  if (address !== undefined) await from.dial(multiaddr(address.toString()));
}

interface Node {
  readonly libp2p: Libp2p;
  readonly blocks: PeerContent;
  readonly refusals: Refusals;
}

async function node(mirrors: readonly string[] = []): Promise<Node> {
  const libp2p = await host();
  const refusals = new Refusals();
  const peers = {
    connected: () => libp2p.getPeers(),
    best: (peer: Parameters<Libp2p["getConnections"]>[0]) => libp2p.getConnections(peer)[0],
  };
  const store = new MemoryBlockstore();
  const content = await startContent({
    libp2p,
    peers,
    refusals,
    blocks: offline(store),
    mirrors,
    onLack: () => undefined,
  });
  ends.unshift(() => content.stop());
  return { libp2p, blocks: content.blocks, refusals };
}

/** A store without bitswap. */
function offline(store: MemoryBlockstore): BlocksBelow {
  const local: BlocksBelow["local"] = {
    get: (cid, options) => store.get(cid, options),
    put: async (cid, block) => store.put(cid, block),
    has: async (cid) => store.has(cid),
    delete: async (cid) => store.delete(cid),
    getAll: (options) => store.getAll(options),
  };
  return { local, helia: { blockstore: { get: (cid, options) => store.get(cid, options) } } };
}

/** A node that says it holds everything and gives as it likes. */
async function misbehaving(give: Giving): Promise<Libp2p> {
  const libp2p = await host();
  await libp2p.handle(CONTENT_PROTOCOL, (stream) => {
    let count = 0;
    const reader = new FrameReader(LISTENER_TAKES, {
      frame: (kind, request, payload) => {
        if (kind === FRAME.have) {
          stream.send(encodeFrame(FRAME.holds, request, new Uint8Array(payload.length / CID_BYTES).fill(1)));
        } else if (kind === FRAME.cancel) {
          stream.send(encodeFrame(FRAME.refused, request, Uint8Array.of(REFUSED.cancelled)));
        } else if (kind === FRAME.want) {
          const want = {
            request,
            offset: numberAt(payload, CID_BYTES),
            length: numberAt(payload, LENGTH_AT),
          };
          give(stream, want, count++);
        }
      },
      piece: () => undefined,
    });
    stream.addEventListener("message", ({ data }) => {
      for (const part of data instanceof Uint8Array ? [data] : data) reader.push(part);
    });
  });
  return libp2p;
}

function giveFrom(block: Uint8Array, stream: Stream, { request, offset, length }: Want): void {
  stream.send(encodeFrame(FRAME.size, request, encodeNumber(block.length)));
  const end = Math.min(block.length, offset + length);
  for (let from = offset; from < end; from += LIMITS.contentPieceBytes) {
    const piece = block.subarray(from, Math.min(end, from + LIMITS.contentPieceBytes));
    stream.send(encodeFrame(FRAME.piece, request, piece));
  }
}

const liar: Giving = (stream, want) => giveFrom(WRONG, stream, want);

function refusalsOf({ refusals }: Node, peer: Libp2p): Readonly<Record<string, number>> {
  return refusals.counts()[peer.peerId.toString()] ?? {};
}

describe("blocks from peers", () => {
  it("wrong bytes are held against the peer that sent them, and the block comes from another", async () => {
    const here = await node();
    const lying = await misbehaving(liar);
    await link(here.libp2p, lying);
    const fetched = here.blocks.get(CID, { timeoutMs: PATIENCE_MS });
    await expect.poll(() => refusalsOf(here, lying), SOON).toEqual({ "wrong-bytes": 1 });
    const honest = await node();
    await honest.blocks.put(BLOCK);
    await link(here.libp2p, honest.libp2p);
    expect(cidOf(await fetched)).toBe(CID);
    expect(refusalsOf(here, lying)).toEqual({ "wrong-bytes": 1 });
    expect(refusalsOf(here, honest.libp2p)).toEqual({});
  });

  it("another peer goes on where one stops sending", async () => {
    const here = await node();
    let wants = 0;
    const stalling = await misbehaving((stream, want, count) => {
      wants++;
      if (count === 0) giveFrom(BLOCK, stream, want);
    });
    const offsets: number[] = [];
    const helping = await misbehaving((stream, want) => {
      offsets.push(want.offset);
      giveFrom(BLOCK, stream, want);
    });
    await link(here.libp2p, stalling);
    const fetched = here.blocks.get(CID, { timeoutMs: PATIENCE_MS });
    // It has sent what it sends.
    await expect.poll(() => wants, SOON).toBeGreaterThan(1);
    await link(here.libp2p, helping);
    expect(cidOf(await fetched)).toBe(CID);
    expect(offsets[0]).toBeGreaterThan(0);
    expect(refusalsOf(here, stalling)).toEqual({});
  });

  it("a peer that stops just before the end is not waited for", async () => {
    const here = await node();
    let isAlmostGiven = false;
    const stalling = await misbehaving((stream, want) => {
      const { request, offset, length } = want;
      if (offset + length < BLOCK.length) return giveFrom(BLOCK, stream, want);
      stream.send(encodeFrame(FRAME.size, request, encodeNumber(BLOCK.length)));
      for (let from = offset; from < BLOCK.length - 10; from += LIMITS.contentPieceBytes) {
        const piece = BLOCK.subarray(from, Math.min(BLOCK.length - 10, from + LIMITS.contentPieceBytes));
        stream.send(encodeFrame(FRAME.piece, request, piece));
      }
      isAlmostGiven = true;
    });
    const offsets: number[] = [];
    const helping = await misbehaving((stream, want) => {
      offsets.push(want.offset);
      giveFrom(BLOCK, stream, want);
    });
    await link(here.libp2p, stalling);
    // One that waited for it would not be done by then.
    const fetched = here.blocks.get(CID, { timeoutMs: LIMITS.contentSilenceMs });
    await expect.poll(() => isAlmostGiven, SOON).toBe(true);
    await link(here.libp2p, helping);
    expect(cidOf(await fetched)).toBe(CID);
    expect(offsets).toEqual([BLOCK.length - 10]);
  });

  it("another peer goes on where one goes away", async () => {
    const here = await node();
    const leaving = await misbehaving((stream, want, count) => {
      if (count === 0) giveFrom(BLOCK, stream, want);
      else void leaving.stop();
    });
    await link(here.libp2p, leaving);
    const honest = await node();
    await honest.blocks.put(BLOCK);
    const fetched = here.blocks.get(CID, { timeoutMs: PATIENCE_MS });
    await link(here.libp2p, honest.libp2p);
    expect(cidOf(await fetched)).toBe(CID);
  });

  it("a block that an honest and a lying peer sent together is fetched again from one at a time", async () => {
    const here = await node();
    const lying = await misbehaving((stream, want, count) => {
      if (count < 2) giveFrom(WRONG, stream, want);
    });
    await link(here.libp2p, lying);
    const honest = await node();
    await honest.blocks.put(BLOCK);
    const fetched = here.blocks.get(CID, { timeoutMs: PATIENCE_MS });
    await link(here.libp2p, honest.libp2p);
    expect(cidOf(await fetched)).toBe(CID);
    expect(refusalsOf(here, honest.libp2p)).toEqual({});
  });

  it("a peer that names another size is found out", async () => {
    const here = await node();
    const lying = await misbehaving((stream, want) => giveFrom(BLOCK.subarray(0, 900_000), stream, want));
    await link(here.libp2p, lying);
    const honest = await node();
    await honest.blocks.put(BLOCK);
    await link(here.libp2p, honest.libp2p);
    expect(cidOf(await here.blocks.get(CID, { timeoutMs: PATIENCE_MS }))).toBe(CID);
    expect(refusalsOf(here, honest.libp2p)).toEqual({});
  });

  it("what nobody asked for and what is too large is refused by name", async () => {
    const here = await node();
    const unasked = await misbehaving((stream, { request }) => {
      stream.send(encodeFrame(FRAME.piece, request + 7, new Uint8Array(10)));
    });
    const huge = await misbehaving((stream, { request }) => {
      stream.send(encodeFrame(FRAME.size, request, encodeNumber(LIMITS.artifactBytes + 1)));
    });
    const broken = await misbehaving((stream) => stream.send(new Uint8Array(40).fill(99)));
    for (const peer of [unasked, huge, broken]) await link(here.libp2p, peer);
    const fetched = here.blocks.get(CID, { timeoutMs: 4_000 });
    await expect(fetched).rejects.toMatchObject({ data: { code: "not-found" } });
    expect(refusalsOf(here, unasked)).toMatchObject({ "unasked-answer": expect.any(Number) });
    expect(refusalsOf(here, huge)).toMatchObject({ "too-large": expect.any(Number) });
    expect(refusalsOf(here, broken)).toMatchObject({ "unknown-frame": expect.any(Number) });
  });

  it("no peer is asked for more than the window ahead", async () => {
    const here = await node();
    let asked = 0;
    const controller = new AbortController();
    const silent = await misbehaving((stream, { request, length }) => {
      asked += length;
      stream.send(encodeFrame(FRAME.size, request, encodeNumber(LIMITS.artifactBytes)));
    });
    await link(here.libp2p, silent);
    const cids = Array.from({ length: 12 }, (_, index) => cidOf(encodeCbor(index)));
    const { signal } = controller;
    const fetches = cids.map((cid) => here.blocks.get(cid, { signal }).catch(() => undefined));
    await expect.poll(() => asked, SOON).toBe(LIMITS.contentWindowBytes);
    // Whatever would still be asked for is asked for before this answer comes.
    await here.blocks.holders(cids);
    expect(asked).toBe(LIMITS.contentWindowBytes);
    controller.abort();
    await Promise.all(fetches);
  });

  it("the window of fetches that were stopped is free for others", async () => {
    const here = await node();
    const wanted = BLOCK;
    const stopped = Array.from({ length: 4 }, (_, index) => cidOf(encodeCbor(`stopped ${index}`)));
    let isGiving = false;
    let wants = 0;
    const slow = await misbehaving((stream, want) => {
      wants++;
      if (isGiving) giveFrom(wanted, stream, want);
      else stream.send(encodeFrame(FRAME.size, want.request, encodeNumber(LIMITS.artifactBytes)));
    });
    await link(here.libp2p, slow);
    const controller = new AbortController();
    const fetches = stopped.map((cid) => here.blocks.get(cid, { signal: controller.signal }));
    const ends = fetches.map((fetch) => expect(fetch).rejects.toMatchObject({ data: { code: "aborted" } }));
    await expect.poll(() => wants, SOON).toBe(stopped.length);
    const last = here.blocks.get(CID, { timeoutMs: PATIENCE_MS });
    isGiving = true;
    controller.abort();
    await Promise.all(ends);
    expect(cidOf(await last)).toBe(CID);
  });

  it("many blocks come from two peers side by side", async () => {
    const here = await node();
    const givers = [await node(), await node()];
    const blocks = Array.from({ length: 10 }, (_, index) =>
      encodeCbor(new Uint8Array(1_000_000).fill(index)),
    );
    for (const giver of givers) {
      for (const block of blocks) await giver.blocks.put(block);
      await link(here.libp2p, giver.libp2p);
    }
    const fetched = await Promise.all(blocks.map((block) => here.blocks.get(cidOf(block))));
    expect(fetched.map((block) => cidOf(block))).toEqual(blocks.map((block) => cidOf(block)));
  });
});

describe("a node that stops", () => {
  it("ends what it fetches with aborted at once, and fetches nothing more", async () => {
    const { blocks, libp2p } = await node();
    const wanted = new Promise<void>((resolve) => {
      // Says that it has the block, and never sends it.
      void misbehaving(() => resolve()).then((peer) => link(libp2p, peer));
    });
    const fetching = blocks.get(CID, { timeoutMs: 600_000 });
    await wanted;
    blocks.stop();
    await expect(fetching).rejects.toMatchObject({ code: "aborted" });
    await expect(blocks.get(CID, { timeoutMs: 600_000 })).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("a giver", () => {
  async function dialled(): Promise<{ giver: Node; taker: Libp2p; stream: Stream }> {
    const giver = await node();
    const taker = await host();
    await link(taker, giver.libp2p);
    const stream = await taker.dialProtocol(giver.libp2p.peerId, CONTENT_PROTOCOL);
    return { giver, taker, stream };
  }

  it.each([
    ["bytes of no frame", new Uint8Array(30).fill(200), "unknown-frame"],
    ["a want of the wrong length", encodeFrame(FRAME.want, 1, new Uint8Array(12)), "malformed-frame"],
    ["a question without whole CIDs", encodeFrame(FRAME.have, 1, new Uint8Array(37)), "malformed-frame"],
    ["a want of no CID of ours", encodeFrame(FRAME.want, 1, new Uint8Array(44).fill(1)), "malformed-cid"],
  ])("refuses %s by name", async (_, bytes, code) => {
    const { giver, taker, stream } = await dialled();
    stream.send(bytes);
    await expect.poll(() => refusalsOf(giver, taker), SOON).toEqual({ [code]: 1 });
  });

  it("refuses more requests than may wait", async () => {
    const { giver, taker, stream } = await dialled();
    const requests = Array.from({ length: 2 * LIMITS.contentRequestsQueued }, (_, request) =>
      encodeFrame(FRAME.have, request, new Uint8Array(0)),
    );
    stream.send(concatBytes(...requests));
    await expect.poll(() => Object.keys(refusalsOf(giver, taker)), SOON).toEqual(["too-many-requests"]);
  });
});
