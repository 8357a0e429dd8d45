import { expect, test } from "vitest";
import { usesTurn } from "./turn.ts";

/** As browsers report it; `chosen` is what the transport names. */
function statsOf(candidates: Readonly<Record<string, string>>, chosen?: string) {
  const pairs = [
    { id: "over-turn", localCandidateId: "relay", remoteCandidateId: "srflx" },
    { id: "to-turn", localCandidateId: "prflx", remoteCandidateId: "relay" },
    { id: "direct", localCandidateId: "host", remoteCandidateId: "srflx" },
  ];
  const entries: readonly (readonly [string, object])[] = [
    ...Object.entries(candidates).map(
      ([id, candidateType]) => [id, { type: "candidate", candidateType }] as const,
    ),
    ...pairs.map((pair) => [pair.id, { type: "candidate-pair", state: "succeeded", ...pair }] as const),
    ["T", { type: "transport", ...(chosen === undefined ? {} : { selectedCandidatePairId: chosen }) }],
  ];
  return new Map(entries);
}

const CANDIDATES = { relay: "relay", srflx: "srflx", prflx: "prflx", host: "host" };

test.each([
  ["over-turn", true],
  ["to-turn", true],
  ["direct", false],
] as const)(
  "a link is over TURN when either end of the chosen way is a TURN server's: %s",
  (chosen, expected) => {
    expect(usesTurn(statsOf(CANDIDATES, chosen))).toBe(expected);
  },
);

test("before a way is chosen nothing is said", () => {
  expect(usesTurn(statsOf(CANDIDATES))).toBeUndefined();
  expect(usesTurn(new Map())).toBeUndefined();
});

test("a browser that marks the chosen pair instead of naming it is understood", () => {
  const stats = statsOf(CANDIDATES);
  stats.set("over-turn", { ...stats.get("over-turn"), selected: true });
  expect(usesTurn(stats)).toBe(true);
});
