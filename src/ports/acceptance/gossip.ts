import { afterEach, describe, expect, it, vi } from "vitest";
import { type ErrorData, ignore, reject } from "../../core/errors.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { Gossip, GossipValidator } from "../gossip.ts";

export interface GossipPeer {
  readonly nodeId: NodeId;
  readonly gossip: Gossip;
}

export interface GossipPeers {
  /** All connected with each other, or about to be: the suite polls. */
  readonly peers: readonly GossipPeer[];
  dispose(): Promise<void>;
}

const WAIT = { timeout: 40_000, interval: 20 };
const TOPIC = "parley/acceptance";
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Collects what a validator was shown; refuses what `refusal` says. */
function collector(refusal?: (text: string) => ErrorData | undefined) {
  const seen: { text: string; from: NodeId }[] = [];
  const validator: GossipValidator = async (bytes, from) => {
    const text = textOf(bytes);
    seen.push({ text, from });
    return refusal?.(text);
  };
  return { seen, validator, texts: () => seen.map(({ text }) => text) };
}

/** Publishes again until at least `heardBy` peers were reached: subscriptions travel too. */
async function publishToAll(gossip: Gossip, text: string, heardBy: number, topic = TOPIC): Promise<void> {
  await vi.waitFor(async () => {
    expect(await gossip.publish(topic, bytesOf(text))).toBeGreaterThanOrEqual(heardBy);
  }, WAIT);
}

/** Promises of the Gossip port, among `count` connected peers. */
export function describeGossip(name: string, make: (count: number) => Promise<GossipPeers>): void {
  describe(`Gossip: ${name}`, { timeout: 120_000 }, () => {
    let subject: GossipPeers | undefined;
    const start = async (count: number): Promise<readonly GossipPeer[]> => {
      subject = await make(count);
      return subject.peers;
    };
    const three = async (): Promise<readonly [GossipPeer, GossipPeer, GossipPeer]> => {
      const [a, b, c] = await start(3);
      if (a === undefined || b === undefined || c === undefined) throw new Error("too few peers");
      return [a, b, c];
    };
    afterEach(async () => {
      await subject?.dispose();
      subject = undefined;
    });

    it("tells who is connected", async () => {
      const peers = await start(3);
      for (const { nodeId, gossip } of peers) {
        const others = peers.map((peer) => peer.nodeId).filter((id) => id !== nodeId);
        await vi.waitFor(() => {
          const status = gossip.status();
          expect(status.state).toBe("online");
          expect(status.peers.map((peer) => peer.nodeId).sort()).toEqual(others.sort());
        }, WAIT);
      }
    });

    it("hands a message to every other subscriber once, and not to its publisher", async () => {
      const [a, b, c] = await three();
      const heard = [a, b, c].map(({ gossip }) => {
        const collected = collector();
        gossip.subscribe(TOPIC, collected.validator);
        return collected;
      });
      await publishToAll(a.gossip, "hello", 2);
      await vi.waitFor(() => {
        expect(heard[1]?.texts()).toContain("hello");
        expect(heard[2]?.texts()).toContain("hello");
      }, WAIT);
      await a.gossip.publish(TOPIC, bytesOf("hello")).catch(() => 0);
      await publishToAll(a.gossip, "last", 2);
      await vi.waitFor(() => {
        expect(heard[1]?.texts()).toContain("last");
        expect(heard[2]?.texts()).toContain("last");
      }, WAIT);
      for (const index of [1, 2]) {
        expect(
          heard[index]
            ?.texts()
            .filter((text) => text === "hello" || text === "last")
            .sort(),
        ).toEqual(["hello", "last"]);
      }
      expect(heard[0]?.texts()).toEqual([]);
    });

    it("keeps topics apart", async () => {
      const [a, b, c] = await three();
      const onTopic = collector();
      const onOther = collector();
      b.gossip.subscribe(TOPIC, onTopic.validator);
      c.gossip.subscribe("parley/acceptance/other", onOther.validator);
      await publishToAll(a.gossip, "for b", 1);
      await publishToAll(a.gossip, "for c", 1, "parley/acceptance/other");
      await vi.waitFor(() => {
        expect(onTopic.texts()).toEqual(["for b"]);
        expect(onOther.texts()).toEqual(["for c"]);
      }, WAIT);
    });

    it("counts what a validator refuses, by peer and code, and goes on", async () => {
      const [a, b] = await three();
      const collected = collector((text) => {
        if (text === "bad") return reject("test-rejected", "Bad").data;
        if (text === "late") return ignore("test-ignored", "Late").data;
        if (text === "throws") throw new Error("a validator's own fault");
        return undefined;
      });
      b.gossip.subscribe(TOPIC, collected.validator);
      for (const text of ["bad", "late", "throws", "good"]) await publishToAll(a.gossip, text, 1);
      await vi.waitFor(() => {
        expect(collected.texts()).toEqual(expect.arrayContaining(["bad", "late", "throws", "good"]));
        const codes = Object.values(b.gossip.status().refused).flatMap((counts) => Object.entries(counts));
        const total = (code: string): number =>
          codes.filter(([key]) => key === code).reduce((sum, [, count]) => sum + count, 0);
        expect(total("test-rejected")).toBeGreaterThanOrEqual(1);
        expect(total("test-ignored")).toBeGreaterThanOrEqual(1);
      }, WAIT);
    });

    it("delivers nothing after unsubscribe", async () => {
      const [a, b, c] = await three();
      const gone = collector();
      const stays = collector();
      const unsubscribe = b.gossip.subscribe(TOPIC, gone.validator);
      c.gossip.subscribe(TOPIC, stays.validator);
      await publishToAll(a.gossip, "before", 2);
      await vi.waitFor(() => expect(gone.texts()).toContain("before"), WAIT);
      unsubscribe();
      await publishToAll(a.gossip, "after", 1);
      await vi.waitFor(() => expect(stays.texts()).toContain("after"), WAIT);
      expect(gone.texts()).not.toContain("after");
    });

    it("says that nobody heard when nobody is there", async () => {
      const [alone] = await start(1);
      expect(await alone?.gossip.publish(TOPIC, bytesOf("anyone"))).toBe(0);
      expect(alone?.gossip.status().peers).toEqual([]);
    });
  });
}
