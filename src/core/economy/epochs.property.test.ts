import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closeEpoch, makeReceipt } from "../../../vectors/lib/economy.ts";
import {
  type Author,
  attestAll,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  submit,
} from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import type { EpochResult } from "../epoch/transition.ts";
import type { Genesis } from "../genesis.ts";
import type { Message } from "../messages/message.ts";
import type { Cid } from "../primitives.ts";
import type { State } from "../state.ts";
import { checkConservation } from "./conservation.ts";
import { chargeAmountWei, paymentAmountWei } from "./explain.ts";

/** What one author does in an epoch, and how many of its committee stay away. */
const work = fc.record({
  act: fc.constantFrom("nothing", "withhold", "submit", "submit"),
  away: fc.integer({ min: 0, max: 3 }),
});

const answer = fc.record({
  provider: fc.integer({ min: 0, max: 5 }),
  requester: fc.integer({ min: 0, max: 5 }),
  request: fc.integer({ min: 0, max: 2 }),
  feeWei: fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.bigInt({ min: 0n, max: 60n * 10n ** 18n })),
  flops: fc.integer({ min: 0, max: 500_000_000 }),
});

const run = fc.record({
  epochs: fc.array(
    fc.record({
      work: fc.array(work, { minLength: 3, maxLength: 3 }),
      answers: fc.array(answer, { maxLength: 4 }),
      skipped: fc.integer({ min: 1, max: 3 }),
      better: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  vestingEpochs: fc.integer({ min: 0, max: 3 }),
});
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;
type Epoch = Run["epochs"][number];

function messagesOf(genesis: Genesis, state: State, authors: readonly Author[], epoch: number, plan: Epoch) {
  const registry = makeRegistry(authors, epoch);
  const artifacts = new Map<Cid, Uint8Array>();
  const messages: Message[] = plan.answers.flatMap(({ provider, requester, request, feeWei, flops }) => {
    const [from, to] = [authors[provider], authors[requester]];
    if (from === undefined || to === undefined) return [];
    const terms = { epoch, modelVersion: state.modelVersion, feeWei, flops, request: hashOf(`r${request}`) };
    return [makeReceipt(genesis, from, to, terms)];
  });
  plan.work.forEach(({ act, away }, i) => {
    const author = authors[i];
    if (author === undefined || act === "nothing") return;
    const lossMicroNats = state.modelMetrics.lossMicroNats - 20_000 * (i + 1);
    const sent = submit(genesis, state, author, { epoch, metrics: { lossMicroNats, accuracyPpm: 1 } });
    messages.push(sent.commit);
    if (act === "withhold") return;
    artifacts.set(sent.submission.envelope.body.deltaCid, sent.bundleBytes);
    const attestations = attestAll(genesis, state, authors, registry, sent.submission);
    messages.push(sent.submission, ...attestations.slice(away));
  });
  return { registry, messages, artifacts };
}

function play({ epochs, vestingEpochs }: Run, look: (before: State, result: EpochResult) => void): void {
  const genesis = makeGenesis({ vestingEpochs });
  const authors = makeAuthors(genesis, 6);
  let state = genesisState(genesis);
  let epoch = 0;
  for (const plan of epochs) {
    epoch += plan.skipped;
    const { registry, messages, artifacts } = messagesOf(genesis, state, authors, epoch, plan);
    const gainMicroNats = plan.better ? 30_000 : 0;
    const options = { registry, epoch, messages, artifacts, gainMicroNats };
    const { result } = closeEpoch(genesis, state, authors, options);
    look(state, result);
    state = result.state;
  }
}

describe("any run of epochs", () => {
  it("conserves every wei, pays nobody less than before, and takes no more than a stake", () => {
    fc.assert(
      fc.property(run, (plan) => {
        play(plan, (before, { state }) => {
          expect(checkConservation(state)).toBeUndefined();
          const mintedWei = state.issuedWei - before.issuedWei;
          expect(mintedWei).toBeLessThanOrEqual(state.parameters.epochRewardWei);
          for (const [account, wei] of before.balancesDue) {
            expect(state.balancesDue.get(account)).toBeGreaterThanOrEqual(wei);
          }
          for (const { nodeId, stakeWei } of state.registry.entries) {
            expect(state.chargedWei.get(nodeId) ?? 0n).toBeLessThanOrEqual(stakeWei);
          }
          expect(state.poolWei).toBeGreaterThanOrEqual(0n);
          expect(state.pending.every(({ dueInEpoch }) => dueInEpoch > state.epoch)).toBe(true);
        });
      }),
      { numRuns: 12 },
    );
  });

  it("explains every payment and every charge so that its amount can be computed again", () => {
    fc.assert(
      fc.property(run, (plan) => {
        play(plan, (_, { payments, charges, explanations, contributions }) => {
          const explained = explanations.payments.map(({ payment }) => payment);
          for (const payment of payments) expect(explained).toContain(payment);
          expect(explanations.charges.map(({ charge }) => charge)).toEqual(charges);
          for (const one of explanations.payments) expect(paymentAmountWei(one)).toBe(one.payment.amountWei);
          for (const one of explanations.charges) expect(chargeAmountWei(one)).toBe(one.charge.amountWei);
          for (const { submission, rewardWei } of contributions) {
            const earned = explanations.payments.filter(
              ({ payment, why }) =>
                why.kind === "pot-share" &&
                payment.reason === "contribution" &&
                payment.source === submission,
            );
            expect(earned.reduce((sum, { payment }) => sum + payment.amountWei, 0n)).toBe(rewardWei);
          }
        });
      }),
      { numRuns: 12 },
    );
  });
});
