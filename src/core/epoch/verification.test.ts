import { describe, expect, it } from "vitest";
import {
  type Author,
  attest,
  attestAll,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  proposeSet,
  submit,
} from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { heldOutCommitmentOf } from "../messages/held-out-commit/schema.ts";
import type { Message, TypedMessage } from "../messages/message.ts";
import type { Parameters } from "../parameters.ts";
import type { Cid, Metrics, NodeId } from "../primitives.ts";
import type { State } from "../state.ts";
import { phaseWindow } from "./clock.ts";
import { drawCommittee, drawnFor } from "./committee.ts";
import { epochContext } from "./context.ts";
import { reservesFromMs } from "./timing.ts";
import { transition } from "./transition.ts";

const BETTER: Metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000 };
const BEST: Metrics = { lossMicroNats: 4_800_000, accuracyPpm: 230_000 };

function world(nodes = 5, changes: Partial<Parameters> = {}) {
  const genesis = makeGenesis(changes);
  const authors = makeAuthors(genesis, nodes);
  return { genesis, authors, registry: makeRegistry(authors), state: genesisState(genesis) };
}
type World = ReturnType<typeof world>;

function drawValidators({ genesis, state, registry }: World, submission: TypedMessage<"submission">) {
  const { author, body } = submission.envelope;
  return drawnFor(epochContext(genesis, state, registry, body.epoch), author);
}

/** Of the second node, in every world. */
function keeperId(): NodeId {
  return authorAt(makeAuthors(makeGenesis(), 2), 1).nodeId;
}

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

describe("verification in an epoch", () => {
  it("refuses attestations that nobody asked for or needs, and says which", () => {
    const w = world(8);
    const { messages, bundles, submission } = goodEpoch(w);
    const { committee, reserves } = drawValidators(w, submission);
    const { reportedMetrics } = submission.envelope.body;
    const outsiders = w.authors.filter(
      ({ nodeId }) => !committee.includes(nodeId) && nodeId !== submission.envelope.author,
    );
    const uninvited = outsiders.map((author) => attest(w.genesis, author, submission, reportedMetrics));
    const [first] = outsiders.filter(({ nodeId }) => reserves.includes(nodeId));
    const { result } = close(w, w.state, 3, [...messages, ...uninvited], bundles);
    const codeOf = new Map(result.refused.map(({ author, error }) => [author, error.code]));
    for (const { nodeId } of outsiders) {
      expect(codeOf.get(nodeId)).toBe(reserves.includes(nodeId) ? "reserve-early" : "not-on-committee");
    }
    expect(result.contributions[0]?.validators).toHaveLength(3);
    if (first === undefined) throw new Error("no reserve");
    const timestampMs = reservesFromMs(w.genesis, 3);
    const [again] = makeAuthors(w.genesis, 8).filter(({ nodeId }) => nodeId === first.nodeId);
    if (again === undefined) throw new Error("no reserve");
    again.registry = w.registry;
    const unneeded = attest(w.genesis, again, submission, reportedMetrics, null, { timestampMs });
    const settled = close(w, w.state, 3, [...messages, unneeded], bundles).result;
    expect(settled.refused.map(({ error }) => error.code)).toEqual(["reserve-unneeded"]);
    expect(settled.state.reputations.has(first.nodeId)).toBe(false);
  });

  it("puts aside who copied metrics without the work, and does not pay it", () => {
    const w = world();
    const { commit, submission, bundleBytes } = submit(w.genesis, w.state, authorAt(w.authors, 0), {
      epoch: 3,
      metrics: BETTER,
    });
    const { reportedMetrics } = submission.envelope.body;
    const committee = drawCommittee(w.genesis, w.state, w.registry, submission);
    const [copycat] = committee;
    const attestations = w.authors
      .filter(({ nodeId }) => committee.includes(nodeId))
      .map((author) => {
        const lies = author.nodeId === copycat ? { workDigest: "ab".repeat(32) } : {};
        return attest(w.genesis, author, submission, reportedMetrics, null, { lies });
      });
    const { result } = close(w, w.state, 3, [commit, submission, ...attestations], [bundleBytes]);
    expect(result.contributions[0]?.outcome).toBe("included");
    expect(result.refused.map(({ author, error }) => [author, error.code, error.verdict])).toEqual([
      [copycat, "work-unproved", "REJECT"],
    ]);
    expect(result.state.reputations.get(copycat ?? "")).toBeLessThan(
      w.genesis.parameters.initialReputationPpm,
    );
    const paid = result.payments.filter(({ reason }) => reason === "validation").map(({ nodeId }) => nodeId);
    expect(paid).toEqual(committee.filter((nodeId) => nodeId !== copycat).sort());
  });

  it("goes on with reserves when members are silent, who alone have missed a duty", () => {
    const w = world(6);
    const { commit, submission, bundleBytes } = submit(w.genesis, w.state, authorAt(w.authors, 0), {
      epoch: 3,
      metrics: BETTER,
    });
    const { committee, reserves } = drawValidators(w, submission);
    const timestampMs = reservesFromMs(w.genesis, 3);
    const speaking = [...committee.slice(0, 1), ...reserves];
    const attestations = w.authors
      .filter(({ nodeId }) => speaking.includes(nodeId))
      .map((author) =>
        attest(w.genesis, author, submission, submission.envelope.body.reportedMetrics, null, {
          timestampMs,
        }),
      );
    const { result } = close(w, w.state, 3, [commit, submission, ...attestations], [bundleBytes]);
    expect(result.contributions[0]).toMatchObject({ outcome: "included", validators: [...speaking].sort() });
    const paid = result.payments.filter(({ reason }) => reason === "validation").map(({ nodeId }) => nodeId);
    expect(paid).toEqual([...speaking].sort());
    const { initialReputationPpm } = w.genesis.parameters;
    for (const nodeId of committee.slice(1)) {
      expect(result.state.reputations.get(nodeId)).toBeLessThan(initialReputationPpm);
    }
  });

  it.each([
    [1_990_000, "included", undefined, 15_500],
    [2_200_000, "refused", "held-out-worse", undefined],
  ])("judges by held-out tasks too: a loss of %i there is %s", (lossMicroNats, outcome, reason, observed) => {
    const w = world(5, { heldOutKeeper: keeperId() });
    const keeper = authorAt(w.authors, 1);
    const heldOut = { tasks: cidOf(Uint8Array.of(1)), lossBeforeMicroNats: 2_000_000, lossMicroNats };
    const salt = "5a".repeat(32);
    const commitment = heldOutCommitmentOf(keeper.nodeId, heldOut.tasks, salt);
    const state: State = { ...w.state, heldOut: { commitment, epoch: 2 } };
    const { commit, submission, bundleBytes } = submit(w.genesis, state, authorAt(w.authors, 0), {
      epoch: 3,
      metrics: BETTER,
    });
    const committee = drawCommittee(w.genesis, state, w.registry, submission);
    const reveal = keeper.sign(
      "held-out-reveal",
      { epoch: 3, tasks: heldOut.tasks, salt },
      phaseWindow(w.genesis, 3, "verify").startMs,
    );
    const attestations = w.authors
      .filter(({ nodeId }) => committee.includes(nodeId))
      .map((author) =>
        attest(w.genesis, author, submission, submission.envelope.body.reportedMetrics, null, { heldOut }),
      );
    const messages = [commit, submission, reveal, ...attestations];
    const { result } = close(w, state, 3, messages, [bundleBytes]);
    expect(result.contributions[0]).toMatchObject({ outcome, ...(reason === undefined ? {} : { reason }) });
    expect(result.state.heldOut).toBeNull();
    const bucket = result.state.calibration[5];
    expect(bucket).toEqual({ count: observed === undefined ? 0 : 1, utilitySumPpm: observed ?? 0 });
    expect(result.state.reputations.get(submission.envelope.author) ?? 500_000).toBeGreaterThanOrEqual(
      500_000,
    );
  });
});
