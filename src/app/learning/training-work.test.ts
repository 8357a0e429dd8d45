import { describe, expect, it } from "vitest";
import { LIMITS } from "../../core/limits.ts";
import { TrainingWatch, type TrainingWork } from "./training-work.ts";

const MEMORY = { memoryBytes: 150_000_000 };

/** What a page has seen after the steps `first` to `last` of `total`, whose losses fall by one from `total` on. */
function watched(first: number, last: number, total: number): TrainingWork {
  const watch = new TrainingWatch();
  let work = watch.next({ step: "Loading", done: 3, total: 7 });
  for (let done = first; done <= last; done++) {
    work = watch.next({ step: "Learning", done, total, lossMicroNats: total - done, ...MEMORY });
  }
  return work;
}

describe("a training run as a page shows it", () => {
  it("has a point a step while it is short, and no point for what comes before the first step", () => {
    expect(watched(1, 3, 4)).toEqual({
      step: "Learning",
      done: 3,
      total: 4,
      lossesMicroNats: [3, 2, 1],
      ...MEMORY,
    });
    expect(watched(1, 0, 4).lossesMicroNats).toEqual([]);
  });

  it("says from which step it was continued", () => {
    expect(watched(1, 4, 40).continuedFromStep).toBeUndefined();
    expect(watched(11, 13, 40)).toMatchObject({ continuedFromStep: 10, lossesMicroNats: [29, 28, 27] });
  });

  it("has a bounded number of points that are means", () => {
    const total = LIMITS.trainingCurvePoints * 3;
    const { lossesMicroNats } = watched(1, total, total);
    expect(lossesMicroNats).toHaveLength(LIMITS.trainingCurvePoints);
    expect(lossesMicroNats.slice(0, 2)).toEqual([total - 2, total - 5]);
  });

  it("keeps the curve while the result is measured", () => {
    const watch = new TrainingWatch();
    watch.next({ step: "Learning", done: 1, total: 1, lossMicroNats: 9 });
    const measuring = watch.next({ step: "Measuring on the benchmark", done: 0, total: 0 });
    expect(measuring).toMatchObject({ step: "Measuring on the benchmark", lossesMicroNats: [9] });
  });
});
