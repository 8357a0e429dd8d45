import { INTENT_NAMES } from "../../../src/app/assistant/intents.ts";
import type { Outcome } from "./measure.ts";

export interface Summary {
  readonly lines: number;
  readonly exact: number;
  readonly intentRight: number;
  readonly ungrounded: number;
}

export function summarise(outcomes: readonly Outcome[]): Summary {
  return {
    lines: outcomes.length,
    exact: outcomes.filter(({ exact }) => exact).length,
    intentRight: outcomes.filter(({ intentRight }) => intentRight).length,
    ungrounded: outcomes.reduce((sum, { ungrounded }) => sum + ungrounded, 0),
  };
}

/** Tables for docs/seed-model.md: totals, each intent, abstention, and every confusion that occurred. */
export function formatReport(sets: Readonly<Record<string, readonly Outcome[]>>): string {
  return [totals(sets), ...Object.entries(sets).map(([name, outcomes]) => details(name, outcomes))].join(
    "\n\n",
  );
}

function totals(sets: Readonly<Record<string, readonly Outcome[]>>): string {
  const rows = Object.entries(sets).map(([name, outcomes]) => {
    const { lines, exact, intentRight, ungrounded } = summarise(outcomes);
    return [name, `${lines}`, percent(exact, lines), percent(intentRight, lines), `${ungrounded}`];
  });
  return table(
    ["set", "utterances", "intent and all slots right", "intent right", "ungrounded values"],
    rows,
  );
}

function details(name: string, outcomes: readonly Outcome[]): string {
  return [
    `### ${name}`,
    perIntent(outcomes),
    "Abstentions (nothing is to be done, or nobody can tell what):",
    abstentions(outcomes),
    "Confusions:",
    confusions(outcomes),
  ].join("\n\n");
}

function perIntent(outcomes: readonly Outcome[]): string {
  const rows = INTENT_NAMES.flatMap((intent) => {
    const mine = outcomes.filter(({ expected }) => expected === intent);
    const right = mine.filter(({ intentRight }) => intentRight).length;
    const exact = mine.filter((outcome) => outcome.exact).length;
    return mine.length === 0 ? [] : [[intent, `${mine.length}`, `${right}`, `${exact}`]];
  });
  return table(["intent", "utterances", "intent right", "all right"], rows);
}

function abstentions(outcomes: readonly Outcome[]): string {
  const rows = ["none", "unclear"].map((intent) => {
    const said = outcomes.filter(({ got }) => got === intent);
    const meant = outcomes.filter(({ expected }) => expected === intent);
    const both = said.filter(({ expected }) => expected === intent).length;
    return [intent, percent(both, said.length), percent(both, meant.length)];
  });
  return table(["intent", "precision", "recall"], rows);
}

function confusions(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { expected, got, intentRight } of outcomes) {
    if (!intentRight) counts.set(`${expected}|${got}`, (counts.get(`${expected}|${got}`) ?? 0) + 1);
  }
  const rows = Array.from(counts, ([pair, count]) => [...pair.split("|"), `${count}`]).toSorted(
    (a, b) => Number(b[2]) - Number(a[2]) || (a[0] ?? "").localeCompare(b[0] ?? ""),
  );
  return rows.length === 0 ? "none" : table(["meant", "understood", "times"], rows);
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} % (${part} of ${whole})`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

const BEGIN = "<!-- evaluation: begin -->";
const END = "<!-- evaluation: end -->";

/** A document with the report between its two marks, in place of what stood there. */
export function replaceSection(document: string, report: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new SyntaxError(`the document has no ${BEGIN} … ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${report}\n\n${document.slice(end)}`;
}
