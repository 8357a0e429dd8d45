import { END, type Found, type RecognitionContext, START } from "./entity.ts";
import { NUMBER_WORDS, readNumberWords } from "./number-words.ts";

const DAY_MS = 86_400_000;
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const MONTH = `(?:${MONTHS.map((month) => `${month.slice(0, 3)}(?:${month.slice(3)})?`).join("|")})`;
const UNIT = "(day|week|month|year)s?";

/** First and last day as days since 1970 (UTC), both counted in. */
type Days = readonly [from: number, to: number];

interface Rule {
  readonly pattern: RegExp;
  readonly read: (groups: readonly string[], today: number) => Days | undefined;
}

const RULES: readonly Rule[] = [
  rule("today|tonight|this (?:morning|afternoon|evening)", (_, today) => [today, today]),
  rule("yesterday|last night", (_, today) => [today - 1, today - 1]),
  rule("tomorrow", (_, today) => [today + 1, today + 1]),
  rule("(\\d{4})-(\\d{2})-(\\d{2})", ([year, month, day]) => oneDay(year, Number(month), day)),
  rule("(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})", ([day, month, year]) => oneDay(year, Number(month), day)),
  rule(`(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${MONTH})(?:,? (\\d{4}))?`, ([day, month, year], today) =>
    dayOfMonth(year, month, day, today),
  ),
  rule(`(${MONTH}) (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?`, ([month, day, year], today) =>
    dayOfMonth(year, month, day, today),
  ),
  rule(`(\\d{1,4}|a|an|${NUMBER_WORDS}) ${UNIT} ago`, ([count, unit], today) => {
    const days = countOf(count) * daysOf(unit);
    return [today - days, today - days];
  }),
  rule(`(?:last|past) (\\d{1,4}|${NUMBER_WORDS}) (?:${UNIT}|hours?)`, ([count, unit], today) => [
    today - (unit === "" ? Math.ceil(countOf(count) / 24) : countOf(count) * daysOf(unit)),
    today,
  ]),
  rule(`(last|past|previous) (week|month|year)`, ([, unit], today) => [today - daysOf(unit), today]),
  rule("this (week|month|year)", ([unit], today) => [startOf(unit, today), today]),
  rule("(?:this|last|the) weekend", (_, today) => {
    const saturday = today - ((weekday(today) + 1) % 7);
    return [saturday, saturday + 1];
  }),
  rule(`(?:last |on |since )?(${WEEKDAYS.join("|")})`, ([name], today) => {
    const back = (weekday(today) - WEEKDAYS.indexOf(name ?? "") + 7) % 7;
    const day = today - (back === 0 ? 7 : back);
    return [day, day];
  }),
];

/** Days and spans of days, resolved with the clock's UTC day; a weekday is the last one before today. */
export function findDates(words: string, { nowMs }: RecognitionContext): Found[] {
  const today = Math.floor(nowMs / DAY_MS);
  return RULES.flatMap(({ pattern, read }) =>
    Array.from(words.matchAll(pattern)).flatMap((match): Found[] => {
      const groups = match.slice(1).map((group: string | undefined) => group?.toLowerCase() ?? "");
      const days = read(groups, today);
      if (days === undefined) return [];
      const value = { kind: "date", from: isoDay(days[0]), to: isoDay(days[1]) } as const;
      return [{ start: match.index, end: match.index + match[0].length, value }];
    }),
  );
}

function rule(source: string, read: Rule["read"]): Rule {
  return { pattern: new RegExp(`${START}(?:${source})${END}`, "giu"), read };
}

function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function weekday(day: number): number {
  // 1970-01-01 was a Thursday.
  return (((day + 4) % 7) + 7) % 7;
}

/** Nothing when there is no such day. */
function oneDay(year: string | undefined, month: number, day: string | undefined): Days | undefined {
  const date = new Date(Date.UTC(Number(year), month - 1, Number(day)));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== Number(day)) return undefined;
  const days = date.getTime() / DAY_MS;
  return [days, days];
}

/** Without a year: the last such day that is not to come. */
function dayOfMonth(
  year: string | undefined,
  name: string | undefined,
  day: string | undefined,
  today: number,
): Days | undefined {
  const month = MONTHS.findIndex((full) => full.startsWith((name ?? "-").slice(0, 3))) + 1;
  if (year !== "") return oneDay(year, month, day);
  const thisYear = new Date(today * DAY_MS).getUTCFullYear();
  const days = oneDay(String(thisYear), month, day);
  return days !== undefined && days[0] <= today ? days : oneDay(String(thisYear - 1), month, day);
}

function countOf(text: string | undefined): number {
  if (text === "a" || text === "an") return 1;
  const count = /^\d/.test(text ?? "") ? Number(text) : Number(readNumberWords(text ?? "") ?? 0n);
  return Math.min(count, 4_000);
}

function daysOf(unit: string | undefined): number {
  if (unit === "week") return 7;
  if (unit === "month") return 30;
  return unit === "year" ? 365 : 1;
}

function startOf(unit: string | undefined, today: number): number {
  if (unit === "week") return today - ((weekday(today) + 6) % 7);
  const date = new Date(today * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), unit === "month" ? date.getUTCMonth() : 0, 1) / DAY_MS;
}
