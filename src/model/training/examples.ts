import type { TrainingMixture } from "../../core/training-record.ts";
import type { TrainingPair } from "../../ports/chat.ts";
import { SeededIntegers } from "../seeded.ts";
import { type Example, encodePairWithin } from "../text/chat.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { seededPasses } from "./schedule.ts";

/** Question and answer as a part of a step. */
export interface Turn extends Example {
  /** The same turn never comes twice in a dialogue, where it would be copied and not remembered. */
  readonly id: string;
  /** What its scored positions count. */
  readonly weight: number;
  /** Place among the turns of a row. */
  readonly order: number;
  /** It goes on the dialogue of the turn before it in its row, and does not begin its own. */
  readonly chained: boolean;
}

export interface ExampleSource {
  readonly pairs: readonly TrainingPair[];
  readonly known: readonly TrainingPair[];
  /** Stand before pairs where nothing is known, and are never learned. */
  readonly earlier: readonly TrainingPair[];
  readonly mixture: TrainingMixture;
  readonly seed: number;
  readonly steps: number;
  readonly tokenizer: Tokenizer;
  /** A turn is cut to this. */
  readonly turnTokens: number;
}

const PPM = 1_000_000;

/** The turns of each step. Integers decide everything, so the same source gives the same everywhere. */
export function* stepExamples(source: ExampleSource): Generator<readonly Turn[]> {
  const { pairs, mixture, seed, tokenizer, turnTokens } = source;
  const turnsOf = (list: readonly TrainingPair[], kind: string, weight: number) =>
    list.map((pair, index) => ({
      ...encodePairWithin(tokenizer, pair, turnTokens),
      id: `${kind} ${index}`,
      weight,
    }));
  const rehearsalWeight = mixture.rehearsalWeightPpm / PPM;
  const unlearned = turnsOf(source.earlier, "earlier", 0).map((turn) => ({
    ...turn,
    scored: turn.scored.map(() => false),
  }));
  const drawPair = seededPasses(turnsOf(pairs, "pair", 1), seed);
  const known = source.known.length > 0 ? turnsOf(source.known, "known", rehearsalWeight) : unlearned;
  const drawKnown = seededPasses(known, seed, "rehearsal");
  const rehearsals = known.length === 0 ? 0 : mixture.rehearsalsPerStep;
  const integers = new SeededIntegers(`parley/training-dialogues/${seed}`);
  for (let step = 0; step < source.steps; step++) {
    const drawn = [
      ...Array.from({ length: mixture.pairsPerStep }, drawPair),
      ...Array.from({ length: rehearsals }, drawKnown),
    ];
    yield drawn.map((turn) => ({
      ...turn,
      order: integers.next(),
      chained: integers.below(PPM) < mixture.chainedPpm,
    }));
  }
}
