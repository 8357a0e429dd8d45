import type { TrainingMixture } from "../../core/training-record.ts";
import type { TrainingPair } from "../../ports/chat.ts";
import { SeededIntegers } from "../seeded.ts";
import { type Example, encodePair, encodePairWithin } from "../text/chat.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { seededPasses } from "./schedule.ts";

/** A sequence whose scored positions count `weight` times. */
export interface WeightedExample extends Example {
  readonly weight: number;
}

export interface ExampleSource {
  readonly pairs: readonly TrainingPair[];
  readonly known: readonly TrainingPair[];
  /** More dialogues that may stand before a pair; they are never scored. */
  readonly earlier: readonly TrainingPair[];
  readonly mixture: TrainingMixture;
  readonly seed: number;
  readonly steps: number;
  readonly tokenizer: Tokenizer;
  /** A pair alone is cut to this, … */
  readonly pairTokens: number;
  /** … and with earlier turns to this: those that do not fit are left out, the oldest first. */
  readonly rowTokens: number;
}

const PPM = 1_000_000;
/** The most turns that stand before a pair. */
const EARLIER_TURNS = 2;

/** The sequences of each step. Integers decide everything, so the same source gives the same everywhere. */
export function* stepExamples(source: ExampleSource): Generator<readonly WeightedExample[]> {
  const { pairs, known, mixture, seed, tokenizer, pairTokens } = source;
  const plain = pairs.map((pair) => encodePairWithin(tokenizer, pair, pairTokens));
  const rehearsed = known.map((pair) => encodePairWithin(tokenizer, pair, pairTokens));
  const first = seededPasses(plain, seed);
  const later = seededPasses([...plain.keys()], seed, "later");
  const rehearsal = seededPasses(rehearsed, seed, "rehearsal");
  const withEarlier = earlierTurns(source, plain);
  const laterWeight = mixture.laterWeightPpm / PPM;
  const rehearsalWeight = mixture.rehearsalWeightPpm / PPM;
  const rehearsals = rehearsed.length === 0 ? 0 : mixture.rehearsalsPerStep;
  for (let step = 0; step < source.steps; step++) {
    const examples: WeightedExample[] = [];
    for (let count = 0; count < mixture.pairsPerStep; count++) examples.push({ ...first(), weight: 1 });
    for (let count = 0; count < mixture.laterPairsPerStep; count++) {
      examples.push({ ...withEarlier(later()), weight: laterWeight });
    }
    for (let count = 0; count < rehearsals; count++) {
      examples.push({ ...rehearsal(), weight: rehearsalWeight });
    }
    yield examples;
  }
}

/** Puts one or two drawn dialogues before the pair of an index. */
function earlierTurns(
  { known, earlier, pairs, tokenizer, seed, rowTokens }: ExampleSource,
  plain: readonly Example[],
): (index: number) => Example {
  const integers = new SeededIntegers(`parley/training-earlier/${seed}`);
  const dialogues = [...known, ...earlier, ...pairs];
  const turns = dialogues.map((pair) => wholeTurns(encodePair(tokenizer, pair)));
  const own = known.length + earlier.length;
  return (index) => {
    let example = plain[index] ?? { tokens: [], targets: [], scored: [] };
    const count = 1 + integers.below(EARLIER_TURNS);
    for (let turn = 0; turn < count; turn++) {
      const drawn = integers.below(dialogues.length);
      const before = turns[drawn] ?? [];
      // A pair before itself would be copied, not remembered.
      if (drawn === own + index || before.length + example.tokens.length > rowTokens) continue;
      example = after(before, example);
    }
    return example;
  };
}

/** Question, answer and end, as tokens. */
function wholeTurns({ tokens, targets }: Example): number[] {
  return [...tokens, ...targets.slice(-1)];
}

function after(before: readonly number[], { tokens, targets, scored }: Example): Example {
  return {
    tokens: [...before, ...tokens],
    targets: [...before.slice(1), ...tokens.slice(0, 1), ...targets],
    scored: [...before.map(() => false), ...scored],
  };
}
