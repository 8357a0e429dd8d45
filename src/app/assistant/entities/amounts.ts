import { END, type Found, START } from "./entity.ts";
import { NUMBER_WORDS, readNumberWords } from "./number-words.ts";

/** Longest amount that is read: 30 digits before the point, 18 after it (the smallest part of a token). */
const WHOLE_DIGITS = 30;
const DECIMALS = 18;

const MULTIPLIERS: Readonly<Record<string, number>> = { k: 3, thousand: 3, m: 6, mio: 6, million: 6 };
const UNITS =
  "tokens?|coins?|parley|par|eth|ether|usdc|usdt|dai|wei|gwei|%|percent|per cent|cores?|threads?|[gm]i?b|megabytes?|gigabytes?|watts?";
/** A number before one of these counts time, not tokens. */
const TIME =
  "(?!\\s?(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?|am|pm|o'clock|times|x)\\b)";

const DIGITS = new RegExp(
  `(?<![\\p{L}\\p{N}\\p{M}\\p{Cf}_.,$€£#:/+-])((?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?|\\.\\d+)(?:\\s?(k|m|mio|thousand|million)${END})?(?![.,:/-]\\d)${TIME}(?:\\s?(${UNITS}))?(?<=[%\\p{L}\\p{N}])${END}`,
  "giu",
);
const SPOKEN = new RegExp(`${START}(${NUMBER_WORDS})${END}${TIME}(?:\\s(${UNITS})${END})?`, "giu");

/** A share is only taken as an amount after a verb that moves tokens, and never where it counts something else. */
const MOVE =
  "\\b(?:send|transfer|pay|give|move|stake|unstake|lock|unlock|bond|unbond|withdraw|release|put|take|deposit|convert|donate|restake|free|pull|get|return|redeem)\\b[^.!?\\n]{0,40}?";
const OWN =
  "(?:(?:of )?(?:my|the|what i have|it|them)(?: (?:staked |remaining |available |own )?(?:tokens|coins|par|funds|money|balance|stake|holdings|rewards))?)";
const SHARE = new RegExp(
  `(?<=${MOVE})${START}(all ${OWN}|all(?= to | back|$|[,.!?])|everything(?: i have| i own)?|the (?:maximum|max|whole (?:amount|balance|stake|lot))|max(?:imum)?|half ${OWN}|half(?= to | back|$|[,.!?]))${END}`,
  "giu",
);

/**
 * Quantities in the words: `12`, `1,000.5 PAR`, `2.5k`, `30%`, `fifty tokens`, `all my tokens`. What could be read in two
 * ways (`1,5`, `5-10`, `-5`, `12:30`, `$5`, other scripts' digits) is left alone, and so are counts of time.
 */
export function findAmounts(words: string): Found[] {
  return [...findDigits(words), ...findSpoken(words), ...findShares(words)];
}

function findDigits(words: string): Found[] {
  return Array.from(words.matchAll(DIGITS)).flatMap((match) => {
    const [text, digits = "", multiplier, unit] = match;
    const decimal = shiftDecimal(
      digits.replaceAll(",", ""),
      MULTIPLIERS[multiplier?.toLowerCase() ?? ""] ?? 0,
    );
    return decimal === undefined ? [] : [amountAt(match.index, text, decimal, unit)];
  });
}

function findSpoken(words: string): Found[] {
  return Array.from(words.matchAll(SPOKEN)).flatMap((match) => {
    const [text, spoken = "", unit] = match;
    const number = readNumberWords(spoken.toLowerCase());
    // "one" is mostly a pronoun: "that one".
    if (number === undefined || (number === 1n && unit === undefined)) return [];
    return [amountAt(match.index, text, number.toString(), unit)];
  });
}

function findShares(words: string): Found[] {
  return Array.from(words.matchAll(SHARE), (match) => {
    const share = match[0].toLowerCase().startsWith("half") ? "half" : "all";
    return { start: match.index, end: match.index + match[0].length, value: { kind: "amount", share } };
  });
}

function amountAt(start: number, text: string, decimal: string, unit: string | undefined): Found {
  const end = start + text.length;
  if (unit === undefined) return { start, end, value: { kind: "amount", decimal } };
  return { start, end, value: { kind: "amount", decimal, unit: unitOf(unit.toLowerCase()) } };
}

function unitOf(unit: string): string {
  if (unit === "percent" || unit === "per cent") return "%";
  return unit === "token" || unit === "coin" || unit === "coins" ? "tokens" : unit;
}

/** `digits` × 10^`places`, without leading or trailing zeros; nothing when it is longer than amounts are. */
function shiftDecimal(digits: string, places: number): string | undefined {
  const [whole = "", fraction = ""] = digits.split(".");
  const padded = fraction.padEnd(places, "0");
  const left = (whole + padded.slice(0, places)).replace(/^0+(?=\d)/, "") || "0";
  const right = padded.slice(places).replace(/0+$/, "");
  if (left.length > WHOLE_DIGITS || right.length > DECIMALS) return undefined;
  return right === "" ? left : `${left}.${right}`;
}
