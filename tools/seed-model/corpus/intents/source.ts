import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { INTENT_TABLE, type IntentName } from "../../../../src/app/assistant/intents.ts";
import { SeededRandom } from "../../random.ts";
import { expand } from "../pattern.ts";
import { CONTRACT_PHRASES } from "./contracts.ts";
import { EVERYDAY_CONTRACTS } from "./everyday/contracts.ts";
import { EVERYDAY_GOVERNANCE } from "./everyday/governance.ts";
import { EVERYDAY_MODEL_AND_HELP } from "./everyday/model-and-help.ts";
import { EVERYDAY_NETWORK } from "./everyday/network.ts";
import { EVERYDAY_WALLET } from "./everyday/wallet.ts";
import { LEAD_INS, NEGATIONS, ORDERS, QUESTIONS, REPORTS, SHOWS, TRAILERS } from "./frames.ts";
import { GOVERNANCE_PHRASES } from "./governance.ts";
import { gerund, past } from "./grammar.ts";
import { MODEL_AND_HELP } from "./model-and-help.ts";
import { NETWORK_PHRASES } from "./network.ts";
import { roughen } from "./noise.ts";
import { GENERAL, NEAR_MISSES, OUTSIDE } from "./outside.ts";
import type { Phrases } from "./phrases.ts";
import { UNCLEAR } from "./unclear.ts";
import { type Utterance, writeUtterance } from "./utterance.ts";
import { WALLET } from "./wallet.ts";
import { WORDS } from "./words.ts";

export const PHRASES: readonly Phrases[] = [
  ...WALLET,
  ...GOVERNANCE_PHRASES,
  ...NETWORK_PHRASES,
  ...CONTRACT_PHRASES,
  ...MODEL_AND_HELP,
  ...EVERYDAY_WALLET,
  ...EVERYDAY_GOVERNANCE,
  ...EVERYDAY_NETWORK,
  ...EVERYDAY_CONTRACTS,
  ...EVERYDAY_MODEL_AND_HELP,
];

const DRAW: readonly Phrases[] = PHRASES.flatMap((phrases) =>
  Array<Phrases>(phrases.weight ?? 10).fill(phrases),
);
/** Verb phrases that questions, negations and reports are made of: what only speaks to the assistant makes none. */
const WITH_ORDERS = PHRASES.filter(({ orders, intent }) => orders !== undefined && intent !== "help");
const NEGATED = WITH_ORDERS.filter(({ intent }) => intent !== "donate-limits" && intent !== "stop-donating");

/** Percentages of the draws. */
const NONE = 25;
const UNCLEAR_SHARE = 7;
const DOUBLES = 50;
const LEAD_IN = 12;
const TRAILER = 10;
const INSTEAD = 3;
/** One core phrase in so many is only for the development set. */
const DEVELOPMENT_SHARE = 20;

/** A sentence with its tags still in it. */
interface Sentence {
  readonly intent: IntentName;
  readonly text: string;
  readonly question: boolean;
}

/** Whether a core phrase (tags not filled in) is kept from training to measure with. */
export function isDevelopment(core: string): boolean {
  const [first = 0, second = 0] = sha256(utf8ToBytes(`intent/${core}`));
  return (first * 256 + second) % DEVELOPMENT_SHARE === 0;
}

/** An endless, seeded stream of utterances with their intents; for training, or of phrases that training never shows. */
export class IntentSource {
  readonly #random: SeededRandom;
  readonly #development: boolean;

  constructor(label: string, development = false) {
    this.#random = new SeededRandom(label);
    this.#development = development;
  }

  next(): Utterance {
    const random = this.#random;
    const { intent, text, question } = this.#sentence();
    return writeUtterance(intent, roughen(this.#surround(text), question, random), random);
  }

  #sentence(): Sentence {
    const draw = this.#random.below(100);
    if (draw < NONE) return this.#none();
    if (draw < NONE + UNCLEAR_SHARE) return this.#unclear();
    return this.#intent(this.#random.pick(DRAW));
  }

  #intent(phrases: Phrases): Sentence {
    const random = this.#random;
    const { intent, orders = [], shows = [], says = [] } = phrases;
    const kinds = [
      ...Array<"order">(orders.length === 0 ? 0 : 10).fill("order"),
      ...Array<"show">(shows.length === 0 ? 0 : 6).fill("show"),
      ...Array<"say">(says.length === 0 ? 0 : 6).fill("say"),
    ];
    const kind = random.pick(kinds);
    if (kind === "say") {
      const text = this.#core(says);
      return {
        intent,
        text,
        question: /^(what|how|why|who|where|when|which|is|are|am|do|did|does|was|has)\b/.test(text),
      };
    }
    if (kind === "show") return { intent, text: this.#framed(SHOWS, this.#core(shows)), question: false };
    const order = this.#framed(ORDERS, this.#core(orders));
    if (!random.chance(INSTEAD)) return { intent, text: order, question: false };
    const other = withoutSlots(this.#core(random.pick(NEGATED).orders ?? []));
    const text = random.pick([
      `don't ${other}, ${order}`,
      `do not ${other}, ${order} instead`,
      `not ${gerund(other)}, ${order}`,
      `instead of ${gerund(other)}, ${order}`,
      `forget about ${gerund(other)}, ${order}`,
      `${other}... no wait, ${order}`,
    ]);
    return { intent, text, question: false };
  }

  #none(): Sentence {
    const random = this.#random;
    const draw = random.below(100);
    if (draw < 36) return this.#about(QUESTIONS, WITH_ORDERS, true);
    if (draw < 48) return this.#about(NEGATIONS, NEGATED, false);
    if (draw < 56) return this.#about(REPORTS, WITH_ORDERS, false);
    if (draw < 70) return none(this.#core(GENERAL), true);
    if (draw < 86) return none(this.#core(OUTSIDE), false);
    return none(this.#core(NEAR_MISSES), false);
  }

  #about(frames: readonly string[], pool: readonly Phrases[], question: boolean): Sentence {
    const core = this.#core(this.#random.pick(pool).orders ?? []);
    return none(this.#framed(frames, withoutSlots(core)), question);
  }

  #unclear(): Sentence {
    const random = this.#random;
    if (!random.chance(DOUBLES)) return { intent: "unclear", text: this.#core(UNCLEAR), question: false };
    const first = random.pick(WITH_ORDERS);
    const others = WITH_ORDERS.filter(({ intent }) => intent !== first.intent);
    const one = this.#core(first.orders ?? []);
    const two = this.#core(random.pick(others).orders ?? []);
    const joint = random.pick([
      " and ",
      " and then ",
      ", then ",
      " and also ",
      ", after that ",
      " plus ",
      ". also ",
      "; ",
      " & ",
      ", and ",
    ]);
    const text = this.#framed(ORDERS, withoutSlots(one)) + joint + withoutSlots(two);
    return { intent: "unclear", text, question: false };
  }

  /** Written from one of the patterns, and of the right side of the split. */
  #core(patterns: readonly string[]): string {
    for (let tries = 0; ; tries++) {
      const core = expand(this.#random.pick(patterns), this.#random, WORDS);
      if (isDevelopment(core) === this.#development || tries > 400) return core;
    }
  }

  #framed(frames: readonly string[], core: string): string {
    const frame = expand(this.#random.pick(frames), this.#random, WORDS);
    const silent = Array.from(core.matchAll(SILENT), ([tag]) => tag).join("");
    const phrase = core.replace(SILENT, "").trim();
    const text = frame.replace("%ing", gerund(phrase)).replace("%ed", past(phrase)).replace("%", phrase);
    return silent + text;
  }

  /** Sentences around it that ask for nothing. */
  #surround(text: string): string {
    const random = this.#random;
    let whole = text;
    if (random.chance(LEAD_IN)) whole = `${expand(random.pick(LEAD_INS), random, WORDS)} ${whole}`;
    if (random.chance(TRAILER))
      whole = `${whole}${random.pick([".", ",", "", "!"])} ${expand(random.pick(TRAILERS), random, WORDS)}`;
    return whole;
  }
}

/** `<slot=value>`: sets a slot and says nothing. */
const SILENT = /<[a-z]+=[a-z]+>/g;

/** The same words where nothing in them is a slot any more. */
function withoutSlots(core: string): string {
  return core
    .replace(SILENT, "")
    .replace(/<(?!~)([a-z]+)(?::([a-z]+))?>/g, (_, slot: string, kind: string | undefined) => {
      return `<~${kind ?? KIND_OF_SLOT[slot] ?? "name"}>`;
    });
}

const KIND_OF_SLOT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(INTENT_TABLE).flatMap(({ slots }) =>
    Object.entries(slots).flatMap(([slot, { marks }]) =>
      marks === undefined ? [] : [[slot, marks.at(-1) ?? "name"]],
    ),
  ),
);

function none(text: string, question: boolean): Sentence {
  return { intent: "none", text, question };
}
