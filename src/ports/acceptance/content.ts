import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { concatBytes } from "../../core/bytes.ts";
import { cidOf, encodeCbor } from "../../core/codec/dag-cbor.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { Artifacts } from "../artifacts.ts";
import type { Content } from "../content.ts";

export interface ContentPeer {
  readonly nodeId: NodeId;
  readonly artifacts: Artifacts;
  readonly content: Content;
}

export interface ContentPeers {
  /** Connected with each other. */
  readonly peers: readonly ContentPeer[];
  dispose(): Promise<void>;
}

const BLOCK = encodeCbor(Uint8Array.from({ length: 1_200_000 }, (_, index) => (index * 7) & 255));

async function read(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  for await (const piece of pieces) read.push(piece);
  return concatBytes(...read);
}

/** Promises of the Content port, among three connected peers. */
export function describeContent(name: string, make: (count: number) => Promise<ContentPeers>): void {
  describe(`Content: ${name}`, () => {
    let subject: ContentPeers;
    let here: ContentPeer;
    let there: ContentPeer;
    let third: ContentPeer;
    beforeEach(async () => {
      subject = await make(3);
      const [first, second, last] = subject.peers;
      if (first === undefined || second === undefined || last === undefined) throw new Error("too few peers");
      here = first;
      there = second;
      third = last;
    });
    afterEach(() => subject.dispose());

    it("gives what is made on demand as if it lay here, and lists it not", async () => {
      const made = Uint8Array.from({ length: 600_000 }, (_, index) => (index * 5) & 255);
      const cid = cidOf(made, "raw");
      const isIt = async (asked: string) => asked === cid;
      there.content.offer({ has: isIt, read: async (asked) => ((await isIt(asked)) ? made : undefined) });
      expect((await here.content.holders([cid])).get(cid)).toEqual([there.nodeId]);
      expect(await read(here.content.stream(cid))).toEqual(made);
      expect(await there.content.list()).not.toContain(cid);
    });

    it("streams a peer's block, and holds it from then on", async () => {
      const cid = await there.artifacts.put(BLOCK);
      expect(cidOf(await read(here.content.stream(cid)))).toBe(cid);
      expect(await here.artifacts.has(cid)).toBe(true);
      expect(cidOf(await read(here.content.stream(cid)))).toBe(cid);
    });

    it("goes on at an offset", async () => {
      const cid = await there.artifacts.put(BLOCK);
      for (const peer of [here, there]) {
        const rest = await read(peer.content.stream(cid, { offset: 700_001 }));
        expect(cidOf(rest)).toBe(cidOf(BLOCK.subarray(700_001)));
      }
    });

    it("refuses an offset beyond the end of a block that is held", async () => {
      const cid = await here.artifacts.put(BLOCK);
      const beyond = read(here.content.stream(cid, { offset: BLOCK.length + 1 }));
      await expect(beyond).rejects.toMatchObject({ data: { code: "bad-offset" } });
    });

    it("says not-found when nobody holds a block in time, and stops when aborted", async () => {
      const cid = cidOf(encodeCbor("nobody holds this"));
      const found = read(here.content.stream(cid, { timeoutMs: 200 }));
      await expect(found).rejects.toMatchObject({ data: { code: "not-found" } });
      const controller = new AbortController();
      const waiting = read(here.content.stream(cid, { timeoutMs: 20_000, signal: controller.signal }));
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ data: { code: "aborted" } });
    });

    it("knows which of its peers hold what", async () => {
      const [one, two] = [await there.artifacts.put(BLOCK), await third.artifacts.put(encodeCbor("two"))];
      await third.artifacts.put(BLOCK);
      await here.artifacts.put(BLOCK);
      const nobody = cidOf(encodeCbor("nobody holds this"));
      const holders = await here.content.holders([one, two, nobody]);
      expect([...(holders.get(one) ?? [])].sort()).toEqual([there.nodeId, third.nodeId].sort());
      expect(holders.get(two)).toEqual([third.nodeId]);
      expect(holders.get(nobody)).toEqual([]);
      await third.artifacts.delete(two);
      expect((await here.content.holders([two])).get(two)).toEqual([]);
    });

    it("lists what is on this device", async () => {
      const [one, two] = [await here.artifacts.put(BLOCK), await here.artifacts.put(encodeCbor("two"))];
      const fetched = await there.artifacts.put(encodeCbor("fetched"));
      await there.artifacts.put(encodeCbor("only there"));
      await here.artifacts.get(fetched);
      await expect
        .poll(async () => [...(await here.content.list())].sort(), { timeout: 15_000 })
        .toEqual([one, two, fetched].sort());
      await here.artifacts.delete(two);
      expect([...(await here.content.list())].sort()).toEqual([one, fetched].sort());
    });

    it("answers about more CIDs than fit one question", async () => {
      const cids = Array.from({ length: 600 }, (_, index) => cidOf(encodeCbor(index)));
      const held = await there.artifacts.put(encodeCbor(555));
      const holders = await here.content.holders(cids);
      expect(holders.size).toBe(600);
      expect(cids.filter((cid) => (holders.get(cid) ?? []).length > 0)).toEqual([held]);
    });
  });
}
