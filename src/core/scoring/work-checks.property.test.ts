import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOf } from "../../../vectors/lib/world.ts";
import type { Hash, NodeId } from "../primitives.ts";
import { type ShownWork, unprovedWork, workCheck, workChecks } from "./work-checks.ts";

/** Five drawn validators, of whom the first `size` sit on the panel. */
const DRAWN: readonly NodeId[] = [0, 1, 2, 3, 4].map((i) => hashOf(`validator ${i}`));
const trueDigest = (nodeId: NodeId): Hash => hashOf(`logits of ${nodeId}`);

/**
 * What one member does. A copycat takes metrics and checks of the first other member, with a digest that it makes up; a liar
 * did the work and gives false checks of some; colluders make up digests and recognise each other's.
 */
const behaviour = fc.constantFrom("honest", "lazy", "copycat", "liar", "mute", "colluder", "refuses");
type Behaviour = "honest" | "lazy" | "copycat" | "liar" | "mute" | "colluder" | "refuses";

const panels = fc.array(fc.record({ does: behaviour, weight: fc.integer({ min: 10_000, max: 1_000_000 }) }), {
  minLength: 1,
  maxLength: 5,
});

function shown(nodeId: NodeId, does: Behaviour, colluders: readonly NodeId[]): ShownWork[] {
  const truth = workChecks(nodeId, DRAWN.map(trueDigest));
  const noise = DRAWN.map((other) => hashOf(`noise ${nodeId} ${other}`).slice(0, 32));
  const madeUp = hashOf(`made up ${nodeId}`);
  switch (does) {
    case "honest":
      return [{ author: nodeId, workDigest: trueDigest(nodeId), checks: truth }];
    case "lazy":
      return [{ author: nodeId, workDigest: madeUp, checks: noise }];
    case "copycat":
      // The best that a copycat can do: it knows the digests of those who have spoken, but not its own.
      return [{ author: nodeId, workDigest: madeUp, checks: truth }];
    case "liar":
      return [{ author: nodeId, workDigest: trueDigest(nodeId), checks: noise }];
    case "colluder": {
      const digests = DRAWN.map((other) =>
        colluders.includes(other) ? hashOf(`made up ${other}`) : hashOf(`noise ${other}`),
      );
      return [{ author: nodeId, workDigest: madeUp, checks: workChecks(nodeId, digests) }];
    }
    case "mute":
      return [{ author: nodeId, workDigest: trueDigest(nodeId), checks: [] }];
    case "refuses":
      return [];
  }
}

function judge(panel: readonly { does: Behaviour; weight: number }[]) {
  const idOf = (i: number) => DRAWN[i] ?? "";
  const colluders = panel.flatMap(({ does }, i) => (does === "colluder" ? [idOf(i)] : []));
  const work = panel.flatMap(({ does }, i) => shown(idOf(i), does, colluders));
  const weights = new Map(panel.map(({ weight }, i) => [idOf(i), weight]));
  return unprovedWork(DRAWN, work, (nodeId) => weights.get(nodeId) ?? 0);
}

const equal = (...all: Behaviour[]) => all.map((does) => ({ does, weight: 500_000 }));
const asideOf = (...all: Behaviour[]) =>
  DRAWN.flatMap((nodeId, i) => (judge(equal(...all)).has(nodeId) ? [i] : []));

describe("work checks", () => {
  it("never put an honest member aside, and everyone else who measured, while the honest hold more than half", () => {
    const isHonestMajority = (panel: readonly { does: Behaviour; weight: number }[]) =>
      panel.reduce((sum, { does, weight }) => sum + (does === "honest" ? weight : -weight), 0) > 0;
    fc.assert(
      fc.property(panels.filter(isHonestMajority), (panel) => {
        const aside = judge(panel);
        panel.forEach(({ does }, i) => {
          expect(aside.has(DRAWN[i] ?? "")).toBe(does !== "honest" && does !== "refuses");
        });
      }),
      { numRuns: 400 },
    );
  });

  it("stand alone where nobody else measured, and with two only when they recognise each other", () => {
    expect(asideOf("honest")).toEqual([]);
    expect(asideOf("honest", "refuses", "refuses")).toEqual([]);
    expect(asideOf("honest", "honest")).toEqual([]);
    expect(asideOf("honest", "lazy")).toEqual([0, 1]);
  });

  it("let two honest of three win over a liar who denies both", () => {
    expect(asideOf("honest", "honest", "liar")).toEqual([2]);
    expect(asideOf("liar", "honest", "honest")).toEqual([0]);
  });

  it("recognise nobody in a panel that made everything up", () => {
    expect(asideOf("lazy", "lazy", "lazy")).toEqual([0, 1, 2]);
    expect(asideOf("copycat", "lazy", "copycat")).toEqual([0, 1, 2]);
  });

  it("cannot tell colluders who hold more than half: what that takes is the majority itself", () => {
    expect(asideOf("colluder", "colluder", "honest")).toEqual([2]);
    expect(asideOf("colluder", "honest", "honest")).toEqual([0]);
  });

  it("show nobody its own digest", () => {
    const [first = "", second = ""] = DRAWN;
    expect(workCheck(first, trueDigest(second))).not.toBe(workCheck(second, trueDigest(second)));
    expect(workCheck(first, trueDigest(second))).toHaveLength(32);
  });
});
