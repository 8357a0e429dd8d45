/** Scenarios that would give one state two certified successors, if votes did not bind. */
import type { AdversaryFactory } from "../adversaries/adversary.ts";
import { lateVoter, WITHHELD_EPOCH } from "../adversaries/late-voter.ts";
import type { Fault } from "../engine/faults.ts";
import type { Plan, Scenario } from "./scenario.ts";

const LIARS_PPM = 300_000;
const PPM = 1_000_000;

/**
 * In epoch e, so many honest nodes sleep that the public votes for its set are just short of two thirds; liars sign too, and keep
 * it to themselves. In epoch e + 1 everybody is awake, and a set is proposed that follows the same state. Liars, who
 * are cut off with one honest node, bring out their votes there: that node follows the first set. So nobody who voted for it may have
 * helped to certify the second. It takes about 40 nodes, and seeds in which no liar leads then.
 */
const withheldVotes: Scenario = {
  id: "withheld-votes",
  summary: "Some sign a root secretly, and certify it when others have certified another one.",
  gangs: [{ adversary: "late-voter", nodesPpm: LIARS_PPM, stakePpm: LIARS_PPM }],
  faults: (plan) => [...sleepers(plan), cutOff(plan)],
};

function sleepers({ nodes, startMs, epochMs }: Plan): Fault[] {
  const honest = honestOf(nodes);
  const count = Math.floor(honest - (nodes * 2) / 3) + 1;
  const epochStartMs = startMs + WITHHELD_EPOCH * epochMs;
  // From before its signing until the next epoch's verification, when it cannot be signed any more.
  const atMs = epochStartMs + Math.floor((epochMs * 44) / 60);
  const untilMs = epochStartMs + epochMs + Math.floor((epochMs * 36) / 60);
  return Array.from({ length: count }, (_, node): Fault => ({ kind: "sleep", node, atMs, untilMs }));
}

function cutOff({ nodes, startMs, epochMs }: Plan): Fault {
  const honest = honestOf(nodes);
  const liars = Array.from({ length: nodes - honest }, (_, at) => honest + at);
  const epochStartMs = startMs + WITHHELD_EPOCH * epochMs;
  return {
    kind: "partition",
    groups: [[honest - 1, ...liars]],
    atMs: epochStartMs + epochMs - 1_000,
    untilMs: epochStartMs + 2 * epochMs + 5_000,
  };
}

const honestOf = (nodes: number): number => nodes - Math.max(1, Math.floor((nodes * LIARS_PPM) / PPM));

export const VOTE_SCENARIOS: readonly Scenario[] = [withheldVotes];

export const VOTE_ADVERSARIES: Readonly<Record<string, AdversaryFactory>> = { "late-voter": lateVoter };
