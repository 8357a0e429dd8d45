import { describe, expect, it } from "vitest";
import { LIMITS } from "../core/limits.ts";
import { topicOf } from "../core/messages/topics.ts";
import { PeerQuotas, type QuotaAnswer } from "./gossip-quotas.ts";

const network = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
const quota = LIMITS.gossipPeerQuota.judge;

const ask = (quotas: PeerQuotas, count: number, topic = topicOf(network, "judge"), bytes = 100) =>
  Array.from({ length: count }, () => quotas.take("peer", topic, bytes));
const countOf = (answers: readonly QuotaAnswer[], wanted: QuotaAnswer): number =>
  answers.filter((answer) => answer === wanted).length;

describe("a peer's quota", () => {
  it("lets its burst through, holds back what is above it, and tells what no honest peer would send", () => {
    const answers = ask(
      new PeerQuotas(
        () => undefined,
        () => 0,
      ),
      quota.messages.burst * 6,
    );
    expect(countOf(answers, "within")).toBe(quota.messages.burst);
    expect(countOf(answers, "above")).toBe(quota.messages.burst * LIMITS.gossipPatienceQuotas);
    expect(countOf(answers, "far-above")).toBe(quota.messages.burst);
  });

  it("counts bytes as well as messages", () => {
    const quotas = new PeerQuotas(
      () => undefined,
      () => 0,
    );
    expect(quotas.take("peer", topicOf(network, "judge"), quota.bytes.burst)).toBe("within");
    expect(quotas.take("peer", topicOf(network, "judge"), 1)).toBe("above");
  });

  it("is one for each class and each peer", () => {
    const quotas = new PeerQuotas(
      () => undefined,
      () => 0,
    );
    ask(quotas, quota.messages.burst + 1);
    expect(quotas.take("peer", topicOf(network, "vote"), 100)).toBe("within");
    expect(quotas.take("other", topicOf(network, "judge"), 100)).toBe("within");
  });

  it("is a quarter outside the phase of the class", () => {
    const commits = topicOf(network, "commit");
    const burst = LIMITS.gossipPeerQuota.commit.messages.burst;
    const at = (phase: "commit" | "verify") =>
      countOf(
        ask(
          new PeerQuotas(
            () => phase,
            () => 0,
          ),
          burst,
          commits,
        ),
        "within",
      );
    expect(at("commit")).toBe(burst);
    expect(at("verify")).toBe(burst / 4);
  });

  it("holds a full registry's messages of a phase, brought by one peer", () => {
    for (const name of ["commit", "reveal", "vote", "use", "govern"] as const)
      expect(LIMITS.gossipPeerQuota[name].messages.burst).toBeGreaterThanOrEqual(LIMITS.registryEntries);
    expect(LIMITS.gossipPeerQuota.verify.messages.burst).toBeGreaterThanOrEqual(LIMITS.registryEntries * 6);
    expect(LIMITS.gossipPeerQuota.set.bytes.burst).toBeGreaterThanOrEqual(LIMITS.messageBytes * 4);
  });
});
