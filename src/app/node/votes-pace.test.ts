import { expect, test } from "vitest";
import { VotesPace } from "./votes-pace.ts";

/** Seconds at which it asked, looking every second. */
function asked(
  pace: VotesPace,
  root: string,
  peers: readonly string[],
  [from, until]: readonly [number, number],
) {
  const seconds = Array.from({ length: until - from }, (_, at) => from + at);
  return seconds.filter((second) => pace.isDue(second * 1_000, root, peers));
}

test("while nobody has votes peers are asked ever more rarely, at last every five minutes", () => {
  expect(asked(new VotesPace(), "root", ["a"], [0, 1_300])).toEqual([
    0, 10, 30, 70, 150, 310, 610, 910, 1_210,
  ]);
});

test("a peer that was not asked is asked soon", () => {
  const pace = new VotesPace();
  asked(pace, "root", ["a"], [0, 200]);
  expect(asked(pace, "root", ["a", "b"], [200, 300])).toEqual([200, 210, 230, 270]);
});

test("a peer that goes makes nobody ask again", () => {
  const pace = new VotesPace();
  asked(pace, "root", ["a", "b"], [0, 200]);
  expect(asked(pace, "root", ["a"], [200, 300])).toEqual([]);
});

test("after a new root it begins anew, ten seconds after the last question at the earliest", () => {
  const pace = new VotesPace();
  asked(pace, "root", ["a"], [0, 155]);
  expect(asked(pace, "next", ["a"], [155, 200])).toEqual([160, 170, 190]);
});
