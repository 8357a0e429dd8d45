import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LoggedTransaction, TransactionLog } from "../transaction-log.ts";

export interface TransactionLogUnderTest {
  /** Another tab's view of the same log; the first one is of an empty log. */
  open(): TransactionLog;
  dispose(): Promise<void>;
}

/** Promises of the TransactionLog port. */
export function describeTransactionLog(name: string, make: () => Promise<TransactionLogUnderTest>): void {
  describe(`TransactionLog: ${name}`, () => {
    let subject: TransactionLogUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("gives back what was written, in its order, from any place on, also after it was closed", async () => {
      const log = subject.open();
      expect(await log.after(0)).toEqual([]);
      for (const number of [1, 2, 3]) expect(await log.append(entry(number))).toBe(true);
      expect(await log.after(1)).toEqual([entry(2), entry(3)]);
      log.close();
      expect(await subject.open().after(0)).toEqual([entry(1), entry(2), entry(3)]);
    });

    it("takes each place once, and no place before its turn", async () => {
      const log = subject.open();
      expect(await log.append(entry(2))).toBe(false);
      expect(await log.append(entry(1))).toBe(true);
      expect(await log.append({ ...entry(1), timestampSeconds: 9 })).toBe(false);
      expect(await log.after(0)).toEqual([entry(1)]);
    });

    it("lets one of several tabs that write at once have a place", async () => {
      const tabs = [subject.open(), subject.open(), subject.open()];
      const written = await Promise.all(
        tabs.map((tab, index) => tab.append({ ...entry(1), raw: Uint8Array.of(index) })),
      );
      expect(written.filter((done) => done).length).toBe(1);
      const [kept] = await subject.open().after(0);
      expect(kept?.raw).toEqual(Uint8Array.of(written.indexOf(true)));
    });
  });
}

function entry(number: number): LoggedTransaction {
  return {
    number,
    timestampSeconds: 1_700_000_000 + number,
    raw: Uint8Array.of(2, number),
    blockHash: String(number).repeat(64),
  };
}
