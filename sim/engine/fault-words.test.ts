import { expect, test } from "vitest";
import { faultWords } from "./fault-words.ts";
import type { Fault } from "./faults.ts";

const NAMES = ["node 0", "node 1", "node 2", "node 3"];
const since = { atMs: 0, untilMs: 1 };

test.each<[Fault, string, string]>([
  [
    { ...since, kind: "partition", groups: [[0]] },
    "The network is split: 1 and 3 nodes",
    "The network is healed",
  ],
  [
    {
      ...since,
      kind: "partition",
      groups: [
        [0, 1],
        [2, 3],
      ],
    },
    "The network is split: 2 and 2 nodes",
    "The network is healed",
  ],
  [{ ...since, kind: "deaf", from: 0, to: 2 }, "node 2 does not hear node 0", "node 2 hears node 0 again"],
  [
    { ...since, kind: "rough", lossPpm: 155_000, duplicatePpm: 0, reorderMs: 1_500 },
    "The network is rough: 15.5 % of messages are lost, some come up to 1500 ms late",
    "The network is smooth again",
  ],
  [
    { ...since, kind: "slow", node: 1, delayMs: 900 },
    "node 1 has slow links, 900 ms more each way",
    "node 1 has its usual links again",
  ],
  [{ ...since, kind: "sleep", node: 1 }, "node 1 falls asleep", "node 1 wakes"],
  [{ ...since, kind: "crash", node: 1 }, "node 1 dies", "node 1 comes back from its disk"],
  [
    { ...since, kind: "disk-full", node: 1 },
    "The disk of node 1 is full",
    "The disk of node 1 has room again",
  ],
  [
    { ...since, kind: "drift", node: 1, offsetMs: -5_000, ratePpm: 200 },
    "The clock of node 1 is 5000 ms slow, running 200 ppm too fast",
    "The clock of node 1 is right again",
  ],
  [{ ...since, kind: "chain-stops" }, "The chain stops", "The chain goes on"],
  [
    { ...since, kind: "chain-reorganises", depth: 3 },
    "The chain replaces its last 3 blocks",
    "The chain goes on with its new blocks",
  ],
])("%o is told in words, when it begins and when it is over", (fault, begins, over) => {
  expect(faultWords(fault, true, NAMES)).toBe(begins);
  expect(faultWords(fault, false, NAMES)).toBe(over);
});
