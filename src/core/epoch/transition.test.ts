import { describe, expect, it } from "vitest";
import {
  type Author,
  attest,
  attestAll,
  makeAuthors,
  makeDelta,
  makeGenesis,
  makeRegistry,
  proposeSet,
  submit,
} from "../../../vectors/lib/world.ts";
import { decodeState, encodeState, genesisState, stateRoot } from "../artifacts/state.ts";
import { ParleyError } from "../errors.ts";
import type { Message } from "../messages/message.ts";
import type { Cid, Metrics } from "../primitives.ts";
import type { State } from "../state.ts";
import { drawCommittee } from "./committee.ts";
import { transition } from "./transition.ts";

const BETTER: Metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000 };
const BEST: Metrics = { lossMicroNats: 4_800_000, accuracyPpm: 230_000 };

function world(nodes = 5) {
  const genesis = makeGenesis();
  const authors = makeAuthors(genesis, nodes);
  return { genesis, authors, registry: makeRegistry(authors), state: genesisState(genesis) };
}
type World = ReturnType<typeof world>;

function close(
  { genesis, authors, registry }: World,
  state: State,
  epoch: number,
  messages: readonly Message[],
  bundles: readonly Uint8Array[],
  aggregateMetrics: Metrics = BEST,
) {
  const artifacts = new Map<Cid, Uint8Array>();
  const submissions = messages.flatMap((message) => (message.kind === "submission" ? [message] : []));
  submissions.forEach(({ envelope }, i) => {
    const bytes = bundles[i];
    if (bytes !== undefined) artifacts.set(envelope.body.deltaCid, bytes);
  });
  const options = { epoch, registry, messages, artifacts, aggregateMetrics };
  const messageSet = proposeSet(genesis, state, authors, options);
  return {
    messageSet,
    messages,
    artifacts,
    result: transition(genesis, state, { messageSet, messages, artifacts }),
  };
}

function authorAt(authors: readonly Author[], index: number): Author {
  const author = authors[index];
  if (author === undefined) throw new Error("no such author");
  return author;
}

/** Author 0 submits, the whole committee agrees. */
function goodEpoch(w: World) {
  const { commit, submission, bundleBytes } = submit(w.genesis, w.state, authorAt(w.authors, 0), {
    epoch: 3,
    metrics: BETTER,
  });
  const attestations = attestAll(w.genesis, w.state, w.authors, w.registry, submission);
  return { messages: [commit, submission, ...attestations], bundles: [bundleBytes], submission };
}

describe("transition", () => {
  it("publishes a delta that its committee agreed on, and pays everybody", () => {
    const w = world();
    const { messages, bundles } = goodEpoch(w);
    const { result } = close(w, w.state, 3, messages, bundles);
    expect(result.contributions).toHaveLength(1);
    expect(result.contributions[0]).toMatchObject({
      outcome: "included",
      weightPpm: 1_000_000,
      metrics: BETTER,
    });
    expect(result.contributions[0]?.rewardWei).toBe(280_000_000_000_000_000n);
    expect(result.state.modelMetrics).toEqual(BEST);
    expect(result.state.modelVersion).not.toBe(w.state.modelVersion);
    expect(result.manifest.includedDeltas).toHaveLength(1);
    // Nobody showed a receipt: the part for inference is not minted.
    expect(result.state.issuedWei).toBe(930_000_000_000_000_000n);
    expect(result.root.previousRoot).toBe(stateRoot(w.state));
    expect(result.state.reputations.get(authorAt(w.authors, 0).nodeId)).toBe(520_000);
  });

  it("gives the same root whatever order messages and artifacts come in", () => {
    const w = world();
    const { messages, bundles } = goodEpoch(w);
    const { messageSet, artifacts, result } = close(w, w.state, 3, messages, bundles);
    const again = transition(w.genesis, w.state, {
      messageSet,
      messages: [...messages].reverse(),
      artifacts,
    });
    expect(again.stateRoot).toBe(result.stateRoot);
    expect(again.manifestCid).toBe(result.manifestCid);
  });

  it("keeps a state through encoding", () => {
    const w = world();
    const { messages, bundles } = goodEpoch(w);
    const { result } = close(w, w.state, 3, messages, bundles);
    expect(stateRoot(decodeState(encodeState(result.state)))).toBe(result.stateRoot);
  });

  it("continues from the new version in the next epoch", () => {
    const w = world();
    const first = goodEpoch(w);
    const { result } = close(w, w.state, 3, first.messages, first.bundles);
    const metrics = { lossMicroNats: 4_700_000, accuracyPpm: 240_000 };
    const second = submit(w.genesis, result.state, authorAt(w.authors, 1), { epoch: 5, metrics });
    const attestations = attestAll(w.genesis, result.state, w.authors, w.registry, second.submission);
    const messages = [second.commit, second.submission, ...attestations];
    const artifacts = new Map([
      [second.submission.envelope.body.deltaCid, second.bundleBytes],
      [result.state.modelVersion, result.adapterBytes ?? new Uint8Array()],
    ]);
    const options = { epoch: 5, registry: w.registry, messages, artifacts, aggregateMetrics: metrics };
    const messageSet = proposeSet(w.genesis, result.state, w.authors, options);
    const next = transition(w.genesis, result.state, { messageSet, messages, artifacts });
    expect(next.state.previousRoot).toBe(result.stateRoot);
    expect(next.state.modelMetrics).toEqual(metrics);
    expect(next.state.issuedWei).toBe(2n * result.state.issuedWei);
  });

  it("refuses inflated metrics with metrics-mismatch and leaves the model alone", () => {
    const w = world();
    const { commit, submission, bundleBytes } = submit(w.genesis, w.state, authorAt(w.authors, 0), {
      epoch: 3,
      metrics: BETTER,
    });
    const honest = { lossMicroNats: 5_100_000, accuracyPpm: 190_000, utilityPpm: 0 };
    const committee = drawCommittee(w.genesis, w.state, w.registry, submission);
    const attestations = w.authors
      .filter(({ nodeId }) => committee.includes(nodeId))
      .map((author) => attest(w.genesis, author, submission, honest, "metrics-mismatch"));
    const { result } = close(w, w.state, 3, [commit, submission, ...attestations], [bundleBytes]);
    expect(result.contributions[0]).toMatchObject({ outcome: "refused", reason: "metrics-mismatch" });
    expect(result.state.modelVersion).toBe(w.state.modelVersion);
    expect(result.state.guard.reason).toBe("nothing-included");
    expect(result.state.reputations.get(submission.envelope.author)).toBe(400_000);
    expect(result.adapterBytes).toBeNull();
  });

  it("refuses what its committee measured otherwise, even when it let it pass", () => {
    const w = world();
    const { commit, submission, bundleBytes } = submit(w.genesis, w.state, authorAt(w.authors, 0), {
      epoch: 3,
      metrics: BEST,
    });
    const measured = { ...BETTER, utilityPpm: 20_000 };
    const committee = drawCommittee(w.genesis, w.state, w.registry, submission);
    const attestations = w.authors
      .filter(({ nodeId }) => committee.includes(nodeId))
      .map((author) => attest(w.genesis, author, submission, measured));
    const { result } = close(w, w.state, 3, [commit, submission, ...attestations], [bundleBytes]);
    expect(result.contributions[0]).toMatchObject({
      outcome: "refused",
      reason: "metrics-mismatch",
      metrics: BETTER,
    });
  });

  it("asks for more than the minimum utility, and blames nobody for less", () => {
    const w = world();
    const { commit, submission, bundleBytes } = submit(w.genesis, w.state, authorAt(w.authors, 0), {
      epoch: 3,
      metrics: { lossMicroNats: 4_999_505, accuracyPpm: 200_000 },
    });
    expect(submission.envelope.body.reportedMetrics.utilityPpm).toBe(99);
    const attestations = attestAll(w.genesis, w.state, w.authors, w.registry, submission);
    const { result } = close(w, w.state, 3, [commit, submission, ...attestations], [bundleBytes]);
    expect(result.contributions[0]).toMatchObject({ outcome: "refused", reason: "utility-too-low" });
    expect(result.state.reputations.has(submission.envelope.author)).toBe(false);
  });

  it("has no committee in a network of three, since nobody verifies itself", () => {
    const w = world(3);
    const { messages, bundles } = goodEpoch(w);
    const { result } = close(w, w.state, 3, messages, bundles);
    expect(result.contributions[0]).toMatchObject({ outcome: "refused", reason: "committee-too-small" });
  });

  it("keeps no record of strangers, so that they cannot make the state grow", () => {
    const w = world();
    const stranger = authorAt(makeAuthors(w.genesis, 6), 5);
    const sent = submit(w.genesis, w.state, stranger, { epoch: 3, metrics: BETTER });
    const attestation = attest(w.genesis, stranger, sent.submission, null, "delta-norm");
    const twin = authorAt(makeAuthors(w.genesis, 6), 5);
    const twice = submit(w.genesis, w.state, twin, { epoch: 3, metrics: BEST });
    const { result } = close(w, w.state, 3, [sent.commit, sent.submission, attestation, twice.commit], []);
    expect(result.state.reputations.has(stranger.nodeId)).toBe(false);
    expect(close(w, w.state, 3, [sent.commit, sent.submission], []).result.contributions[0]?.reason).toBe(
      "not-staked",
    );
  });

  it("never goes back to a closed epoch", () => {
    const w = world();
    const { result } = close(w, w.state, 3, [], []);
    expect(() => close(w, result.state, 3, [], [])).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "wrong-epoch" }) }),
    );
  });

  it("refuses a delta above the norm bound even when its committee passed it", () => {
    const w = world();
    const delta = makeDelta(w.genesis, "huge", 0);
    const { commit, submission, bundleBytes } = submit(w.genesis, w.state, authorAt(w.authors, 0), {
      epoch: 3,
      metrics: BETTER,
      delta,
    });
    const attestations = attestAll(w.genesis, w.state, w.authors, w.registry, submission);
    const { result } = close(w, w.state, 3, [commit, submission, ...attestations], [bundleBytes]);
    expect(result.contributions[0]).toMatchObject({ outcome: "refused", reason: "delta-norm" });
    expect(result.state.balancesDue.size).toBe(0);
  });

  it("leaves a submission without enough attestations unverified", () => {
    const w = world();
    const { messages, bundles } = goodEpoch(w);
    const { result } = close(w, w.state, 3, messages.slice(0, 3), bundles);
    expect(result.contributions[0]).toMatchObject({
      outcome: "refused",
      reason: "unverified",
      rewardWei: 0n,
    });
  });

  it("does not publish a version that is worse than the last", () => {
    const w = world();
    const { messages, bundles } = goodEpoch(w);
    const worse = { lossMicroNats: 5_000_000, accuracyPpm: 300_000 };
    const { result } = close(w, w.state, 3, messages, bundles, worse);
    expect(result.state.guard).toEqual({
      published: false,
      reason: "loss-not-lower",
      aggregateMetrics: worse,
    });
    expect(result.contributions[0]).toMatchObject({ outcome: "refused", reason: "aggregate-not-better" });
    expect(result.state.issuedWei).toBe(650_000_000_000_000_000n);
  });

  it("refuses all messages of an author who signed twice in one place", () => {
    const w = world();
    const { messages, bundles } = goodEpoch(w);
    const twin = makeAuthors(w.genesis, 1);
    const forked = submit(w.genesis, w.state, authorAt(twin, 0), { epoch: 3, metrics: BEST });
    const { result } = close(w, w.state, 3, [...messages, forked.commit], bundles);
    expect(result.contributions).toHaveLength(0);
    expect(result.refused.map(({ error }) => error.code)).toContain("equivocation");
  });

  it("counts the first of two submissions of one author", () => {
    const w = world();
    const { messages, bundles } = goodEpoch(w);
    const second = submit(w.genesis, w.state, authorAt(w.authors, 0), { epoch: 3, metrics: BEST });
    const { result } = close(w, w.state, 3, [...messages, second.commit, second.submission], bundles);
    expect(result.contributions).toHaveLength(1);
    expect(result.refused.map(({ error }) => error.code)).toEqual(["duplicate", "duplicate"]);
  });

  it("punishes a validator who swims against the majority, and pays only the others", () => {
    const w = world();
    const { commit, submission, bundleBytes } = submit(w.genesis, w.state, authorAt(w.authors, 0), {
      epoch: 3,
      metrics: BETTER,
    });
    const { reportedMetrics } = submission.envelope.body;
    const committee = drawCommittee(w.genesis, w.state, w.registry, submission);
    const [liar] = committee;
    const attestations = w.authors
      .filter(({ nodeId }) => committee.includes(nodeId))
      .map((author) =>
        attest(
          w.genesis,
          author,
          submission,
          author.nodeId === liar ? { ...reportedMetrics, accuracyPpm: 1 } : reportedMetrics,
        ),
      );
    const { result } = close(w, w.state, 3, [commit, submission, ...attestations], [bundleBytes]);
    expect(result.contributions[0]?.outcome).toBe("included");
    expect(result.state.reputations.get(liar ?? "")).toBe(400_000);
    const paid = result.payments.filter(({ reason }) => reason === "validation").map(({ nodeId }) => nodeId);
    expect(paid).toEqual(committee.filter((nodeId) => nodeId !== liar).sort());
  });

  it("splits the model between two contributors by utility and stake", () => {
    const w = world(6);
    const submitted = [0, 1].map((i) =>
      submit(w.genesis, w.state, authorAt(w.authors, i), {
        epoch: 3,
        metrics: i === 0 ? BETTER : { lossMicroNats: 4_950_000, accuracyPpm: 205_000 },
      }),
    );
    const messages = submitted.flatMap(({ commit, submission }) => [
      commit,
      submission,
      ...attestAll(w.genesis, w.state, w.authors, w.registry, submission),
    ]);
    const bundles = submitted.map(({ bundleBytes }) => bundleBytes);
    const { result } = close(w, w.state, 3, messages, bundles);
    const weights = new Map(result.contributions.map(({ nodeId, weightPpm }) => [nodeId, weightPpm]));
    expect(weights.get(authorAt(w.authors, 0).nodeId)).toBe(666_666);
    expect(weights.get(authorAt(w.authors, 1).nodeId)).toBe(333_333);
    const rewards = result.contributions.map(({ rewardWei }) => rewardWei);
    expect(rewards.every((wei) => wei > 0n)).toBe(true);
    expect(result.state.calibration[5]).toEqual({ count: 2, utilitySumPpm: 30_000 });
  });

  it.each([
    ["wrong-previous-root", { previousRoot: "00".repeat(32) }],
    ["wrong-leader", { round: 1 }],
    ["member-missing", { messages: ["bafyreicl6ujc6ncfktctxxroxognfn7d2fqavvrryoc2lv6m4i6hpbkfti"] }],
    ["aggregate-metrics", { aggregateMetrics: null }],
  ])("finds a set inadmissible: %s", (code, change) => {
    const w = world();
    const { messages, bundles } = goodEpoch(w);
    const { messageSet, artifacts } = close(w, w.state, 3, messages, bundles);
    const { envelope } = messageSet;
    const leader = w.authors.find(({ nodeId }) => nodeId === envelope.author);
    const changed = leader?.sign("message-set", { ...envelope.body, ...change }, envelope.timestampMs);
    if (changed === undefined) throw new Error("no leader");
    const attempt = () => transition(w.genesis, w.state, { messageSet: changed, messages, artifacts });
    expect(attempt).toThrow(ParleyError);
    expect(attempt).toThrow(expect.objectContaining({ data: expect.objectContaining({ code }) }));
  });
});
