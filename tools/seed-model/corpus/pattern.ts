import type { SeededRandom } from "../random.ts";

/**
 * Writes one sentence of a pattern: `{a|b|c}` is one of the alternatives, `[a|b]` one of them or nothing
 * (even odds), `@name` a word of the slot `name`. Brackets nest.
 */
export function expand(pattern: string, random: SeededRandom, slots: Slots): string {
  const reader = { at: 0 };
  const text = readSequence(pattern, reader, "", random, slots);
  return text.replace(/\s+/g, " ").trim();
}

export type Slots = Readonly<Record<string, readonly string[]>>;

interface Reader {
  at: number;
}

function readSequence(
  pattern: string,
  reader: Reader,
  stops: string,
  random: SeededRandom,
  slots: Slots,
): string {
  let text = "";
  while (reader.at < pattern.length) {
    const char = pattern.charAt(reader.at);
    if (stops.includes(char) && char !== "") return text;
    reader.at++;
    if (char === "{") text += readChoice(pattern, reader, "}", random, slots);
    else if (char === "[") {
      const choice = readChoice(pattern, reader, "]", random, slots);
      if (random.chance(50)) text += choice;
    } else if (char === "@") text += readSlot(pattern, reader, random, slots);
    else text += char;
  }
  if (stops !== "") throw new SyntaxError(`unclosed ${stops} in pattern: ${pattern}`);
  return text;
}

function readChoice(
  pattern: string,
  reader: Reader,
  close: string,
  random: SeededRandom,
  slots: Slots,
): string {
  const options: string[] = [];
  for (;;) {
    options.push(readSequence(pattern, reader, `|${close}`, random, slots));
    const char = pattern.charAt(reader.at);
    reader.at++;
    if (char === close) return random.pick(options);
  }
}

function readSlot(pattern: string, reader: Reader, random: SeededRandom, slots: Slots): string {
  const start = reader.at;
  while (/[a-z]/i.test(pattern.charAt(reader.at))) reader.at++;
  const name = pattern.slice(start, reader.at);
  const words = slots[name];
  if (words === undefined) throw new SyntaxError(`unknown slot @${name} in pattern: ${pattern}`);
  return random.pick(words);
}
