import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeReceipt, settle } from "../../../vectors/lib/economy.ts";
import {
  type Author,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  TOKEN_WEI,
} from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import { epochContext } from "../epoch/context.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { ReceiptTerms } from "../messages/receipt/schema.ts";
import type { Parameters } from "../parameters.ts";
import type { State } from "../state.ts";
import { requestKey } from "./check-receipt.ts";
import { emissionOf } from "./rewards.ts";

const POOL_WEI = 50n * TOKEN_WEI;

function world(changes: Partial<Parameters> = {}) {
  const genesis = makeGenesis(changes);
  const authors = makeAuthors(genesis, 5);
  const registry = makeRegistry(authors);
  // A full pool, so that nothing is small only because the pool was empty.
  const state: State = { ...genesisState(genesis), poolWei: POOL_WEI };
  const [a, b, c, d] = authors;
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error("too few");
  const potWei = emissionOf(genesis.parameters).inferenceWei;
  const send = (provider: Author, requester: Author, terms: Partial<ReceiptTerms> = {}) =>
    makeReceipt(genesis, provider, requester, { epoch: 3, modelVersion: state.modelVersion, ...terms });
  const close = (receipts: readonly TypedMessage<"receipt">[], before: State = state, epoch = 3) =>
    settle(epochContext(genesis, before, registry, epoch), receipts, potWei);
  return { genesis, state, authors, a, b, c, d, send, close, potWei };
}

type Settled = ReturnType<ReturnType<typeof world>["close"]>;

function paidTo(settled: Settled, nodes: readonly Author[], reason?: string): bigint {
  const ids = nodes.map(({ nodeId }) => nodeId);
  return settled.payments
    .filter((one) => one.nodeId !== null && ids.includes(one.nodeId))
    .filter((one) => reason === undefined || one.reason === reason)
    .reduce((sum, { amountWei }) => sum + amountWei, 0n);
}

function chargedTo({ charges }: Settled, nodes: readonly Author[]): bigint {
  const ids = nodes.map(({ nodeId }) => nodeId);
  return charges
    .filter(({ nodeId }) => ids.includes(nodeId))
    .reduce((sum, { amountWei }) => sum + amountWei, 0n);
}

const deal = fc.record({
  answers: fc.boolean(),
  request: fc.integer({ min: 0, max: 3 }),
  feeWei: fc.oneof(
    fc.bigInt({ min: 0n, max: 100n }),
    fc.bigInt({ min: 0n, max: 30n * TOKEN_WEI }),
    fc.constant(0n),
  ),
  tokensOut: fc.integer({ min: 0, max: 1_000_000 }),
});

describe("receipts", () => {
  it("pay the provider the fee less the pool's share", () => {
    const { a, b, send, close } = world();
    const settled = close([send(a, b, { feeWei: TOKEN_WEI })]);
    expect(paidTo(settled, [a], "fee")).toBe((9n * TOKEN_WEI) / 10n);
    expect(chargedTo(settled, [b])).toBe(TOKEN_WEI);
  });

  it("bring new tokens for the first answer alone, in this epoch and the next ones", () => {
    const { state, a, b, c, d, send, close } = world();
    const first = close([send(a, c), send(b, c)]);
    expect(paidTo(first, [a], "inference")).toBeGreaterThan(0n);
    expect(paidTo(first, [b], "inference")).toBe(0n);
    expect(paidTo(first, [b], "fee")).toBe((9n * TOKEN_WEI) / 10n);
    const later = close(
      [send(d, c, { epoch: 5, request: hashOf("request 3") })],
      { ...state, ...first.ledger },
      5,
    );
    expect(paidTo(later, [d], "inference")).toBe(0n);
    expect(paidTo(later, [c], "interaction")).toBe(0n);
    expect(paidTo(later, [d], "fee")).toBe((9n * TOKEN_WEI) / 10n);
  });

  it("let nobody use up another requester's request", () => {
    const { a, b, c, d, send, close } = world();
    const settled = close([send(a, b), send(d, c)]);
    expect(paidTo(settled, [a], "inference")).toBeGreaterThan(0n);
    expect(paidTo(settled, [d], "inference")).toBeGreaterThan(0n);
  });

  it("forget a request after the challenge epochs, and what brought nothing at once", () => {
    const { state, a, b, c, send, close } = world({ challengeEpochs: 5 });
    const first = close([send(a, b), send(a, c, { feeWei: 0n })]);
    const key = requestKey({ requester: b.nodeId, request: hashOf("request 3") });
    expect([...first.ledger.requests]).toEqual([[key, 3]]);
    const at = (epoch: number) => close([], { ...state, ...first.ledger }, epoch).ledger.requests.size;
    expect([at(8), at(9)]).toEqual([1, 0]);
  });

  it("cost a person who deals with themselves more than they bring, whatever they write into them", () => {
    const w = world({ microRewardWei: 10n * TOKEN_WEI, microRewardDailyWei: 1_000n * TOKEN_WEI });
    const us = [w.a, w.b];
    fc.assert(
      fc.property(fc.array(deal, { minLength: 1, maxLength: 6 }), (deals) => {
        const receipts = deals.map(({ answers, request, feeWei, tokensOut }) => {
          const [provider, requester] = answers ? [w.a, w.b] : [w.b, w.a];
          const flops = tokensOut * w.genesis.parameters.flopsPerToken;
          return w.send(provider, requester, { request: hashOf(`${request}`), feeWei, tokensOut, flops });
        });
        const settled = w.close(receipts);
        const costWei = chargedTo(settled, us);
        const gainWei = paidTo(settled, us);
        if (costWei < 100n) expect(gainWei).toBeLessThanOrEqual(costWei);
        else expect(gainWei).toBeLessThan(costWei);
      }),
      { numRuns: 60 },
    );
  });

  it("cost at least a fifth of the pool's share, which is what the preset keeps", () => {
    const { a, b, send, close } = world();
    const settled = close([
      send(a, b, { feeWei: 10n * TOKEN_WEI, tokensOut: 10_000, flops: 40_000_000_000 }),
    ]);
    expect(chargedTo(settled, [a, b]) - paidTo(settled, [a, b])).toBeGreaterThanOrEqual(TOKEN_WEI / 5n);
  });

  it("with no fee take nothing from those that were paid for", () => {
    const { a, b, c, d, send, close } = world();
    const honest = send(c, d, { feeWei: TOKEN_WEI / 2n });
    const alone = close([honest]);
    const huge = send(a, b, { feeWei: 0n, tokensOut: 1_000_000_000, flops: 4 * 10 ** 15 });
    expect(paidTo(close([huge, honest]), [c])).toBe(paidTo(alone, [c]));
    expect(paidTo(alone, [c], "inference")).toBeGreaterThan(0n);
  });

  it("reward a requester at most to the daily cap, and again the next day", () => {
    const day = 24 * 60;
    const { state, a, b, send, close } = world({ microRewardWei: 4n, microRewardDailyWei: 10n });
    const many = (epoch: number) =>
      [0, 1, 2, 3].map((i) => send(a, b, { epoch, request: hashOf(`${epoch} ${i}`), feeWei: TOKEN_WEI }));
    const first = close(many(3));
    expect(paidTo(first, [b], "interaction")).toBe(10n);
    const sameDay = close(many(4), { ...state, ...first.ledger }, 4);
    expect(paidTo(sameDay, [b], "interaction")).toBe(0n);
    const nextDay = close(many(3 + day), { ...state, ...first.ledger }, 3 + day);
    expect(paidTo(nextDay, [b], "interaction")).toBe(10n);
    expect([...nextDay.ledger.microRewards.values()]).toEqual([{ day: 1, paidWei: 10n }]);
    const idle = close([], { ...state, ...first.ledger }, 3 + day);
    expect(idle.ledger.microRewards.size).toBe(0);
  });

  it("leave in a stake what the worst slash may take, and never shut a node out", () => {
    const { genesis, a, b, send, close } = world();
    const spareWei = TOKEN_WEI * 100n;
    const { refused, ledger } = close([send(a, b, { feeWei: spareWei })]);
    expect(refused).toEqual([]);
    expect(ledger.chargedWei.get(b.nodeId)).toBe(spareWei);
    const over = close([send(a, b, { feeWei: spareWei + 1n })]);
    expect(over.refused.map(({ code }) => code)).toEqual(["fee-uncovered"]);
    expect(over.charges).toEqual([]);
    expect(genesis.parameters.slashEquivocationPpm).toBe(500_000);
  });

  it("count only so many of one requester, and not those that are refused", () => {
    const { a, b, c, send, close } = world({ receiptsPerRequester: 2 });
    const bad = [0, 1].map((i) => send(a, c, { request: hashOf(`bad ${i}`), tokensOut: 0 }));
    const good = [0, 1, 2].map((i) => send(b, c, { request: hashOf(`${i}`), feeWei: 5n }));
    const { refused, payments } = close([...bad, ...good]);
    expect(refused.map(({ code }) => code)).toEqual(["receipt-flops", "receipt-flops", "receipt-limit"]);
    expect(payments.filter(({ reason }) => reason === "fee")).toHaveLength(2);
  });
});
