import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Author,
  attest,
  attestAll,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  submit,
  TOKEN_WEI,
} from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import type { Message } from "../messages/message.ts";
import { signReceipt } from "../messages/receipt/schema.ts";
import { phaseWindow } from "./clock.ts";
import { drawnFor } from "./committee.ts";
import { epochContext } from "./context.ts";
import { collect, type HeldMessage, omittedFrom } from "./inclusion.ts";

const EPOCH = 1;
const genesis = makeGenesis();
const state = genesisState(genesis);
const AT_MS = phaseWindow(genesis, EPOCH, "commit").startMs + 1_000;
const SIGN_MS = phaseWindow(genesis, EPOCH, "sign").startMs;

/** Nodes 0 to 6 take part; the eighth is a stranger. */
function world() {
  const authors = makeAuthors(genesis, 8);
  const staked = authors.slice(0, 7);
  const registry = makeRegistry(staked);
  const context = epochContext(genesis, state, registry, EPOCH);
  const [first, second, , , , , , stranger] = authors;
  if (first === undefined || second === undefined || stranger === undefined) throw new Error("too few");
  return { authors, staked, registry, context, first, second, stranger };
}

const commit = (author: Author, name = "commitment", atMs = AT_MS): Message =>
  author.sign("commit", { epoch: EPOCH, commitment: hashOf(name), bondWei: TOKEN_WEI }, atMs);

const ballotFor = (author: Author, proposal: Message): Message =>
  author.sign("ballot", { proposal: proposal.cid, choice: "for" }, AT_MS);

const propose = (author: Author, title = "title"): Message =>
  author.sign("proposal", { title, text: "x", proposalType: "protocol.parameter", changes: null }, AT_MS);

function receipt(author: Author, requester: Author, name: string): Message {
  const terms = {
    epoch: EPOCH,
    request: hashOf(name),
    requester: requester.nodeId,
    modelVersion: state.modelVersion,
    tokensIn: 1,
    tokensOut: 1,
    flops: 1,
    outputDigest: hashOf("output"),
    feeWei: 0n,
  };
  const { secretKey } = requester.identity;
  const body = { ...terms, requesterSignature: signReceipt(secretKey, author.nodeId, terms) };
  return author.sign("receipt", body, AT_MS);
}

/** Proof that a node said two things at once: the third, unless told otherwise. */
function evidence(by: Author, index = 2): Message {
  const twice = ["one thing", "another"].flatMap((name) => {
    const author = makeAuthors(genesis, index + 1)[index];
    return author === undefined ? [] : [commit(author, name)];
  });
  const [first, second] = twice.sort((a, b) => (a.cid < b.cid ? -1 : 1)).map(({ bytes }) => bytes);
  if (first === undefined || second === undefined) throw new Error("no messages");
  return by.sign("evidence", { first, second }, AT_MS);
}

const inTime = (messages: readonly Message[]): HeldMessage[] =>
  messages.map((message) => ({ message, receivedAtMs: message.envelope.timestampMs }));

const kindsOf = (messages: readonly Message[]) => messages.map(({ kind }) => kind);

describe("what a leader collects", () => {
  it("is in order of importance, whatever order it came in", () => {
    const w = world();
    const sent = submit(genesis, state, w.first, { epoch: EPOCH, metrics: state.modelMetrics });
    const attestations = attestAll(genesis, state, w.authors, w.registry, sent.submission).filter(
      ({ envelope }) => envelope.author !== w.authors[2]?.nodeId,
    );
    const proposal = propose(w.second);
    const all = [
      ballotFor(w.second, proposal),
      proposal,
      receipt(w.second, w.first, "request"),
      ...attestations,
      sent.submission,
      sent.commit,
      evidence(w.stranger),
    ];
    const collected = collect(w.context, all);
    expect(kindsOf(collected)).toEqual([
      "evidence",
      "commit",
      "submission",
      ...attestations.map(() => "attestation"),
      "receipt",
      "proposal",
      "ballot",
    ]);
    expect(collect(w.context, all.toReversed())).toEqual(collected);
  });

  it("has no room for strangers, but for what they prove", () => {
    const w = world();
    const proposal = propose(w.first);
    const messages = [
      commit(w.stranger),
      submit(genesis, state, w.stranger, { epoch: EPOCH, metrics: state.modelMetrics }).submission,
      propose(w.stranger),
      ballotFor(w.stranger, proposal),
      receipt(w.stranger, w.first, "request"),
      proposal,
      evidence(w.stranger),
    ];
    expect(kindsOf(collect(w.context, messages))).toEqual(["evidence", "proposal"]);
  });

  it("takes one proof of a node's guilt, and none of who is out already or has nothing at stake", () => {
    const w = world();
    const proofs = [evidence(w.stranger, 0), evidence(w.second, 0)];
    expect(collect(w.context, proofs)).toHaveLength(1);
    const tombstones = new Map([[w.first.nodeId, 0]]);
    const buried = epochContext(genesis, { ...state, tombstones }, w.registry, EPOCH);
    expect(collect(buried, proofs)).toEqual([]);
    const absent = {
      ...w.registry,
      entries: w.registry.entries.filter(({ nodeId }) => nodeId !== w.first.nodeId),
    };
    expect(collect(epochContext(genesis, state, absent, EPOCH), proofs)).toEqual([]);
    const said = commit(w.first);
    expect([collect(w.context, [said]), kindsOf(collect(w.context, [said, ...proofs]))]).toEqual([
      [said],
      ["evidence"],
    ]);
  });

  it("takes attestations of the drawn alone, and of reserves when they have their turn", () => {
    const w = world();
    const { submission } = submit(genesis, state, w.first, { epoch: EPOCH, metrics: state.modelMetrics });
    const { committee, reserves } = drawnFor(w.context, w.first.nodeId);
    const { reportedMetrics } = submission.envelope.body;
    const all = w.staked.slice(1).map((author) => attest(genesis, author, submission, reportedMetrics));
    const collected = collect(w.context, [submission, ...all]).flatMap(({ kind, envelope }) =>
      kind === "attestation" ? [envelope.author] : [],
    );
    expect(collected.sort()).toEqual([...committee].sort());
    const [reserve] = w.staked.filter(({ nodeId }) => reserves.includes(nodeId));
    if (reserve === undefined) throw new Error("no reserve");
    const timestampMs = phaseWindow(genesis, EPOCH, "verify").startMs + 8_000;
    const later = attest(genesis, reserve, submission, reportedMetrics, null, { timestampMs });
    expect(collect(w.context, [submission, later])).toContain(later);
    expect(collect(w.context, all)).toEqual([]);
  });

  it("has no room for what somebody said who is proved to have said two things at once", () => {
    const w = world();
    const proof = evidence(w.second, 0);
    const [guilty, other] = [commit(w.first, "one thing"), commit(w.second)];
    expect(collect(w.context, [guilty, other])).toHaveLength(2);
    expect(collect(w.context, [guilty, other, proof])).toEqual([proof, other]);
  });

  it("leaves out what is out of its time, of another epoch, or said twice", () => {
    const w = world();
    const once = commit(w.first);
    const late = commit(w.second, "late", phaseWindow(genesis, EPOCH, "verify").startMs);
    expect(collect(w.context, [commit(w.first, "twice"), once, late])).toEqual([once]);
    expect(collect(epochContext(genesis, state, w.registry, EPOCH + 1), [once])).toEqual([]);
  });

  it("gives everybody a first place before anybody a second, however much one of them sends", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 7, max: 20 }), (dust, room) => {
        const w = world();
        const spam = Array.from({ length: dust }, (_, i) => receipt(w.first, w.second, `dust ${i}`));
        const others = w.staked.slice(1).map((author) => receipt(author, w.first, "request"));
        const collected = collect(w.context, [...spam, ...others], room);
        for (const message of others) expect(collected).toContain(message);
        expect(collected.length).toBe(Math.min(room, dust + others.length));
      }),
      { numRuns: 15 },
    );
  });
});

describe("what a leader may not leave out", () => {
  it("is what came in time", () => {
    const w = world();
    const [kept, missing] = [commit(w.first), commit(w.second)];
    expect(omittedFrom(w.context, inTime([kept, missing]), [kept])).toBe(missing);
    expect(omittedFrom(w.context, inTime([kept, missing]), [missing, kept])).toBeUndefined();
  });

  it("is not what came late, or too late for the leader", () => {
    const w = world();
    const message = commit(w.first);
    const proposal = propose(w.second);
    const at = (one: Message, receivedAtMs: number) =>
      omittedFrom(w.context, [{ message: one, receivedAtMs }], []);
    const endMs = phaseWindow(genesis, EPOCH, "commit").endMs;
    expect([at(message, endMs - 1), at(message, endMs)]).toEqual([message, undefined]);
    expect([at(proposal, SIGN_MS - 2_001), at(proposal, SIGN_MS - 2_000)]).toEqual([proposal, undefined]);
  });

  it("is not what counts for nothing anyway", () => {
    const w = world();
    expect(omittedFrom(w.context, inTime([commit(w.stranger)]), [])).toBeUndefined();
    const [first, again] = [commit(w.first), commit(w.first, "again")];
    expect(omittedFrom(w.context, inTime([first, again]), [first])).toBeUndefined();
    const [one, other] = [evidence(w.stranger), evidence(w.second)];
    expect(omittedFrom(w.context, inTime([other]), [one])).toBeUndefined();
  });

  it("is not what was said by who is proved to have said two things at once", () => {
    const w = world();
    const message = commit(w.first, "one thing");
    const proof = evidence(w.second, 0);
    expect(omittedFrom(w.context, inTime([message]), [])).toBe(message);
    expect(omittedFrom(w.context, inTime([message]), [proof])).toBeUndefined();
    expect(omittedFrom(w.context, inTime([message, proof]), [])).toBe(proof);
  });

  it("may be less than everything only when the set is full of what comes before it", () => {
    const w = world();
    const [first, second] = [receipt(w.first, w.second, "a"), receipt(w.second, w.first, "b")];
    const dust = receipt(w.first, w.second, "c");
    const held = inTime([first, second, dust]);
    expect(omittedFrom(w.context, held, [first, second], 2)).toBeUndefined();
    expect(omittedFrom(w.context, held, [first, dust], 2)).toBe(second);
    expect(omittedFrom(w.context, held, [commit(w.stranger), first], 2)).toBe(second);
    expect(omittedFrom(w.context, inTime([commit(w.first), first, second]), [first, second], 2)?.kind).toBe(
      "commit",
    );
  });

  it("is never found missing by who holds less than the leader collected from, at any room", () => {
    const w = world();
    const proposal = propose(w.first);
    const all: Message[] = [
      ...w.staked.map((author) => commit(author)),
      ...w.staked.flatMap((author) => [0, 1, 2].map((i) => receipt(author, w.first, `request ${i}`))),
      proposal,
      ...w.staked.map((author) => ballotFor(author, proposal)),
      evidence(w.second),
    ];
    const held = fc.subarray(all.map((_, i) => i));
    fc.assert(
      fc.property(held, fc.integer({ min: 1, max: all.length }), (places, room) => {
        const set = collect(w.context, all, room);
        const mine = places.flatMap((place) => all[place] ?? []);
        expect(omittedFrom(w.context, inTime(mine), set, room)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
