import type { AuditFinding, AuditReport } from "../../src/app/audit/report.ts";

const EPOCH_WIDTH = 8;
const STEP_WIDTH = 14;

export function findingLine({ epoch, step, text }: AuditFinding): string {
  const column = epoch < 0 ? "" : `epoch ${epoch}`;
  return `${column.padEnd(EPOCH_WIDTH + 2)}${step.padEnd(STEP_WIDTH)}${text}`;
}

/** The last lines: what the audit came to. */
export function verdictLines({ difference, stateRoot }: AuditReport): readonly string[] {
  if (difference === undefined) return [`same root ${stateRoot}`];
  const { epoch, step, error } = difference;
  return [
    `DIFFERENCE${epoch < 0 ? "" : ` in epoch ${epoch}`}, ${step}: ${error.message} (${error.code})`,
    ...(error.expected === undefined ? [] : [`  expected  ${error.expected}`]),
    ...(error.received === undefined ? [] : [`  received  ${error.received}`]),
  ];
}
