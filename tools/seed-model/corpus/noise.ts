import type { SeededRandom } from "../random.ts";

const OPENERS = [
  "hi,",
  "hello,",
  "hey,",
  "hey parley,",
  "so",
  "ok so",
  "um",
  "well",
  "please",
  "and",
  "but",
  "just wondering,",
  "quick question:",
  "sorry,",
  "ok",
  "now",
  "excuse me,",
];
const CLOSERS = ["please", "pls", "thanks", "thank you", "?", "??", "...", "parley", "!", "plz", "then"];
const QUESTION_START =
  /^(what|whats|how|why|who|where|when|which|is|are|am|do|does|did|can|could|may|should|will|would)\b/;

/**
 * Writes a clean lower-case question the way people type: casing, punctuation, filler words, typos.
 * Short texts (greetings, commands) get no filler, because it would change what they say.
 */
export function addNoise(clean: string, random: SeededRandom): string {
  let text = clean;
  const words = clean.split(" ").length;
  if (words >= 3 && random.chance(10)) text = `${random.pick(OPENERS)} ${text}`;
  if (words >= 3 && random.chance(8)) text = `${text} ${random.pick(CLOSERS)}`;
  if (random.chance(30)) text = text.replaceAll("'", "");
  if (random.chance(12)) text = addTypo(text, random);
  return style(text, QUESTION_START.test(clean), random);
}

/** The same text as a careful person would type it. */
export function writeCarefully(clean: string): string {
  const text = capitalise(clean);
  return QUESTION_START.test(clean) ? `${text}?` : text;
}

function style(text: string, question: boolean, random: SeededRandom): string {
  const draw = random.below(100);
  const mark = question && !/[?!.]$/.test(text) ? "?" : "";
  if (draw < 42) return text.toLowerCase();
  if (draw < 58) return text.toLowerCase() + mark;
  if (draw < 98) return capitalise(text) + (random.chance(80) ? mark : "");
  return text.toUpperCase() + mark;
}

function capitalise(text: string): string {
  return (text.charAt(0).toUpperCase() + text.slice(1))
    .replace(/\bi\b/g, "I")
    .replace(/\bparley\b/g, "Parley");
}

/** One slip in one word of four letters or more: two letters swapped, one lost, or one doubled. */
function addTypo(text: string, random: SeededRandom): string {
  const words = text.split(" ");
  const long = words.map((word, index) => ({ word, index })).filter(({ word }) => word.length >= 4);
  if (long.length === 0) return text;
  const { word, index } = random.pick(long);
  const at = 1 + random.below(word.length - 2);
  const kind = random.below(3);
  if (kind === 0)
    words[index] = word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
  else if (kind === 1) words[index] = word.slice(0, at) + word.slice(at + 1);
  else words[index] = word.slice(0, at) + word.charAt(at) + word.slice(at);
  return words.join(" ");
}
