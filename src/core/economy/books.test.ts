import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOf, makeGenesis, seedOf } from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import type { Address } from "../primitives.ts";
import type { Payment, State } from "../state.ts";
import { Books } from "./books.ts";
import { checkConservation } from "./conservation.ts";
import { chargeAmountWei, paymentAmountWei } from "./explain.ts";

const NODES = [hashOf("node a"), hashOf("node b"), hashOf("node c")] as const;
const SOURCES = [cidOf(seedOf("source a")), cidOf(seedOf("source b"))] as const;
const STAKE_WEI = 1_000n;

const account = (nodeId: string): Address => `0x${nodeId.slice(0, 40)}`;
const payment = (nodeId: string, source: string, amountWei: bigint): Payment => ({
  account: account(nodeId),
  nodeId,
  reason: "validation",
  source,
  amountWei,
});

/** Stakes shrink from epoch to epoch below what was charged, as when a node takes its stake out. */
const stakeIn = (epoch: number) => (epoch % 3 === 2 ? STAKE_WEI / 2n : STAKE_WEI);

function booksOf(state: State, epoch: number): Books {
  return new Books({
    state,
    epoch,
    stakeOf: (nodeId) => (NODES.some((known) => known === nodeId) ? stakeIn(epoch) : 0n),
  });
}

const entry = fc.record({
  act: fc.constantFrom("charge", "slash", "pay", "mint", "escrow", "cancel", "withhold"),
  nodeId: fc.constantFrom(...NODES, hashOf("stranger")),
  source: fc.constantFrom(...SOURCES),
  amountWei: fc.bigInt({ min: -5n, max: 2_000n }),
  sharePpm: fc.integer({ min: 0, max: 1_000_000 }),
  delay: fc.integer({ min: 0, max: 3 }),
});
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

function enter(
  books: Books,
  epoch: number,
  { act, nodeId, source, amountWei, sharePpm, delay }: Entry,
): void {
  switch (act) {
    case "charge":
      books.charge(nodeId, "fee", source, amountWei);
      return;
    case "slash":
      books.slash(nodeId, "wrong-verdict", source, sharePpm);
      return;
    case "pay":
      books.pay(payment(nodeId, source, amountWei));
      return;
    case "mint":
      books.mint(payment(nodeId, source, amountWei), epoch + delay);
      return;
    case "escrow":
      books.escrow(payment(nodeId, source, amountWei), epoch + delay);
      return;
    case "cancel":
      books.cancel(source);
      return;
    case "withhold":
      books.withhold(source);
  }
}

const fresh = genesisState(makeGenesis());
const afterClosing = (state: State, epoch: number, books: Books): State => ({
  ...state,
  epoch,
  ...books.close().ledger,
});

describe("books", () => {
  it("conserve every wei, go below zero nowhere, and take no more than a stake, whatever is entered", () => {
    fc.assert(
      fc.property(fc.array(fc.array(entry, { maxLength: 12 }), { maxLength: 6 }), (epochs) => {
        let state = fresh;
        epochs.forEach((entries, epoch) => {
          const books = booksOf(state, epoch);
          for (const one of entries) enter(books, epoch, one);
          const { ledger } = books.close();
          for (const [nodeId, wei] of ledger.chargedWei) {
            expect(wei).toBeGreaterThan(0n);
            expect(wei).toBeLessThanOrEqual(STAKE_WEI);
            if (wei !== state.chargedWei.get(nodeId)) expect(wei).toBeLessThanOrEqual(stakeIn(epoch));
          }
          for (const [nodeId, wei] of state.balancesDue) {
            expect(ledger.balancesDue.get(nodeId)).toBeGreaterThanOrEqual(wei);
          }
          expect(ledger.poolWei).toBeGreaterThanOrEqual(0n);
          expect(ledger.pending.every(({ amountWei }) => amountWei > 0n)).toBe(true);
          state = { ...state, epoch, ...ledger };
          expect(checkConservation(state)).toBeUndefined();
        });
      }),
      { numRuns: 300 },
    );
  });

  it("explain every payment and charge by numbers that give the amount again", () => {
    fc.assert(
      fc.property(fc.array(fc.array(entry, { maxLength: 12 }), { maxLength: 4 }), (epochs) => {
        let state = fresh;
        epochs.forEach((entries, epoch) => {
          const books = booksOf(state, epoch);
          for (const one of entries) enter(books, epoch, one);
          const { ledger, payments, charges, explanations } = books.close();
          for (const one of explanations.payments) expect(paymentAmountWei(one)).toBe(one.payment.amountWei);
          for (const one of explanations.charges) expect(chargeAmountWei(one)).toBe(one.charge.amountWei);
          expect(explanations.charges.map(({ charge }) => charge)).toEqual(charges);
          const explained = explanations.payments.map((one) => one.payment);
          for (const paid of payments) expect(explained).toContain(paid);
          state = { ...state, epoch, ...ledger };
        });
      }),
    );
  });

  it("hold pay back until its epoch, over epochs that nobody closed", () => {
    const first = booksOf(fresh, 0);
    first.mint(payment(NODES[0], SOURCES[0], 70n), 3);
    const held = afterClosing(fresh, 0, first);
    expect(held.balancesDue.size).toBe(0);
    expect(held.issuedWei).toBe(70n);
    const between = afterClosing(held, 1, booksOf(held, 1));
    expect(between.pending).toEqual(held.pending);
    const paid = afterClosing(between, 7, booksOf(between, 7));
    expect(paid.pending).toEqual([]);
    expect(paid.balancesDue.get(account(NODES[0]))).toBe(70n);
  });

  it("move cancelled pay to the pool once, and leave the pay of other sources alone", () => {
    const first = booksOf(fresh, 0);
    first.mint(payment(NODES[0], SOURCES[0], 70n), 3);
    first.mint(payment(NODES[1], SOURCES[0], 5n), 3);
    first.mint(payment(NODES[1], SOURCES[1], 9n), 3);
    const held = afterClosing(fresh, 0, first);
    const second = booksOf(held, 1);
    expect([second.cancel(SOURCES[0]), second.cancel(SOURCES[0])]).toEqual([75n, 0n]);
    const { explanations } = second.close();
    expect(explanations.cancelled.map(({ amountWei }) => amountWei).sort()).toEqual([5n, 70n]);
    const cancelled = afterClosing(held, 1, second);
    expect(cancelled.poolWei).toBe(75n);
    const third = booksOf(cancelled, 2);
    expect(third.cancel(SOURCES[0])).toBe(0n);
    expect(afterClosing(cancelled, 2, third).poolWei).toBe(75n);
    expect(cancelled.pending.map(({ amountWei }) => amountWei)).toEqual([9n]);
  });

  it("pay from the pool only what is in it", () => {
    const books = booksOf(fresh, 0);
    expect(books.pay(payment(NODES[0], SOURCES[0], 10n))).toBe(0n);
    books.charge(NODES[1], "fee", null, 7n);
    expect(books.pay(payment(NODES[0], SOURCES[0], 10n))).toBe(7n);
    expect(books.poolWei).toBe(0n);
  });

  it("find a ledger that is not conserved", () => {
    const error = checkConservation({ ...fresh, poolWei: 1n });
    expect(error?.code).toBe("not-conserved");
  });
});
