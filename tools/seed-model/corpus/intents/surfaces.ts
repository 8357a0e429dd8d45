import { checksumAddress } from "../../../../src/app/assistant/entities/addresses.ts";
import type { MarkKind } from "../../../../src/app/assistant/intents.ts";
import type { SeededRandom } from "../../random.ts";

/** The clock of the corpus; only relative dates depend on it, and their values are not learned. */
export const CORPUS_NOW_MS = Date.UTC(2026, 10, 20, 12);

const NAMES =
  "alice bob carol dave eve frank grace heidi ivan judy mallory oscar peggy sybil trent victor walter zoe anna ben clara david emma felix hanna ines jonas karim lena maria noor omar paula quentin rosa sam tom ursula vera wendy xavier yuki zara ali john max kim leo mia nora".split(
    " ",
  );
const CONTRACTS =
  "Vault Counter Escrow Auction Lottery Splitter Registry Faucet Bazaar Ledgerly Market Timelock Greeter Piggybank Notary".split(
    " ",
  );
const METHODS =
  "transfer increment deposit withdraw mint burn approve balanceOf totalSupply setValue getPrice reset bid settle release register owner pause greet add_member get_state claim_all".split(
    " ",
  );
const SPOKEN = [
  "two",
  "three",
  "five",
  "ten",
  "twelve",
  "twenty",
  "twenty five",
  "fifty",
  "a hundred",
  "one hundred",
  "a hundred and ten",
  "a thousand",
  "two thousand",
  "a dozen",
  "seven",
  "forty-two",
];
const UNITS = [
  "",
  "",
  "",
  "",
  "",
  " tokens",
  " tokens",
  " tokens",
  " PAR",
  " PAR",
  " coins",
  " token",
  " eth",
  "%",
  " par",
];
const DATES = [
  "today",
  "yesterday",
  "tomorrow",
  "last week",
  "this week",
  "last month",
  "this month",
  "3 days ago",
  "two days ago",
  "a week ago",
  "on monday",
  "friday",
  "last tuesday",
  "2026-11-18",
  "November 3",
  "3 november",
  "1st of october",
  "last night",
  "this morning",
  "in the last 7 days",
  "the past 24 hours",
  "12.11.2026",
  "last year",
  "tonight",
];
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Something of a kind, as people write it. */
export function surface(kind: MarkKind, random: SeededRandom): string {
  return WRITERS[kind](random);
}

const WRITERS: Readonly<Record<MarkKind, (random: SeededRandom) => string>> = {
  amount: (random) => {
    const draw = random.below(100);
    if (draw < 14)
      return random.pick(SPOKEN) + (random.chance(60) ? random.pick([" tokens", " coins", " PAR"]) : "");
    if (draw < 20)
      return `${1 + random.below(90)}${random.pick(["k", ",000", ",500", "00"])}${random.pick(UNITS)}`;
    if (draw < 34) return `${random.below(60)}.${1 + random.below(99)}${random.pick(UNITS)}`;
    return `${1 + random.below(random.pick([10, 100, 1_000]))}${random.pick(UNITS)}`;
  },
  address: (random) => {
    const digits = hex(40, random);
    return random.chance(50) ? `0x${digits}` : checksumAddress(digits);
  },
  name: (random) => {
    const name = random.pick(NAMES);
    const draw = random.below(100);
    if (draw < 45) return name.charAt(0).toUpperCase() + name.slice(1);
    if (draw < 70) return name;
    return draw < 88
      ? `${name}${random.chance(25) ? random.below(99) : ""}.eth`
      : `@${name}${random.chance(30) ? "_" : ""}`;
  },
  proposal: (random) => {
    const number = 1 + random.below(random.pick([20, 200]));
    return random.pick([
      `proposal ${number}`,
      `proposal ${number}`,
      `proposal #${number}`,
      `#${number}`,
      `PIP-${number}`,
      `prop ${number}`,
      `proposal number ${number}`,
      `${number}`,
    ]);
  },
  epoch: (random) =>
    random.pick([
      `epoch ${random.below(900)}`,
      `epoch ${random.below(90)}`,
      `epoch #${random.below(90)}`,
      "the last epoch",
      "the previous epoch",
      `round ${random.below(90)}`,
    ]),
  cid: (random) =>
    random.pick(["bafyrei", "bafybei", "bafkrei"]) +
    Array.from({ length: 52 }, () => BASE32.charAt(random.below(32))).join(""),
  hash: (random) => `0x${hex(64, random)}`,
  date: (random) => random.pick(DATES),
  method: (random) => random.pick(METHODS) + (random.chance(35) ? "()" : ""),
  bad: (random) => `0x${hex(6 + random.below(30), random)}`,
};

/** A contract's name. */
export function contractName(random: SeededRandom): string {
  return random.pick(CONTRACTS);
}

/** Somebody whom the recogniser cannot mark. */
export function somebody(random: SeededRandom): string {
  return random.pick([
    "my friend",
    "my brother",
    "her",
    "him",
    "them",
    "someone",
    "my sister",
    "the others",
    "my colleague",
    "my mom",
    "the seller",
    "that guy",
    "my landlord",
  ]);
}

/** An amount that is none. */
export function someAmount(random: SeededRandom): string {
  return random.pick([
    "some tokens",
    "some",
    "a few tokens",
    "tokens",
    "something",
    "some coins",
    "a bit",
    "a little",
    "money",
    "a lot",
  ]);
}

function hex(length: number, random: SeededRandom): string {
  return Array.from({ length }, () => random.below(16).toString(16)).join("");
}
