import { afterEach, describe, expect, it, vi } from "vitest";
import { ignore } from "../../src/core/errors.ts";
import { LIMITS } from "../../src/core/limits.ts";
import { topicOf } from "../../src/core/messages/topics.ts";
import { HonestNode, NETWORK } from "./honest.ts";
import { HostileNode, POLITE } from "./hostile.ts";
import { link } from "./mesh-node.ts";

const JUDGE = topicOf(NETWORK, "judge");
const WAIT = { timeout: 60_000, interval: 20 };
const stops: (() => Promise<void>)[] = [];

async function honest(name: string): Promise<HonestNode> {
  const node = await HonestNode.start(`flood-${process.pid}-${name}`, "all");
  stops.push(async () => node.libp2p.stop());
  return node;
}

async function hostile(name: string): Promise<HostileNode> {
  const node = await HostileNode.start(`flood-${process.pid}-${name}`, POLITE);
  stops.push(() => node.stop());
  return node;
}

const refusedOf = (node: HonestNode, code: string): number => {
  const ofPeers = Object.values(node.gossip.status().refused);
  return ofPeers.reduce((sum, codes) => sum + (codes[code] ?? 0), 0);
};

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

describe("a flood of well-formed messages", { timeout: 150_000 }, () => {
  it("is cut at the peer's quota, the peer is dropped in the end, and others are heard all the while", async () => {
    const [victim, friend] = [await honest("victim"), await honest("friend")];
    const flooder = await hostile("flooder");
    const heard = new Set<number>();
    victim.gossip.subscribe(JUDGE, async (bytes) => {
      heard.add(bytes[0] ?? -1);
      return undefined;
    });
    friend.gossip.subscribe(JUDGE, async () => undefined);
    await link(flooder.libp2p, victim.libp2p);
    await link(friend.libp2p, victim.libp2p);
    await vi.waitFor(() => {
      if (!victim.libp2p.services.pubsub.getPeers().some((peer) => peer.equals(flooder.libp2p.peerId)))
        throw new Error("not linked yet");
    }, WAIT);
    const { burst, perMinute } = LIMITS.gossipPeerQuota.judge.messages;
    const startMs = performance.now();
    const most =
      burst * (2 + LIMITS.gossipPatienceQuotas) +
      LIMITS.rejectedMessagesPerPeer * LIMITS.gossipExcessPerReject;
    let sent = 0;
    await vi.waitFor(() => {
      // As fast as the victim reads, however busy the machine is.
      if (sent - (victim.traffic.counts().judge?.received ?? 0) < 1_024) {
        sent += flooder.flood(JUDGE, 256);
      }
      if (sent > most * 3) throw new Error("the flood goes on and on");
      expect(victim.refusals.isDropped(flooder.libp2p.peerId)).toBe(true);
    }, WAIT);
    const { accepted = 0, refused = {} } = victim.traffic.counts().judge ?? {};
    // The quota grows with the time that a busy machine takes for the flood, and by nothing else.
    const grown = ((performance.now() - startMs) * perMinute) / 60_000;
    expect(accepted).toBeLessThanOrEqual(burst + Math.ceil(grown));
    expect(refused["peer-quota"]).toBeGreaterThan(burst * LIMITS.gossipPatienceQuotas);
    await vi.waitFor(async () => {
      await friend.gossip.publish(
        JUDGE,
        Uint8Array.of(77, crypto.getRandomValues(new Uint8Array(1))[0] ?? 0),
      );
      expect(heard.has(77)).toBe(true);
    }, WAIT);
  });

  it("waits in a bounded queue, answers busy above it, and what was busy is taken when it comes again", async () => {
    const [slow, friend] = [await honest("slow"), await honest("sender")];
    const open: (() => void)[] = [];
    let judged = 0;
    slow.gossip.subscribe(JUDGE, () => {
      judged++;
      return new Promise((resolve) => open.push(() => resolve(undefined)));
    });
    friend.gossip.subscribe(JUDGE, async () => ignore("own", "").data);
    await link(friend.libp2p, slow.libp2p);
    const say = async (index: number) => friend.gossip.publish(JUDGE, Uint8Array.of(index >> 8, index & 255));
    await vi.waitFor(async () => expect(await say(0)).toBe(1), WAIT);
    // One peer may fill half of the queue.
    const share = LIMITS.gossipPendingMessages / 2;
    for (let index = 1; index < share + 40; index++) await say(index);
    await vi.waitFor(() => expect(refusedOf(slow, "busy")).toBeGreaterThan(0), WAIT);
    expect(judged).toBeLessThanOrEqual(share);
    while (open.length > 0) for (const answer of open.splice(0)) answer();
    await vi.waitFor(async () => {
      await say(share + 39);
      for (const answer of open.splice(0)) answer();
      expect(judged).toBeGreaterThan(share);
    }, WAIT);
  });
});
