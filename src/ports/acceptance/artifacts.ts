import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LIMITS } from "../../core/limits.ts";
import type { Artifacts } from "../artifacts.ts";

export interface ArtifactPeers {
  /** Connected with each other (or about to be). */
  readonly peers: readonly Artifacts[];
  dispose(): Promise<void>;
}

const DAG_CBOR = 0x71;
const encoder = new TextEncoder();

/** A DAG-CBOR byte string. `length` is that of the content. */
function block(text: string, length = 300): Uint8Array {
  const content = new Uint8Array(length);
  content.set(encoder.encode(text).subarray(0, length));
  const head = [0x5a, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  const short = length < 65_536 ? [0x59, length >>> 8, length & 255] : head;
  return new Uint8Array([...short, ...content]);
}

async function cidOf(bytes: Uint8Array): Promise<string> {
  return CID.createV1(DAG_CBOR, await sha256.digest(bytes)).toString();
}

/** Promises of the Artifacts port, among three connected peers. */
export function describeArtifacts(name: string, make: (count: number) => Promise<ArtifactPeers>): void {
  describe(`Artifacts: ${name}`, () => {
    let subject: ArtifactPeers;
    let here: Artifacts;
    let there: Artifacts;
    beforeEach(async () => {
      subject = await make(3);
      const [first, second] = subject.peers;
      if (first === undefined || second === undefined) throw new Error("the factory made too few peers");
      here = first;
      there = second;
    });
    afterEach(() => subject.dispose());

    it("names a block by CIDv1, dag-cbor, sha2-256", async () => {
      const bytes = block("named");
      expect(await here.put(bytes)).toBe(await cidOf(bytes));
      expect(await here.put(bytes)).toBe(await cidOf(bytes));
    });

    it("gives back what was put, even when the caller changes its array afterwards", async () => {
      const bytes = block("kept");
      const original = bytes.slice();
      const cid = await here.put(bytes);
      bytes.fill(0);
      expect(await here.get(cid)).toEqual(original);
      (await here.get(cid)).fill(0);
      expect(await here.get(cid)).toEqual(original);
    });

    it("knows what it holds, and forgets what is deleted", async () => {
      const bytes = block("held");
      const cid = await cidOf(bytes);
      expect(await here.has(cid)).toBe(false);
      await here.put(bytes);
      expect(await here.has(cid)).toBe(true);
      await here.delete(cid);
      expect(await here.has(cid)).toBe(false);
      await here.delete(cid);
    });

    it("fetches a block from a peer and holds it from then on", async () => {
      const bytes = block("fetched");
      const cid = await there.put(bytes);
      expect(await here.has(cid)).toBe(false);
      expect(await here.get(cid, { timeoutMs: 60_000 })).toEqual(bytes);
      expect(await here.has(cid)).toBe(true);
    });

    it("fetches a block of megabytes", async () => {
      const bytes = block("large", 3 * 1024 * 1024);
      const cid = await there.put(bytes);
      const fetched = await here.get(cid, { timeoutMs: 60_000 });
      expect(fetched.length).toBe(bytes.length);
      expect(await cidOf(fetched)).toBe(cid);
    });

    it("answers many requests for one block at once", async () => {
      const bytes = block("wanted");
      const cid = await there.put(bytes);
      const answers = await Promise.all([1, 2, 3].map(() => here.get(cid, { timeoutMs: 60_000 })));
      for (const answer of answers) expect(answer).toEqual(bytes);
    });

    it("says not-found when nobody holds a block in time", async () => {
      const cid = await cidOf(block("nowhere"));
      await expect(here.get(cid, { timeoutMs: 200 })).rejects.toMatchObject({ data: { code: "not-found" } });
    });

    it("stops waiting when aborted", async () => {
      const cid = await cidOf(block("aborted"));
      const controller = new AbortController();
      const waiting = here.get(cid, { timeoutMs: 20_000, signal: controller.signal });
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ data: { code: "aborted" } });
    });

    it("refuses a block beyond the limit", async () => {
      const bytes = block("oversized", LIMITS.artifactBytes);
      await expect(here.put(bytes)).rejects.toMatchObject({ data: { code: "too-large" } });
    });
  });
}
