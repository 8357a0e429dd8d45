import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NodeId } from "../../core/primitives.ts";
import type { Wallet } from "../chain.ts";
import type { ChainEvents } from "../chain-events.ts";
import type { ChainEvent, ChainRecords } from "../chain-records.ts";
import { accountOf, hash } from "./stakers.ts";

const TOKEN_WEI = 10n ** 18n;
/** Well within what any network allows, and later than any block of these tests. */
const LOCK_MS = 20 * 86_400_000;

export interface ChainEventsUnderTest {
  readonly records: ChainRecords;
  /** On the same records, as a page opens it. */
  open(): ChainEvents;
  /** Connected, with an account of its own that holds tokens. */
  newWallet(): Promise<Wallet>;
  /** A stake for the node whose id is this digit, in the newest block; gives the wallet of a new account that staked. */
  stake(digit: string): Promise<Wallet>;
  /** Time of the newest block, in Unix ms. */
  headMs(): Promise<number>;
  dispose(): Promise<void>;
}

/** A chain that others have a say in. */
export interface SharedChainEventsUnderTest extends ChainEventsUnderTest {
  /** An empty block in the place of the newest one. */
  reorganise(): Promise<void>;
  unplug(): Promise<void>;
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
      expect(await nodesOf(subject.records)).toEqual(["a"]);
      await subject.stake("b");
      await subject.open().follow();
      expect(await nodesOf(subject.records)).toEqual(["b", "a"]);
    });

    it("tells an account what it delegated and took back, how much, and when it can have it", async () => {
      await subject.stake("a");
      const wallet = await subject.newWallet();
      await wallet.delegate({ nodeId: hash("a"), amountWei: 12n * TOKEN_WEI });
      const delegatedMs = await subject.headMs();
      await wallet.undelegate({ nodeId: hash("a"), shares: 5n * TOKEN_WEI });
      await subject.open().follow();
      const [undelegated, delegated, ...others] = await eventsOf(wallet);
      expect(others).toEqual([]);
      expect(delegated).toMatchObject({
        kind: "delegated",
        nodeId: hash("a"),
        amountWei: 12n * TOKEN_WEI,
        timestampMs: delegatedMs,
      });
      expect(undelegated).toMatchObject({ kind: "undelegated", amountWei: 5n * TOKEN_WEI });
      const withdrawableAtMs = undelegated?.kind === "undelegated" ? undelegated.withdrawableAtMs : 0;
      expect(withdrawableAtMs).toBeGreaterThan(await subject.headMs());
    });

    it("tells who staked for a node until when it is locked, also where the stake was read long before", async () => {
      const wallet = await subject.stake("a");
      const firstUntilMs = await lock(wallet, hash("a"), LOCK_MS);
      await subject.open().follow();
      const untilMs = await lock(wallet, hash("a"), 2 * LOCK_MS);
      const other = await subject.stake("b");
      await subject.open().follow();
      expect(await eventsOf(wallet)).toMatchObject([
        { kind: "locked", nodeId: hash("a"), untilMs },
        { kind: "locked", nodeId: hash("a"), untilMs: firstUntilMs },
        { kind: "staked" },
      ]);
      expect(await eventsOf(other)).toMatchObject([{ kind: "staked" }]);
    });

    async function lock(wallet: Wallet, nodeId: NodeId, durationMs: number): Promise<number> {
      const untilSeconds = Math.floor(((await subject.headMs()) + durationMs) / 1_000);
      await wallet.lock({ nodeId, untilSeconds });
      return untilSeconds * 1_000;
    }

    function eventsOf(wallet: Wallet): Promise<readonly ChainEvent[]> {
      return subject.records.events({ account: accountOf(wallet), limit: 9 });
    }
  });
}

/** Promises of the ChainEvents port about a chain that can take back what it said, and be away. */
export function describeSharedChainEvents(
  name: string,
  make: () => Promise<SharedChainEventsUnderTest>,
): void {
  describeChainEvents(name, make);
  describe(`ChainEvents of a chain of others: ${name}`, () => {
    let subject: SharedChainEventsUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("takes back what a reorganisation took back", async () => {
      const events = subject.open();
      await subject.stake("a");
      await subject.stake("b");
      await events.follow();
      await subject.reorganise();
      expect((await events.follow()).undoneBlocks).toBe(1);
      expect(await nodesOf(subject.records)).toEqual(["a"]);
      await subject.stake("c");
      await events.follow();
      expect(await nodesOf(subject.records)).toEqual(["c", "a"]);
    });

    it("says that the chain is unreachable, and loses nothing", async () => {
      await subject.stake("a");
      const events = subject.open();
      await events.follow();
      await subject.unplug();
      await expect(events.follow()).rejects.toMatchObject({ data: { code: "chain-unreachable" } });
      expect(await nodesOf(subject.records)).toEqual(["a"]);
    });
  });
}

async function nodesOf(records: ChainRecords): Promise<(string | undefined)[]> {
  const events = await records.events({ limit: 100 });
  return events.flatMap((event) => (event.kind === "staked" ? [event.nodeId[0]] : []));
}
