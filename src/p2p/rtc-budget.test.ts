import { expect, test } from "vitest";
import { LIMITS } from "../core/limits.ts";
import { RtcBudget } from "./rtc-budget.ts";

function spent(used: number, open: number): RtcBudget {
  const budget = new RtcBudget();
  for (let index = 0; index < used; index++) {
    const connection = {};
    budget.made(connection);
    if (index >= open) budget.ended(connection);
  }
  return budget;
}

test("counts what was made and what is open, and an end only once", () => {
  const budget = new RtcBudget();
  const [one, other] = [{}, {}];
  budget.made(one);
  budget.made(other);
  budget.ended(one);
  budget.ended(one);
  expect(budget.status()).toEqual({ used: 2, allowed: LIMITS.rtcConnectionsPerPage, open: 1 });
});

test("stops to dial at the bound of open connections, accepts a few more, and says how many to end", () => {
  const full = spent(LIMITS.openRtcConnections, LIMITS.openRtcConnections);
  expect([full.mayDial(0), full.mayAccept(0), full.excess()]).toEqual([false, true, 0]);
  const over = spent(LIMITS.openRtcConnections + 8, LIMITS.openRtcConnections + 8);
  expect([over.mayDial(0), over.mayAccept(0), over.excess()]).toEqual([false, false, 8]);
});

test("with few connections left only needed links are made, and none when they are used up", () => {
  const few = spent(LIMITS.rtcConnectionsPerPage - 100, 0);
  expect([few.mayDial(5), few.mayDial(6), few.mayAccept(11), few.mayAccept(12)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  const none = spent(LIMITS.rtcConnectionsPerPage, 0);
  expect([none.mayDial(0), none.mayAccept(0)]).toEqual([false, false]);
  expect(spent(10, 0).mayDial(40)).toBe(true);
});
