/** Scenarios in which somebody cheats: nearly always with 30 % of the nodes and of the stake. */
import type { CheckerId, Scenario } from "./scenario.ts";

const SHARE_PPM = 300_000;
/** So many honest nodes run the app's own code; the others, which also dispute and audit, are light. */
const FULL_NODES = 2;

interface Cheating extends Pick<Scenario, "summary" | "without"> {
  readonly nodesPpm?: number;
  readonly stakePpm?: number;
}

/** Outside of their trick they work as honest nodes do, and are paid for that work: what the trick adds is measured elsewhere. */
const WORKS_TOO: Partial<Record<CheckerId, string>> = {
  "liars-lose":
    "outside of the trick they do honest work, and a few per cent of luck in the draw decide who earns more",
};

const CHEATING: Readonly<Record<string, Cheating>> = {
  "free-rider": { summary: "Some train nothing, and reveal as their own what others have just revealed." },
  "free-rider-next-epoch": {
    summary: "Some train nothing, and submit the best delta of the last epoch again.",
    without: {
      "liars-lose":
        "a delta that helps a second time is paid a second time: utility is measured, not who thought of it",
    },
  },
  "copycat-validator": { summary: "Some copy metrics and digest from other validators' attestations." },
  "lazy-validator": { summary: "Some pass everything as it was reported, with digests that they made up." },
  "colluders-sign-flip": {
    summary: "30 % collude: opposite deltas, passed by their own committee members.",
  },
  "colluders-scaled-noise": {
    summary: "30 % collude: long noise, passed by their own committee members.",
  },
  "colluders-backdoor": { summary: "30 % collude: deltas of poisoned data, as long as honest ones." },
  "colluders-inner-product": {
    summary: "30 % collude: the opposite of what honest deltas have in common.",
  },
  "colluders-small-and-many": {
    summary: "30 % collude: deltas that hide inside the spread of honest ones.",
    without: WORKS_TOO,
  },
  "sybil-swarm": {
    summary:
      "One person's 30 % of the stake, split into as many names as the minimum allows, and one delta for all of them.",
    nodesPpm: 460_000,
    without: {
      "liars-lose":
        "rewards and draws grow with log(1 + stake): many small stakes have more than one large one",
    },
  },
  "metric-inflater": { summary: "Some report a lower loss than their deltas have." },
  "confidence-gamer": {
    summary: "Some always say the confidence whose bucket has the lowest mean.",
    without: {
      "liars-lose":
        "an easier bucket adds at most (1 + alpha) / (1 + alpha / 2) to a score, a fifth by default",
    },
  },
  withholder: { summary: "Some commit and never reveal." },
  "censoring-leader": { summary: "Some leave out what others submitted when they lead.", without: WORKS_TOO },
  "double-voter": { summary: "Some vote twice in one epoch, for different roots." },
  equivocator: { summary: "Some say two things at once, to different neighbours: commits, or votes." },
  "equivocating-leader": {
    summary: "Some show two message sets when they lead: a good one to most, another to one neighbour.",
    nodesPpm: 100_000,
    stakePpm: 100_000,
    without: {
      "liars-lose":
        "only who has led has done it: until then they are honest, and afterwards half of their stake is gone",
    },
  },
  "seed-grinder": {
    summary: "Some try bundles and message sets until they like who is drawn.",
    without: WORKS_TOO,
  },
  "dust-spammer": {
    summary: "Some flood the network with tiny, valid messages that have no place in any epoch.",
  },
  "dispute-griefer": { summary: "Some dispute every verdict." },
  "self-dealer": {
    summary: "Some sign each other receipts for answers that nobody gave.",
    without: WORKS_TOO,
  },
};

export const CHEATING_SCENARIOS: readonly Scenario[] = Object.entries(CHEATING).map(
  ([adversary, { summary, without, nodesPpm = SHARE_PPM, stakePpm = SHARE_PPM }]): Scenario => ({
    id: adversary,
    summary,
    gangs: [{ adversary, nodesPpm, stakePpm }],
    trainersPpm: 600_000,
    fullNodes: FULL_NODES,
    ...(without === undefined ? {} : { without }),
  }),
);
