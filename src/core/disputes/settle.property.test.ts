import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLAIMED, Court, TRUE, type Word } from "../../../vectors/lib/disputes.ts";
import { decodeState, encodeState, stateRoot } from "../artifacts/state.ts";
import { checkConservation } from "../economy/conservation.ts";
import { transition } from "../epoch/transition.ts";
import type { Message } from "../messages/message.ts";
import type { Metrics } from "../primitives.ts";
import type { RulingChoice } from "../state.ts";

const OTHER: Metrics = { lossMicroNats: 5_050_000, accuracyPpm: 195_000 };
const word = fc.constantFrom<Word>("claimed", "true", "refuse", "away");
const metrics = fc.constantFrom<Metrics | null>(CLAIMED, TRUE, OTHER, null);
const ruling = fc.option(
  fc.record({ choice: fc.constantFrom<RulingChoice>("uphold", "overturn", "audit"), metrics }),
  { nil: undefined },
);
const plays = fc.record({
  words: fc.array(word, { minLength: 3, maxLength: 3 }),
  disputers: fc.array(fc.record({ skip: fc.nat(6), metrics }), { maxLength: 3 }),
  /** By epoch, what each juror says. */
  rulings: fc.array(fc.array(ruling, { minLength: 8, maxLength: 8 }), { minLength: 4, maxLength: 4 }),
  auditPpm: fc.constantFrom(0, 1_000_000),
  vestingEpochs: fc.nat(3),
});

describe("whatever a committee, disputers and jurors say", () => {
  it("nothing comes from nowhere or gets lost, the order of messages is nothing, and all disputes end", () => {
    fc.assert(
      fc.property(plays, ({ words, disputers, rulings, auditPpm, vestingEpochs }) => {
        const court = new Court({ auditPpm, vestingEpochs });
        const { submission } = court.judge(words);
        if (!court.state.verdicts.has(submission.cid)) return;
        const outsiders = new Map(disputers.map(({ skip, metrics: found }) => [skip, found]));
        const disputes = [...outsiders].map(([skip, found]) =>
          court.disputing(court.outsider(submission.cid, skip), submission, found),
        );
        court.close(disputes);
        for (const said of rulings) {
          const messages = disputes.flatMap(({ cid }) =>
            court.jury(cid).flatMap((juror, i): Message[] => {
              const one = said[i];
              return one === undefined ? [] : [court.ruling(juror, cid, one.choice, one.metrics)];
            }),
          );
          court.close(messages);
        }
        court.closeUntil(9);
        expect(court.state.verdicts.size + court.state.disputes.size + court.state.pending.length).toBe(0);
        let before = court.played[0]?.result.state;
        for (const { messageSet, messages, artifacts, result } of court.played) {
          expect(checkConservation(result.state)).toBeUndefined();
          expect(result.state.poolWei).toBeGreaterThanOrEqual(0n);
          expect(stateRoot(decodeState(encodeState(result.state)))).toBe(result.stateRoot);
          if (before !== undefined && result.state !== before) {
            const reversed = { messageSet, messages: messages.toReversed(), artifacts };
            expect(transition(court.genesis, before, reversed).stateRoot).toBe(result.stateRoot);
          }
          before = result.state;
        }
      }),
      { numRuns: 30 },
    );
  });

  it("no honest member of a committee, juror or author is charged while two thirds of a jury are honest", () => {
    const liar = fc
      .array(fc.boolean(), { minLength: 5, maxLength: 5 })
      .filter((all) => all.filter(Boolean).length < 2);
    const twoLiars = fc.constantFrom<readonly Word[]>(
      ["claimed", "claimed", "true"],
      ["true", "true", "true"],
      ["true", "refuse", "true"],
    );
    fc.assert(
      fc.property(twoLiars, liar, (words, liars) => {
        const court = new Court({ auditPpm: 0 });
        const { submission } = court.judge(words);
        const honest = court.record(submission.cid).committee.filter((nodeId) => {
          const { right, dissent, metrics: found } = court.record(submission.cid);
          const own = right.includes(nodeId) ? found : dissent.get(nodeId)?.metrics;
          return own?.lossMicroNats === TRUE.lossMicroNats;
        });
        const wrongly = court.record(submission.cid).passed ? TRUE : CLAIMED;
        const dispute = court.disputing(court.outsider(submission.cid), submission, wrongly);
        court.close([dispute]);
        const truth = court.record(submission.cid).passed ? "overturn" : "uphold";
        const lie = truth === "overturn" ? "uphold" : "overturn";
        const jury = court.jury(dispute.cid);
        court.close(
          jury.map((juror, i) =>
            liars[i] === true
              ? court.ruling(juror, dispute.cid, lie, CLAIMED)
              : court.ruling(juror, dispute.cid, truth, TRUE),
          ),
        );
        court.closeUntil(7);
        const charged = new Set(
          court.played.flatMap(({ result }) =>
            result.charges.filter(({ reason }) => reason === "wrong-verdict").map(({ nodeId }) => nodeId),
          ),
        );
        expect(honest.filter((nodeId) => charged.has(nodeId))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
