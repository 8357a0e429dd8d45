import { expect, test } from "vitest";
import type { Announcement } from "./announcement.ts";
import { ANNOUNCED_LIFE_MS, KnownPeers } from "./known-peers.ts";

const said = (peer: string, sequence = 1, network = "one"): Announcement => ({
  network,
  peer,
  addresses: [],
  sequence,
});
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function peersAt(limit = 10) {
  const clock = { nowMs: 1_000_000 };
  const known = new KnownPeers(limit, () => clock.nowMs);
  const names = (network = "one"): string[] =>
    known.list(network).map(({ announcement }) => announcement.peer);
  return { clock, known, names };
}

test("the newest announcement of a peer counts, whichever comes first", () => {
  const { known } = peersAt();
  expect(known.learn(said("a", 5), bytesOf("5"))).toBe(true);
  expect(known.learn(said("a", 4), bytesOf("4"))).toBe(false);
  expect(known.of("one", "a")?.sequence).toBe(5);
  expect(known.learn(said("a", 6), bytesOf("6"))).toBe(true);
  expect(known.list("one").map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual(["6"]);
});

test("the same announcement again is passed on, in other bytes it is not", () => {
  const { known } = peersAt();
  known.learn(said("a"), bytesOf("a"));
  expect([known.learn(said("a"), bytesOf("a")), known.learn(said("a"), bytesOf("A"))]).toEqual([true, false]);
});

test("what was handed on is as old as its first hearing: it cannot go round for ever", () => {
  const { clock, known, names } = peersAt();
  known.learn(said("a"), bytesOf("a"), ANNOUNCED_LIFE_MS - 1_000);
  expect(names()).toEqual(["a"]);
  // The same again, as if it were new.
  known.learn(said("a"), bytesOf("a"));
  clock.nowMs += 2_000;
  expect(names()).toEqual([]);
  expect(known.of("one", "a")).toBeUndefined();
  expect(known.learn(said("b"), bytesOf("b"), ANNOUNCED_LIFE_MS)).toBe(false);
});

test("of more peers than are remembered the one heard longest ago goes", () => {
  const { clock, known, names } = peersAt(3);
  for (const peer of ["a", "b", "c", "d"]) {
    clock.nowMs += 1;
    known.learn(said(peer), bytesOf(peer));
  }
  expect(names()).toEqual(["d", "c", "b"]);
});

test("networks are told apart, also where one peer is in two of them", () => {
  const { known, names } = peersAt();
  known.learn(said("a", 9, "one"), bytesOf("1"));
  expect(known.learn(said("a", 1, "two"), bytesOf("2"))).toBe(true);
  expect([names("one"), names("two"), names("three")]).toEqual([["a"], ["a"], []]);
});
