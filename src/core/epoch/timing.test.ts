import { describe, expect, it } from "vitest";
import { SAMPLES } from "../../../vectors/lib/message-samples.ts";
import { Author, makeGenesis } from "../../../vectors/lib/world.ts";
import { genesisCid } from "../artifacts/genesis.ts";
import { LIMITS } from "../limits.ts";
import { type Bodies, KINDS, type Kind } from "../messages/kinds.ts";
import { decodeMessage, type Message } from "../messages/message.ts";
import { epochStartMs } from "./clock.ts";
import { sortMembers } from "./members.ts";
import { checkTiming, reservesFromMs } from "./timing.ts";

const EPOCH = 3;
const genesis = makeGenesis();
const network = genesisCid(genesis);
const START_MS = epochStartMs(genesis, EPOCH);
const SKEW_MS = LIMITS.clockSkewMs;

/** Rules of one kind: milliseconds into the epoch, on a network with phases of 20, 10, 15 and 15 seconds. */
interface Rule {
  readonly fromMs: number;
  /** Null: it never comes too late. */
  readonly untilMs: number | null;
  /** What a second one of the same author, about the same thing, is refused with; null: both count. */
  readonly second: "duplicate" | null;
  /** Not part of an epoch at all. */
  readonly isMember: boolean;
}

const rule = (
  fromMs: number,
  untilMs: number | null,
  second: Rule["second"] = "duplicate",
  isMember = true,
): Rule => ({ fromMs, untilMs, second, isMember });

/** "own": from the message's own timestamp on, whatever the epoch. */
const TABLE: { readonly [K in Kind]: Rule | "own" } = {
  commit: rule(0, 20_000),
  submission: rule(20_000, 30_000),
  attestation: rule(30_000, 60_000),
  "held-out-reveal": rule(30_000, 33_750),
  "held-out-commit": rule(0, 60_000),
  receipt: rule(0, 60_000),
  dispute: rule(0, 60_000),
  ruling: rule(0, 60_000),
  "message-set": rule(45_000, null, null, false),
  "epoch-vote": rule(45_000, null, null, false),
  evidence: "own",
  proposal: "own",
  ballot: "own",
};

/** Epoch of the sample messages of a kind, and its start; those about no epoch are timed from any. */
function epochOf(kind: Kind): { readonly epoch: number; readonly startMs: number } {
  const [body] = Object.values<Bodies[Kind]>(SAMPLES[kind].good);
  const epoch = body !== undefined && "epoch" in body ? body.epoch : EPOCH;
  return { epoch, startMs: epochStartMs(genesis, epoch) };
}

/** Messages of one kind about one thing, by one author, this far into their epoch. */
function say(kind: Kind, ...intoMs: number[]): Message[] {
  // Receipts are countersigned for this provider.
  const author = new Author(genesis, "0");
  const { startMs } = epochOf(kind);
  const sign = <K extends Kind>(of: K, timestampMs: number) => {
    const [body] = Object.values<Bodies[K]>(SAMPLES[of].good);
    if (body === undefined) throw new Error(`no sample of ${of}`);
    return decodeMessage(author.sign(of, body, timestampMs).bytes, network);
  };
  return intoMs.map((atMs) => sign(kind, startMs + atMs));
}

function codeAt(kind: Kind, intoMs: number): string | undefined {
  const [message] = say(kind, 0);
  if (message === undefined) throw new Error("no message");
  return checkTiming(genesis, message, epochOf(kind).startMs + intoMs)?.code;
}

describe("the time of a message", () => {
  it("has a rule for every kind", () => {
    expect(Object.keys(TABLE).sort()).toEqual(Object.keys(KINDS).sort());
  });

  for (const [name, timed] of Object.entries(TABLE)) {
    const kind = Object.keys(KINDS).find((one): one is Kind => one === name);
    if (kind === undefined) continue;
    if (timed === "own") {
      it(`${kind}: from its own timestamp on, without end`, () => {
        expect(codeAt(kind, -SKEW_MS - 1)).toBe("early");
        expect(codeAt(kind, -SKEW_MS)).toBeUndefined();
        expect(codeAt(kind, 10 ** 12)).toBeUndefined();
      });
      continue;
    }
    it(`${kind}: from ${timed.fromMs} ms to ${timed.untilMs ?? "any time"}, with ${SKEW_MS} ms for clocks`, () => {
      expect(codeAt(kind, timed.fromMs - SKEW_MS - 1)).toBe("early");
      expect(codeAt(kind, timed.fromMs - SKEW_MS)).toBeUndefined();
      if (timed.untilMs === null) {
        expect(codeAt(kind, 10 ** 12)).toBeUndefined();
        return;
      }
      expect(codeAt(kind, timed.untilMs + SKEW_MS - 1)).toBeUndefined();
      expect(codeAt(kind, timed.untilMs + SKEW_MS)).toBe("late");
    });
    it(`${kind}: ${timed.isMember ? `a second one is ${timed.second ?? "counted"}` : "is no part of a set"}`, () => {
      const messages = say(kind, timed.fromMs, timed.fromMs + 1);
      if (!timed.isMember) {
        expect(() => sortMembers(genesis, network, epochOf(kind).epoch, messages)).toThrow(
          expect.objectContaining({ data: expect.objectContaining({ code: "member-kind" }) }),
        );
        return;
      }
      const { refused } = sortMembers(genesis, network, epochOf(kind).epoch, messages);
      expect(refused.map(({ cid, error }) => [cid, error.code])).toEqual([[messages[1]?.cid, timed.second]]);
    });
    it(`${kind}: one that is out of time does not count in the epoch either`, () => {
      if (!timed.isMember || timed.untilMs === null) return;
      const late = say(kind, timed.untilMs + SKEW_MS);
      const { refused } = sortMembers(genesis, network, epochOf(kind).epoch, late);
      expect(refused.map(({ error }) => error.code)).toEqual(["late"]);
    });
  }

  it("gives later rounds their turn", () => {
    const author = new Author(genesis, "timing");
    const [set] = Object.values(SAMPLES["message-set"].good);
    if (set === undefined) throw new Error("no sample");
    const third = author.sign("message-set", { ...set, epoch: EPOCH, round: 2 }, START_MS);
    const message = decodeMessage(third.bytes, network);
    expect(checkTiming(genesis, message, START_MS + 55_000 - SKEW_MS - 1)?.code).toBe("early");
    expect(checkTiming(genesis, message, START_MS + 55_000 - SKEW_MS)).toBeUndefined();
  });

  it("is a reserve's from the middle of the verify phase on", () => {
    expect(reservesFromMs(genesis, EPOCH)).toBe(START_MS + 37_500);
  });

  it("is not that of another epoch", () => {
    const messages = say("commit", 0);
    expect(() => sortMembers(genesis, network, EPOCH + 1, messages)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "member-epoch" }) }),
    );
  });
});
