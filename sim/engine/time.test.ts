import { describe, expect, it } from "vitest";
import { NodeClock } from "./node-clock.ts";
import { EventQueue } from "./queue.ts";

/** Lets virtual time pass. */
function advance(queue: EventQueue, ms: number): void {
  const untilMs = queue.nowMs() + ms;
  for (let next = queue.nextMs(); next !== undefined && next <= untilMs; next = queue.nextMs()) {
    queue.runNext(() => {});
  }
  queue.skipTo(untilMs);
}

describe("the event queue", () => {
  it("lets things happen in the order of their times, deliveries of a moment before its timers", () => {
    const queue = new EventQueue(0);
    const happened: string[] = [];
    for (const atMs of [50, 10, 30, 10, 70, 20]) queue.at(atMs, () => happened.push(`timer ${atMs}`));
    queue.deliver(10, 1, 2, 3);
    while (queue.nextMs() !== undefined)
      queue.runNext((packet, from, to) => happened.push(`${packet} ${from} ${to}`));
    expect(happened).toEqual([
      "1 2 3",
      "timer 10",
      "timer 10",
      "timer 20",
      "timer 30",
      "timer 50",
      "timer 70",
    ]);
    expect(queue.nowMs()).toBe(70);
  });

  it("keeps the order of ten thousand random times", () => {
    const queue = new EventQueue(0);
    const ran: number[] = [];
    for (let at = 0; at < 10_000; at++) {
      const atMs = (at * 7_919) % 4_001;
      queue.at(atMs, () => ran.push(atMs));
    }
    advance(queue, 5_000);
    expect(ran).toHaveLength(10_000);
    expect(ran).toEqual(ran.toSorted((a, b) => a - b));
  });
});

describe("a node's clock", () => {
  it("is off and drifts as it was set, and its timers go by it", () => {
    const queue = new EventQueue(1_000_000);
    const clock = new NodeClock(queue);
    clock.set(5_000, 1_000);
    expect(clock.nowMs()).toBe(1_005_000);
    const firedAtMs: number[] = [];
    clock.at(1_015_010, () => firedAtMs.push(queue.nowMs()));
    advance(queue, 20_000);
    expect(firedAtMs).toEqual([1_010_000]);
    expect(clock.nowMs()).toBe(1_025_020);
  });

  it("jumps, and timers that are due by then fire", () => {
    const queue = new EventQueue(0);
    const clock = new NodeClock(queue);
    const firedAtMs: number[] = [];
    clock.at(60_000, () => firedAtMs.push(queue.nowMs()));
    advance(queue, 1_000);
    clock.set(120_000, 0);
    advance(queue, 1);
    expect(firedAtMs).toEqual([1_000]);
  });

  it("lets a sleeping tab's timers fire late, in their order, and a dead one's never", () => {
    const queue = new EventQueue(0);
    const clock = new NodeClock(queue);
    const fired: string[] = [];
    clock.at(200, () => fired.push("second"));
    clock.at(100, () => fired.push("first"));
    clock.freeze();
    advance(queue, 1_000);
    expect(fired).toEqual([]);
    clock.thaw();
    advance(queue, 1);
    expect(fired).toEqual(["first", "second"]);
    clock.at(2_000, () => fired.push("never"));
    clock.kill();
    advance(queue, 5_000);
    expect(fired).toEqual(["first", "second"]);
  });
});
