import { expect, test } from "vitest";
import { LIMITS } from "../core/limits.ts";
import { LinkWish } from "./link-wish.ts";

test("a node that lacks something wishes for more links, step by step up to the bound, and forgets it", () => {
  const wish = new LinkWish();
  const usual = wish.links(0);
  wish.lacks(0);
  wish.lacks(3_999);
  const more = wish.links(3_999);
  expect(more).toBeGreaterThan(usual);
  wish.lacks(4_000);
  expect(wish.links(4_000)).toBeGreaterThan(more);
  const nowMs = 1_000_000;
  for (let atMs = 10_000; atMs <= nowMs; atMs += 10_000) wish.lacks(atMs);
  expect(wish.links(nowMs)).toBe(LIMITS.openRtcConnections);
  expect(wish.links(nowMs + 299_999)).toBe(LIMITS.openRtcConnections);
  expect(wish.links(nowMs + 300_000)).toBe(usual);
});
