import { describe, expect, it } from "vitest";
import { SpeedMeter } from "./speed.ts";

describe("the speed of a link", () => {
  it("is said in whole bytes, also where it is slow, and forgets", () => {
    let nowMs = 0;
    const meter = new SpeedMeter(() => nowMs);
    expect(meter.bytesIn(1_000)).toBe(Number.POSITIVE_INFINITY);
    meter.start();
    nowMs = 61;
    meter.add(47_000);
    const before = meter.bytesIn(1_000);
    expect(Number.isInteger(before)).toBe(true);
    expect(before).toBe(Math.floor((47_000 / 61) * 1_000));
    nowMs = 200;
    meter.add(100);
    expect(meter.bytesIn(1_000)).toBeLessThan(before);
  });

  it("stalls only while something is awaited", () => {
    let nowMs = 0;
    const meter = new SpeedMeter(() => nowMs);
    meter.start();
    nowMs = 3_000;
    expect(meter.stalledMs).toBe(3_000);
    meter.pause();
    expect(meter.stalledMs).toBe(0);
  });
});
