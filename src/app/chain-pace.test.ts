import { expect, test } from "vitest";
import { chainPace } from "./chain-pace.ts";

test("a network of quick epochs is watched closely, one whose epochs take an hour seldom", () => {
  expect(chainPace(20_000)).toEqual({ nodeMs: 3_000, walletMs: 4_000, registryMs: 1_000 });
  expect(chainPace(120_000)).toEqual({ nodeMs: 6_000, walletMs: 8_000, registryMs: 2_000 });
  expect(chainPace(3_600_000)).toEqual({ nodeMs: 30_000, walletMs: 20_000, registryMs: 15_000 });
});
