import { generateKeyPair } from "@libp2p/crypto/keys";
import type { PeerId } from "@libp2p/interface";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { describe, expect, it } from "vitest";
import { reject } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { TOPIC_CLASSES, topicOf } from "../core/messages/topics.ts";
import { CatchUp } from "./catch-up.ts";
import {
  GossipScores,
  MEMBER_SCORE,
  SCORE_PARAMETERS,
  SCORE_THRESHOLDS,
  topicScoreParameters,
} from "./gossip-scores.ts";
import { GossipTraffic } from "./gossip-traffic.ts";
import { nodeIdOfPeer } from "./peer-id.ts";
import { Refusals } from "./refusals.ts";

const network = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
const somePeer = async (): Promise<PeerId> => peerIdFromPrivateKey(await generateKeyPair("Ed25519"));

async function setUp() {
  const time = { nowMs: 0 };
  const refusals = new Refusals(() => time.nowMs);
  const scores = new GossipScores(refusals, () => time.nowMs);
  const peer = await somePeer();
  return { time, refusals, scores, peer, key: peer.toString() };
}

describe("what a node knows of a peer besides its deliveries", () => {
  it("favours members, and nobody before members are known", async () => {
    const { scores, peer, key } = await setUp();
    expect(scores.ofApplication(key)).toBe(0);
    scores.favour((nodeId) => nodeId === nodeIdOfPeer(peer));
    expect(scores.ofApplication(key)).toBe(MEMBER_SCORE);
    expect(scores.ofApplication((await somePeer()).toString())).toBe(0);
  });

  it("falls with each rejected message, and is forgiven one in a while", async () => {
    const { scores, refusals, peer, key, time } = await setUp();
    for (let index = 0; index < 4; index++) refusals.add(peer, reject("bad", "Bad").data);
    expect(scores.ofApplication(key)).toBe(-20);
    time.nowMs += 2 * LIMITS.rejectForgivenMs;
    expect(scores.ofApplication(key)).toBe(-10);
    time.nowMs += 9 * LIMITS.rejectForgivenMs;
    expect(scores.ofApplication(key)).toBeCloseTo(0);
  });

  it("is not washed off by coming again", async () => {
    const { scores, key, time } = await setUp();
    scores.disconnected(key, -200);
    expect(scores.ofApplication(key)).toBe(-200);
    time.nowMs += 5 * 60_000;
    expect(scores.ofApplication(key)).toBe(-100);
    time.nowMs += 5 * 60_000;
    expect(scores.ofApplication(key)).toBeCloseTo(0);
    scores.disconnected(key, 15);
    expect(scores.ofApplication(key)).toBeCloseTo(0);
  });
});

describe("the score parameters", () => {
  const topics = TOPIC_CLASSES.map((name) => topicScoreParameters(topicOf(network, name)));

  it("let nobody earn by forwarding what six invalid messages on any topic cost", () => {
    const cap = SCORE_PARAMETERS.topicScoreCap ?? 0;
    for (const { topicWeight, invalidMessageDeliveriesWeight } of topics)
      expect(cap + MEMBER_SCORE + topicWeight * 36 * invalidMessageDeliveriesWeight).toBeLessThan(
        SCORE_THRESHOLDS.graylistThreshold ?? 0,
      );
  });

  it("let a member's mesh stand above the threshold of opportunistic grafting, and a silent one below it", () => {
    const threshold = SCORE_THRESHOLDS.opportunisticGraftThreshold ?? 0;
    expect(MEMBER_SCORE).toBeGreaterThan(threshold);
    const silent = topics.map((topic) => topic.topicWeight * topic.timeInMeshWeight * topic.timeInMeshCap);
    expect(Math.max(...silent)).toBeLessThan(threshold);
  });

  it("punish nobody for silence: an honest peer that was told IDONTWANT is silent too", () => {
    for (const topic of topics) expect(topic.meshMessageDeliveriesWeight).toBe(0);
  });
});

describe("the counts of a topic", () => {
  it("tell copies from what is new, and leave a node's own messages out of what it received", () => {
    const traffic = new GossipTraffic();
    const topic = topicOf(network, "vote");
    for (let copy = 0; copy < 5; copy++) traffic.named(topic, 100);
    traffic.published(topic, 100);
    traffic.judged(topic, undefined);
    traffic.judged(topic, "late");
    traffic.named("elsewhere", 7);
    expect(traffic.counts()).toEqual({
      vote: {
        received: 4,
        receivedBytes: 400,
        duplicates: 2,
        accepted: 1,
        published: 1,
        refused: { late: 1 },
      },
      other: { received: 1, receivedBytes: 7, duplicates: 1, accepted: 0, published: 0, refused: {} },
    });
  });
});

describe("catching up", () => {
  it("asks once for however many messages there was no room", async () => {
    let syncs = 0;
    await new Promise<void>((resolve) => {
      const catchUp = new CatchUp(async () => {
        syncs++;
        resolve();
      }, 20);
      for (let index = 0; index < 100; index++) catchUp.soon();
    });
    expect(syncs).toBe(1);
  });
});
