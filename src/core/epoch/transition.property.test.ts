import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attest,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  proposeSet,
  submit,
} from "../../../vectors/lib/world.ts";
import { decodeState, encodeState, genesisState, stateRoot } from "../artifacts/state.ts";
import { checkConservation } from "../economy/conservation.ts";
import type { Message } from "../messages/message.ts";
import type { Cid } from "../primitives.ts";
import { drawCommittee } from "./committee.ts";
import { transition } from "./transition.ts";

/** What one committee member does about one submission. */
const finding = fc.constantFrom("agree", "measure otherwise", "refuse", "stay away");

/** Per submission: loss reported in thousandths of a nat, and the findings of its committee. */
const submissions = fc.array(
  fc.record({
    lossMilliNats: fc.integer({ min: 4_500, max: 5_200 }),
    confidencePpm: fc.integer({ min: 0, max: 1_000_000 }),
    findings: fc.array(finding, { minLength: 3, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);

describe("any epoch", () => {
  it("conserves every wei, closes whatever is said in it, and does not depend on order", () => {
    const genesis = makeGenesis();
    fc.assert(
      fc.property(submissions, fc.integer({ min: 4_400_000, max: 5_100_000 }), (cases, lossMicroNats) => {
        const authors = makeAuthors(genesis, 6);
        const registry = makeRegistry(authors);
        const state = genesisState(genesis);
        const messages: Message[] = [];
        const artifacts = new Map<Cid, Uint8Array>();
        cases.forEach(({ lossMilliNats, confidencePpm, findings }, i) => {
          const author = authors[i];
          if (author === undefined) return;
          const metrics = { lossMicroNats: lossMilliNats * 1_000, accuracyPpm: 1 };
          const sent = submit(genesis, state, author, { epoch: 1, metrics, confidencePpm });
          const { reportedMetrics, deltaCid } = sent.submission.envelope.body;
          messages.push(sent.commit, sent.submission);
          artifacts.set(deltaCid, sent.bundleBytes);
          drawCommittee(genesis, state, registry, sent.submission).forEach((nodeId, j) => {
            const validator = authors.find((one) => one.nodeId === nodeId);
            if (validator === undefined || findings[j] === "stay away") return;
            const found = findings[j] === "agree" ? reportedMetrics : { ...reportedMetrics, accuracyPpm: 2 };
            const reason = findings[j] === "refuse" ? "metrics-mismatch" : null;
            messages.push(attest(genesis, validator, sent.submission, found, reason));
          });
        });
        const aggregateMetrics = { lossMicroNats, accuracyPpm: 1 };
        const options = { epoch: 1, registry, messages, artifacts, aggregateMetrics };
        const messageSet = proposeSet(genesis, state, authors, options);
        const result = transition(genesis, state, { messageSet, messages, artifacts });
        expect(checkConservation(result.state)).toBeUndefined();
        expect(result.state.issuedWei).toBeLessThanOrEqual(genesis.parameters.epochRewardWei);
        expect(result.contributions).toHaveLength(cases.length);
        expect(result.state.modelMetrics.lossMicroNats).toBeLessThanOrEqual(5_000_000);
        expect(stateRoot(decodeState(encodeState(result.state)))).toBe(result.stateRoot);
        const reversed = transition(genesis, state, {
          messageSet,
          messages: [...messages].reverse(),
          artifacts: new Map([...artifacts].reverse()),
        });
        expect(reversed.root).toEqual(result.root);
      }),
      { numRuns: 25 },
    );
  });
});
