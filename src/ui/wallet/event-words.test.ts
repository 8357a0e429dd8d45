import { expect, it } from "vitest";
import type { ChainEvent } from "../../app/parley.ts";
import { eventWords, placeWords } from "./event-words.ts";

const place = { blockNumber: 12, blockHash: "b".repeat(64), transaction: "c".repeat(64), logIndex: 0 };
const nodeId = `${"a".repeat(60)}beef`;
const account = `0x${"1".repeat(40)}` as const;
const atMs = Date.UTC(2026, 10, 30, 12);

it("a delegation and its way back are told with amount, node and day", () => {
  const amountWei = 12_500_000_000_000_000_000n;
  const delegated: ChainEvent = { ...place, kind: "delegated", nodeId, account, amountWei };
  expect(eventWords(delegated)).toBe("Delegated 12.5 PAR to node aaaaaaaa…beef");
  expect(eventWords({ ...delegated, kind: "undelegated", withdrawableAtMs: atMs })).toBe(
    "Took 12.5 PAR back that were delegated to node aaaaaaaa…beef; can be withdrawn from 30 November 2026",
  );
});

it("a lock is told with its end", () => {
  expect(eventWords({ ...place, kind: "locked", nodeId, account, untilMs: atMs })).toBe(
    "Locked the stake of node aaaaaaaa…beef until 30 November 2026",
  );
});

it("an event has its age where the endpoint told its time, and its block in any case", () => {
  const event: ChainEvent = { ...place, kind: "withdrawn", account, amountWei: 1n };
  expect(placeWords(event, atMs)).toBe("block 12");
  expect(placeWords({ ...event, timestampMs: atMs - 180_000 }, atMs)).toBe("block 12, 3 min ago");
});
