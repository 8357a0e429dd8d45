import type { AuditFinding, AuditReport } from "../../src/app/audit/report.ts";
import { chargeSentence, paymentSentence } from "../../src/app/wallet/why.ts";
import { explain } from "../../src/core/economy/explain.ts";
import type { Address } from "../../src/core/primitives.ts";

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
