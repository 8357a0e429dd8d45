import type { CheckerId } from "../scenarios/scenario.ts";
import { anchors } from "./anchors.ts";
import type { Checker, Watched } from "./checker.ts";
import { conservation } from "./conservation.ts";
import { liarsLose } from "./liars-lose.ts";
import { noHonestSlashed } from "./no-honest-slashed.ts";
import { nothingLost } from "./nothing-lost.ts";
import { progress } from "./progress.ts";
import { roots } from "./roots.ts";

export type { Checker } from "./checker.ts";

const CHECKERS: Readonly<Record<CheckerId, (watched: Watched) => Checker>> = {
  roots,
  "nothing-lost": nothingLost,
  conservation,
  "no-honest-slashed": noHonestSlashed,
  "liars-lose": liarsLose,
  progress,
  anchors,
};

/** All of them; what a scenario excuses is put aside when it fails. */
export function makeCheckers(watched: Watched): readonly Checker[] {
  return Object.values(CHECKERS).map((make) => make(watched));
}
