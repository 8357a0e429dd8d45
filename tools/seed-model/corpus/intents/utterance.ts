import type { Entity } from "../../../../src/app/assistant/entities/entity.ts";
import { recognise } from "../../../../src/app/assistant/entities/recognise.ts";
import {
  INTENT_TABLE,
  type IntentName,
  MARK_KINDS,
  type MarkKind,
} from "../../../../src/app/assistant/intents.ts";
import { modelWords } from "../../../../src/app/assistant/model-words.ts";
import type { ChatMessage } from "../../../../src/ports/chat.ts";
import type { SeededRandom } from "../../random.ts";
import { CORPUS_NOW_MS, contractName, someAmount, somebody, surface } from "./surfaces.ts";

/** What the model reads and what it is to write. */
export interface Utterance {
  /** As a person typed it. */
  readonly words: string;
  /** The words with marks, as `interpret` gives them to the model. */
  readonly message: ChatMessage;
  /** Slots hold labels and fixed values. */
  readonly intent: { readonly intent: IntentName } & Readonly<Record<string, string>>;
}

interface Place {
  readonly slot: string;
  readonly start: number;
  readonly end: number;
}

const TAG = /<(~)?([a-z]+)(?:([:=])([a-z]+))?>/g;
const SHARES = [
  "all my tokens",
  "everything",
  "all",
  "half",
  "half of my stake",
  "all of it",
  "half of it",
  "all my stake",
  "half my tokens",
  "everything i have",
  "all of my coins",
  "the maximum",
];
/** Percentages: slots that are not said so that they can be marked, and shares in place of amounts. */
const VAGUE = 4;
const SHARE = 9;

/** Fills the tags, recognises what deterministic code recognises, and points the slots at it. */
export function writeUtterance(intent: IntentName, tagged: string, random: SeededRandom): Utterance {
  const fixed: Record<string, string> = {};
  const places: Place[] = [];
  let words = "";
  let at = 0;
  for (const match of tagged.matchAll(TAG)) {
    const [tag, distractor, name = "", separator, detail = ""] = match;
    words += tagged.slice(at, match.index);
    at = match.index + tag.length;
    if (separator === "=") fixed[name] = detail;
    else if (distractor !== undefined) words += surface(kindNamed(name), random);
    else {
      const start = words.length;
      words += writeSlot(intent, name, detail, random);
      places.push({ slot: name, start, end: words.length });
    }
  }
  words = (words + tagged.slice(at)).replace(/^\s+/, (space) => {
    places.forEach((place, index) => {
      places[index] = { ...place, start: place.start - space.length, end: place.end - space.length };
    });
    return "";
  });
  const entities = recognise(words, { nowMs: CORPUS_NOW_MS });
  return {
    words,
    message: modelWords(words, entities),
    intent: { intent, ...slotsOf(intent, fixed, places, entities) },
  };
}

function writeSlot(intent: IntentName, slot: string, detail: string, random: SeededRandom): string {
  if (random.chance(VAGUE)) {
    if (slot === "amount") return someAmount(random);
    if (slot === "to") return somebody(random);
  }
  if (
    slot === "amount" &&
    (intent === "send" || intent === "stake" || intent === "unstake") &&
    random.chance(SHARE)
  ) {
    return random.pick(SHARES);
  }
  if (slot === "amount" && intent === "donate-limits") {
    return `${random.pick(["5", "10", "15", "20", "25", "30", "40", "50", "60", "75", "80", "90", "1", "2", "4", "8"])}${random.pick(["%", "%", "%", " percent", " %", " cores", " GB", " threads"])}`;
  }
  const kinds = INTENT_TABLE[intent]?.slots[slot]?.marks ?? ["name"];
  const kind = detail === "" ? random.pick(kinds) : kindNamed(detail);
  if (slot === "contract" && kind === "name") return contractName(random);
  return surface(kind, random);
}

function slotsOf(
  intent: IntentName,
  fixed: Readonly<Record<string, string>>,
  places: readonly Place[],
  entities: readonly Entity[],
): Record<string, string> {
  const slots: Record<string, string> = {};
  for (const [slot, { marks }] of Object.entries(INTENT_TABLE[intent]?.slots ?? {})) {
    const value = fixed[slot];
    if (value !== undefined) slots[slot] = value;
    const place = places.find((candidate) => candidate.slot === slot);
    if (place === undefined || marks === undefined) continue;
    const entity = entities.find(
      ({ start, end, value: { kind } }) => start < place.end && end > place.start && marks.includes(kind),
    );
    if (entity !== undefined) slots[slot] = entity.label;
  }
  return slots;
}

function kindNamed(name: string): MarkKind {
  const kind = MARK_KINDS.find((candidate) => candidate === name);
  if (kind === undefined) throw new SyntaxError(`unknown kind <${name}>`);
  return kind;
}
