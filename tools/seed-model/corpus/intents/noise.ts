import type { SeededRandom } from "../../random.ts";

const SHORT: Readonly<Record<string, string>> = {
  you: "u",
  are: "r",
  please: "pls",
  your: "ur",
  because: "cuz",
  thanks: "thx",
  transactions: "txs",
  transaction: "tx",
  tokens: "toks",
  balance: "bal",
  "don't": "dont",
  "what's": "whats",
  "i'm": "im",
  and: "&",
  with: "w",
  people: "ppl",
  message: "msg",
  about: "abt",
  should: "shld",
  would: "wud",
  know: "kno",
};
const DROPPED = new Set("the a an my to of please i do is for me it in on are some".split(" "));
const FILLERS =
  "um uh just like really actually well basically kindly maybe simply so hmm then also now".split(" ");
const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: "s",
  b: "v",
  c: "x",
  d: "f",
  e: "r",
  f: "g",
  g: "h",
  h: "j",
  i: "o",
  k: "l",
  l: "k",
  m: "n",
  n: "m",
  o: "p",
  p: "o",
  r: "t",
  s: "d",
  t: "y",
  u: "i",
  v: "b",
  w: "e",
  y: "u",
};

/** Writes a clean sentence the way people type. Tags (`<amount>`) and what touches them stay whole. */
export function roughen(sentence: string, question: boolean, random: SeededRandom): string {
  let words = sentence.split(" ").filter((word) => word !== "");
  if (random.chance(30)) words = words.map((word) => (isTag(word) ? word : word.replaceAll("'", "")));
  if (random.chance(9)) words = words.map((word) => (random.chance(60) ? (SHORT[word] ?? word) : word));
  if (words.length > 3 && random.chance(9)) words = drop(words, random);
  if (words.length > 2 && random.chance(7)) words.splice(random.below(words.length), 0, random.pick(FILLERS));
  if (words.length > 3 && random.chance(3)) words.splice(random.below(words.length), 0, pseudoWord(random));
  if (words.length > 3 && random.chance(3)) swap(words, random.below(words.length - 1));
  if (random.chance(20)) addSlip(words, random);
  if (random.chance(5)) addSlip(words, random);
  return punctuate(words.join(" "), question, random);
}

function isTag(word: string): boolean {
  return word.includes("<");
}

function drop(words: readonly string[], random: SeededRandom): string[] {
  const every = random.chance(35);
  return words.filter((word) => !(DROPPED.has(word) && (every || random.chance(40))));
}

function swap(words: string[], at: number): void {
  const [left = "", right = ""] = words.slice(at, at + 2);
  words.splice(at, 2, right, left);
}

function addSlip(words: string[], random: SeededRandom): void {
  const long = words.flatMap((word, index) => (word.length >= 4 && !isTag(word) ? [index] : []));
  if (long.length === 0) return;
  const index = random.pick(long);
  words[index] = slip(words[index] ?? "", random);
}

/** One slip of the fingers: two letters swapped, one lost, doubled, or its neighbour on the keyboard. */
function slip(word: string, random: SeededRandom): string {
  const at = 1 + random.below(word.length - 2);
  const char = word.charAt(at);
  const head = word.slice(0, at);
  const tail = word.slice(at + 1);
  switch (random.below(4)) {
    case 0:
      return head + word.charAt(at + 1) + char + word.slice(at + 2);
    case 1:
      return head + tail;
    case 2:
      return head + char + char + tail;
    default:
      return head + (NEIGHBOURS[char] ?? char) + tail;
  }
}

/** A word that nobody has seen: names, jargon, other languages. */
function pseudoWord(random: SeededRandom): string {
  const syllables = 1 + random.below(3);
  return Array.from(
    { length: syllables },
    () =>
      random.pick([..."bcdfghjklmnprstvwz"]) +
      random.pick([..."aeiou"]) +
      random.pick(["", "n", "r", "s", "l", "k"]),
  ).join("");
}

function punctuate(text: string, question: boolean, random: SeededRandom): string {
  if (/[?!.]$/.test(text)) return text;
  if (question) return random.chance(55) ? `${text}?` : text;
  const draw = random.below(100);
  if (draw < 18) return `${text}.`;
  if (draw < 24) return `${text}!`;
  return draw < 27 ? `${text}?` : text;
}
