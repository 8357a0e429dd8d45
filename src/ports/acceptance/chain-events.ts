import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChainEvents } from "../chain-events.ts";
import type { ChainRecords } from "../chain-records.ts";

export interface ChainEventsUnderTest {
  readonly records: ChainRecords;
  /** On the same records, as a page opens it. */
  open(): ChainEvents;
  /** A stake for the node whose id is this digit, in the newest block. */
  stake(digit: string): Promise<void>;
  /** An empty block in the place of the newest one. */
  reorganise(): Promise<void>;
  unplug(): Promise<void>;
  dispose(): Promise<void>;
}

/** Promises of the ChainEvents port. */
export function describeChainEvents(name: string, make: () => Promise<ChainEventsUnderTest>): void {
  describe(`ChainEvents: ${name}`, () => {
    let subject: ChainEventsUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("reads up to the head, and goes on there after a reload", async () => {
      await subject.stake("a");
      const first = await subject.open().follow();
      expect(first.tip?.number).toBe(first.headNumber);
      expect(await nodes()).toEqual(["a"]);
      await subject.stake("b");
      await subject.open().follow();
      expect(await nodes()).toEqual(["b", "a"]);
    });

    it("takes back what a reorganisation took back", async () => {
      const events = subject.open();
      await subject.stake("a");
      await subject.stake("b");
      await events.follow();
      await subject.reorganise();
      expect((await events.follow()).undoneBlocks).toBe(1);
      expect(await nodes()).toEqual(["a"]);
      await subject.stake("c");
      await events.follow();
      expect(await nodes()).toEqual(["c", "a"]);
    });

    it("says that the chain is unreachable, and loses nothing", async () => {
      await subject.stake("a");
      const events = subject.open();
      await events.follow();
      await subject.unplug();
      await expect(events.follow()).rejects.toMatchObject({ data: { code: "chain-unreachable" } });
      expect(await nodes()).toEqual(["a"]);
    });

    async function nodes(): Promise<(string | undefined)[]> {
      const events = await subject.records.events({ limit: 100 });
      return events.flatMap((event) => (event.kind === "staked" ? [event.nodeId[0]] : []));
    }
  });
}
