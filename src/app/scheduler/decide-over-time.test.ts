import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Circumstances, laneShares, PPM } from "./circumstances.ts";
import { decide, mayPromise, PATIENCE_MS, QUANTUM_MS } from "./decide.ts";
import { duty, NOW, under, work } from "./decide-fixtures.ts";
import { KINDS, LANES, type Lane, type Work, type WorkKind } from "./work.ts";

/** Of duties: how long each takes, and when it is due. */
const LENGTHS = fc.array(
  fc.record({ restMs: fc.integer({ min: 1, max: 9_000 }), inMs: fc.integer({ min: 0, max: 30_000 }) }),
  { minLength: 1, maxLength: 6 },
);

/** Runs decisions in steps of 100 ms; `arrive` says what is new. Gives what each work had, in milliseconds. */
function simulate(
  works: Work[],
  forMs: number,
  now: Circumstances,
  arrive: (atMs: number, held: readonly Work[]) => Work[] = () => [],
) {
  const STEP_MS = 100;
  const usedMs: Record<Lane, number> = { job: 0, training: 0, management: 0 };
  const had = new Map<string, number>();
  const done = new Map<string, number>();
  const givenBack: string[] = [];
  let held = [...works];
  for (let atMs = 0; atMs < forMs; atMs += STEP_MS) {
    held.push(...arrive(atMs, held));
    const nowMs = NOW.nowMs + atMs;
    const { run, handBack } = decide(held, { ...now, nowMs, usedMs });
    givenBack.push(...handBack.keys());
    held = held.flatMap((one): Work[] => {
      if (handBack.has(one.id)) return [];
      const runs = run.has(one.id);
      const sinceMs = runs === one.isRunning ? one.sinceMs : nowMs;
      if (!runs) return [{ ...one, isRunning: false, sinceMs }];
      usedMs[KINDS[one.kind].lane] += STEP_MS;
      had.set(one.id, (had.get(one.id) ?? 0) + STEP_MS);
      const restMs = one.restMs - STEP_MS;
      if (restMs <= 0) done.set(one.id, nowMs + STEP_MS);
      const waitedMs = one.isRunning ? one.waitedMs : nowMs - one.sinceMs;
      return restMs <= 0
        ? []
        : [{ ...one, restMs, leastMs: restMs, isBegun: true, isRunning: true, sinceMs, waitedMs }];
    });
  }
  return { usedMs, had, done, givenBack };
}

describe("over time", () => {
  it("lanes that all have work get their shares", () => {
    fc.assert(
      fc.property(fc.integer({ min: 50_000, max: 950_000 }), (jobSharePpm) => {
        const endless = { restMs: 10_000_000 };
        const short = (kind: WorkKind) => work(kind, { restMs: 2_000 });
        const arrive = (_: number, held: readonly Work[]) =>
          (["prompt", "housekeeping"] as const)
            .filter((kind) => held.every((one) => one.kind !== kind))
            .map(short);
        const { usedMs } = simulate([work("train", endless)], 1_200_000, under({ jobSharePpm }), arrive);
        const total = usedMs.job + usedMs.training + usedMs.management;
        const shares = laneShares({ jobSharePpm });
        for (const lane of LANES) {
          expect(Math.abs(usedMs[lane] / total - shares[lane] / PPM)).toBeLessThan(0.02);
        }
      }),
      { numRuns: 8 },
    );
  });

  it("nothing starves: a run goes on under a stream of duties that leaves room for it", () => {
    const arrive = (atMs: number) =>
      atMs % 1_000 === 0 ? [work("check", { restMs: 900, deadlineMs: NOW.nowMs + atMs + 60_000 })] : [];
    const train = work("train", { restMs: 30_000 });
    const personal = work("personal", { restMs: 30_000, queuedAtMs: NOW.nowMs + 1 });
    const { done, givenBack } = simulate([train, personal], 1_500_000, NOW, arrive);
    expect(givenBack).toEqual([]);
    expect(done.has(train.id)).toBe(true);
    expect(done.has(personal.id)).toBe(true);
  });

  it("no promised duty is late, however long others have waited", () => {
    fc.assert(
      fc.property(
        LENGTHS,
        fc.array(fc.constantFrom<WorkKind>("train", "personal", "prompt")),
        (lengths, kinds) => {
          const promised: Work[] = [];
          for (const { restMs, inMs } of lengths) {
            const one = duty(inMs, { restMs: Math.ceil(restMs / 100) * 100 });
            if (mayPromise(one, promised, NOW) === undefined) promised.push(one);
          }
          const others = kinds.map((kind) =>
            work(kind, { restMs: 50_000, sinceMs: NOW.nowMs - PATIENCE_MS - QUANTUM_MS, queuedAtMs: 0 }),
          );
          // A prompt cannot be held: where one is under way, what it takes was counted before.
          const held = others.filter(({ kind }) => KINDS[kind].isPreemptible);
          const { done, givenBack } = simulate([...held, ...promised], 90_000, NOW);
          expect(givenBack).toEqual([]);
          for (const one of promised) expect(done.get(one.id)).toBeLessThanOrEqual(one.deadlineMs ?? 0);
        },
      ),
      { numRuns: 60 },
    );
  });
});
