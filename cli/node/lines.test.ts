import { expect, test } from "vitest";
import { lineLog } from "./log.ts";
import { type PeerFacts, statusFields, statusText } from "./status.ts";

const facts: PeerFacts = {
  clock: { epoch: 12, phase: "verify", phaseStartMs: 0, phaseEndMs: 1 },
  head: { epoch: 11, root: "3f2a".repeat(16) },
  network: {
    state: "online",
    peers: [
      { nodeId: "1".repeat(64), peerId: "a", link: "direct", connectedAtMs: 0 },
      { nodeId: "2".repeat(64), peerId: "b", link: "relayed", connectedAtMs: 0 },
      { nodeId: "3".repeat(64), peerId: "c", link: "direct", connectedAtMs: 0 },
    ],
    relays: [],
    refused: {},
  },
  node: { nodeId: "4".repeat(64), donating: true, staked: true, work: undefined, dueWei: 5n, claimedWei: 0n },
  pinner: { epoch: 11, held: 40, missing: [] },
  blocks: { count: 214, bytes: 3_250_586 },
  endpoints: [
    { url: "https://one.example", state: "healthy", headNumber: 90, tookMs: 40, answeredAtMs: 5 },
    { url: "https://two.example", state: "unreachable", pausedUntilMs: 9 },
  ],
  openTransactions: 0,
  memoryBytes: 190_840_832,
};

test("a line has time, level and text, and is one line", () => {
  const lines: string[] = [];
  const log = lineLog(
    false,
    (line) => lines.push(line),
    () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  );
  log("warn", "two\n  lines", { code: "x" });
  expect(lines).toEqual(["2026-01-02T03:04:05Z warn   two lines\n"]);
});

test("machines get JSON with every field, amounts as text", () => {
  const lines: string[] = [];
  const log = lineLog(
    true,
    (line) => lines.push(line),
    () => 0,
  );
  log("status", "fine", { dueWei: 5n, epoch: 3 });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: "1970-01-01T00:00:00.000Z", level: "status", text: "fine", dueWei: "5", epoch: 3 },
  ]);
});

test("the status says where the node stands", () => {
  expect(statusText(facts)).toBe(
    "epoch 12 (verify) · peers 2 direct, 1 relayed · head 11 3f2a3f2a3f2a · blocks 214 (3.1 MiB) · chain 1 of 2 endpoints · memory 182 MiB · donating",
  );
  expect(statusFields(facts)).toMatchObject({
    epoch: 12,
    direct: 2,
    relayed: 1,
    headEpoch: 11,
    blocks: 214,
    missingBlocks: 0,
    endpoints: [
      { url: "https://one.example", state: "healthy" },
      { state: "unreachable", pausedUntilMs: 9 },
    ],
  });
  expect(statusText({ ...facts, openTransactions: 2 })).toContain("endpoints, 2 transactions open");
  const new_ = { ...facts, clock: undefined, head: { epoch: -1, root: "0".repeat(64) } };
  expect(statusText(new_)).toMatch(/^before the first epoch · .* head: genesis/);
});
