import type { AuditFinding, AuditReport, AuditStop } from "../../src/app/audit/report.ts";
import { chargeSentence, paymentSentence } from "../../src/app/wallet/why.ts";
import { explain } from "../../src/core/economy/explain.ts";
import type { Address } from "../../src/core/primitives.ts";

/** Exit status of `parley audit`; 2, wrong arguments, is the command line's. */
export const AUDIT_EXIT = { same: 0, difference: 1, unchecked: 3 } as const;

const EPOCH_WIDTH = 8;
const STEP_WIDTH = 14;

export function findingLine({ epoch, step, text }: AuditFinding): string {
  const column = epoch < 0 ? "" : `epoch ${epoch}`;
  return `${column.padEnd(EPOCH_WIDTH + 2)}${step.padEnd(STEP_WIDTH)}${text}`;
}

export function auditStatus({ difference, unchecked }: AuditReport): number {
  if (unchecked !== undefined) return AUDIT_EXIT.unchecked;
  return difference === undefined ? AUDIT_EXIT.same : AUDIT_EXIT.difference;
}

/** The last lines: what the audit came to. */
export function verdictLines({ difference, unchecked, stateRoot }: AuditReport): readonly string[] {
  if (unchecked !== undefined) {
    const why = `could not be checked: chain unreachable (${placeOf(unchecked)})`;
    return [why, ...detailLines(unchecked), "this says nothing about the network: try again"];
  }
  if (difference === undefined) return [`same root ${stateRoot}`];
  const { message, code } = difference.error;
  return [`DIFFERENCE in ${placeOf(difference)}: ${message} (${code})`, ...detailLines(difference)];
}

function placeOf({ epoch, step }: AuditStop): string {
  return epoch < 0 ? step : `epoch ${epoch}, ${step}`;
}

function detailLines({ error: { expected, received } }: AuditStop): readonly string[] {
  return [
    ...(expected === undefined ? [] : [`  expected  ${expected}`]),
    ...(received === undefined ? [] : [`  received  ${received}`]),
  ];
}

/** Why an account was paid, and its nodes charged, in the last epoch that was replayed. */
export function whyLines({ explanations, lastState }: AuditReport, account: Address): readonly string[] {
  if (explanations === undefined) return ["no epoch was replayed"];
  const { registry, epoch } = lastState;
  const own = registry.entries.filter((entry) => entry.account === account).map(({ nodeId }) => nodeId);
  const { payments, charges, cancelled } = explain(explanations, account, new Set(own));
  const lines = [
    ...payments.map((payment) => paymentSentence(payment, epoch)),
    ...charges.map(chargeSentence),
    ...cancelled.map(({ source, amountWei }) => `${amountWei} wei lost: a dispute overturned ${source}.`),
  ];
  return lines.length === 0 ? ["nothing was paid to this account or charged to its nodes"] : lines;
}
