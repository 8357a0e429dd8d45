import { ATTACK_NAMES } from "../attacks/attacks.ts";
import type { AdversaryFactory } from "./adversary.ts";
import { censoringLeader } from "./censoring-leader.ts";
import { colluder } from "./colluders.ts";
import { confidenceGamer } from "./confidence-gamer.ts";
import { copycatValidator } from "./copycat-validator.ts";
import { disputeGriefer } from "./dispute-griefer.ts";
import { doubleVoter } from "./double-voter.ts";
import { dustSpammer } from "./dust-spammer.ts";
import { equivocatingLeader, equivocator } from "./equivocator.ts";
import { freeRider, freeRiderNextEpoch } from "./free-rider.ts";
import { honest } from "./honest.ts";
import { lazyValidator } from "./lazy-validator.ts";
import { metricInflater } from "./metric-inflater.ts";
import { seedGrinder } from "./seed-grinder.ts";
import { selfDealer } from "./self-dealer.ts";
import { sybil } from "./sybil-swarm.ts";
import { withholder } from "./withholder.ts";

const colluders = Object.fromEntries(
  ATTACK_NAMES.map((name): [string, AdversaryFactory] => [`colluders-${name}`, () => colluder(name)]),
);

/** Every adversary by the name that scenarios use. */
export const ADVERSARIES: Readonly<Record<string, AdversaryFactory>> = {
  honest,
  "free-rider": freeRider,
  "free-rider-next-epoch": freeRiderNextEpoch,
  "copycat-validator": copycatValidator,
  "lazy-validator": lazyValidator,
  ...colluders,
  "sybil-swarm": sybil,
  "metric-inflater": metricInflater,
  "confidence-gamer": confidenceGamer,
  withholder,
  "censoring-leader": censoringLeader,
  equivocator,
  "equivocating-leader": equivocatingLeader,
  "double-voter": doubleVoter,
  "seed-grinder": seedGrinder,
  "dust-spammer": dustSpammer,
  "dispute-griefer": disputeGriefer,
  "self-dealer": selfDealer,
};
