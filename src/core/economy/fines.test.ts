import { describe, expect, it } from "vitest";
import { closeEpoch } from "../../../vectors/lib/economy.ts";
import {
  type Author,
  attestAll,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  submit,
  TOKEN_WEI,
} from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import { aggregateMembers } from "../epoch/aggregate-epoch.ts";
import { recordConduct } from "../epoch/conduct.ts";
import { epochContext } from "../epoch/context.ts";
import { ConductRecord, nextReputations, REPUTATION_FLOOR_PPM } from "../epoch/reputation.ts";
import type { Message } from "../messages/message.ts";
import type { State } from "../state.ts";
import { Books } from "./books.ts";
import { chargeFines } from "./fines.ts";

const METRICS = { lossMicroNats: 4_900_000, accuracyPpm: 210_000 };

function world() {
  const genesis = makeGenesis({ reserveSize: 0 });
  const authors = makeAuthors(genesis, 6);
  const registry = makeRegistry(authors);
  const state = genesisState(genesis);
  const [author] = authors;
  if (author === undefined) throw new Error("no author");
  const close = (messages: readonly Message[], bundle?: Uint8Array, before: State = state, epoch = 3) => {
    const submission = messages.find((message) => message.kind === "submission");
    const artifacts = new Map(
      submission?.kind === "submission" && bundle !== undefined
        ? [[submission.envelope.body.deltaCid, bundle] as const]
        : [],
    );
    return closeEpoch(genesis, before, authors, { registry, epoch, messages, artifacts }).result;
  };
  return { genesis, authors, registry, state, author, close };
}
type World = ReturnType<typeof world>;

function goodEpoch({ genesis, authors, registry, state, author }: World, from: Author = author) {
  const sent = submit(genesis, state, from, { epoch: 3, metrics: METRICS });
  return { ...sent, attestations: attestAll(genesis, state, authors, registry, sent.submission) };
}

describe("fines", () => {
  it("take the bond of who commits and does not reveal, and nothing of who does", () => {
    const w = world();
    const { commit, submission, attestations, bundleBytes } = goodEpoch(w);
    expect(w.close([commit, submission, ...attestations], bundleBytes).charges).toEqual([]);
    const { charges, state } = w.close([commit]);
    expect(charges).toEqual([
      { nodeId: w.author.nodeId, reason: "withheld-reveal", source: commit.cid, amountWei: TOKEN_WEI },
    ]);
    expect(state.reputations.get(w.author.nodeId)).toBe(490_000);
  });

  it("take the bond of who reveals something else than was committed", () => {
    const w = world();
    const { commit, submission } = goodEpoch(w);
    const { body, timestampMs } = submission.envelope;
    const rubbish = w.author.sign("submission", { ...body, salt: hashOf("other") }, timestampMs);
    const { charges, contributions } = w.close([commit, rubbish]);
    expect(contributions[0]?.reason).toBe("commit-mismatch");
    expect(charges.map(({ reason }) => reason)).toEqual(["withheld-reveal"]);
  });

  it("take nothing of a commit that came too late to count", () => {
    const w = world();
    const { commit } = goodEpoch(w);
    const late = w.author.sign("commit", commit.envelope.body, commit.envelope.timestampMs + 50_000);
    expect(w.close([late]).charges).toEqual([]);
  });

  it("take a small part of the stake of a member who is away, less the less it is trusted", () => {
    const w = world();
    const { commit, submission, attestations, bundleBytes } = goodEpoch(w);
    const [away, ...present] = attestations;
    const absent = away?.envelope.author ?? "";
    const stakeWei = w.registry.entries.find(({ nodeId }) => nodeId === absent)?.stakeWei ?? 0n;
    const { charges, state } = w.close([commit, submission, ...present], bundleBytes);
    expect(charges).toEqual([
      {
        nodeId: absent,
        reason: "missed-duty",
        source: submission.cid,
        amountWei: (stakeWei * 50n) / 1_000_000n,
      },
    ]);
    expect(state.reputations.get(absent)).toBe(490_000);
  });

  it("take nothing of absent members when nobody could verify: the author may have given its bundle to nobody", () => {
    const w = world();
    const { commit, submission, bundleBytes } = goodEpoch(w);
    const { charges, state, contributions } = w.close([commit, submission], bundleBytes);
    expect(contributions[0]?.reason).toBe("unverified");
    expect(charges).toEqual([]);
    expect(state.reputations.size).toBe(0);
  });

  it("add up to less than a five-hundredth of the stake in five hundred duties missed in a row", () => {
    const w = world();
    const { commit, submission, attestations, bundleBytes } = goodEpoch(w);
    const [away, ...present] = attestations;
    const absent = away?.envelope.author ?? "";
    const input = {
      epoch: 3,
      registry: w.registry,
      messages: [commit, submission, ...present],
      artifacts: new Map([[submission.envelope.body.deltaCid, bundleBytes]]),
    };
    const aggregated = aggregateMembers(epochContext(w.genesis, w.state, w.registry, 3), input);
    let state = w.state;
    for (let missed = 0; missed < 500; missed++) {
      const context = epochContext(w.genesis, state, w.registry, 3 + missed);
      const books = new Books(context);
      const conduct = new ConductRecord();
      chargeFines(context, aggregated.members, aggregated.judgements, books);
      recordConduct(context, aggregated, false, conduct);
      state = { ...state, ...books.close().ledger, reputations: nextReputations(state, conduct) };
    }
    const stakeWei = w.registry.entries.find(({ nodeId }) => nodeId === absent)?.stakeWei ?? 0n;
    const lostWei = state.chargedWei.get(absent) ?? 0n;
    expect(lostWei).toBeGreaterThan(0n);
    expect(lostWei * 500n).toBeLessThan(stakeWei);
    expect(state.reputations.get(absent)).toBe(REPUTATION_FLOOR_PPM);
  });
});
