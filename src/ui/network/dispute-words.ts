import type { DisputeAct, DisputeTerms, OwnFinding, ShownDispute, ShownEvidence } from "../../app/parley.ts";
import { formatPpm, formatTokens } from "../format.ts";

/** What a dispute costs and does, before anyone is asked for it. */
export function costWords(terms: DisputeTerms, finding: OwnFinding): readonly string[] {
  const bond = formatTokens(terms.bondWei);
  return [
    `You put down ${bond} PAR. If the jury upholds the root, you lose all of it. If the jury overturns it, you get it back, and a part of what the root's sender loses. If no jury comes to a ruling, you lose ${formatPpm(terms.expiryPpm)} of it.`,
    "Until the dispute ends, the epoch and all after it wait: nothing can be claimed from them. A jury drawn by stake decides; two thirds of its seats are needed.",
    FINDINGS[finding],
  ];
}

const FINDINGS: Readonly<Record<OwnFinding, string>> = {
  same: "Your own node has computed this epoch and got the same root. Dispute it only if you know better: you would most likely lose your bond.",
  other: "Your own node has computed this epoch and got another root.",
  unknown: "Your own node has not computed this epoch, so it cannot tell you whether the root is right.",
};

export const FINDING_WORDS: Readonly<Record<OwnFinding, string>> = {
  same: "Your node computed the same root.",
  other: "Your node computed another root.",
  unknown: "Your node has not computed this epoch.",
};

const STATES: Readonly<Record<ShownDispute["status"], string>> = {
  drawing: "waits for its jury",
  ruling: "before the jury",
  upheld: "upheld: the root stands",
  overturned: "overturned: the root is gone",
  expired: "expired: the root stands",
  moot: "without an object: the root was gone",
};

export function stateWords({ status, stage }: ShownDispute): string {
  return stage > 1 && isOpen(status) ? `${STATES[status]}, deeper audit` : STATES[status];
}

export function isOpen(status: ShownDispute["status"]): boolean {
  return status === "drawing" || status === "ruling";
}

export function seatsWords({ seats, status }: ShownDispute): string {
  if (status === "drawing") return "";
  const deeper = seats.deeper === 0 ? "" : `, ${seats.deeper} deeper`;
  return `Seats so far: ${seats.uphold} uphold, ${seats.overturn} overturn${deeper}.`;
}

export function actWords(act: DisputeAct, { finding, dueWei }: ShownDispute): string {
  switch (act) {
    case "draw":
      return "Draw the jury";
    case "rule":
      return finding === "same" ? "Rule: uphold" : "Rule: overturn";
    case "close":
      return "Close";
    case "collect":
      return `Collect ${formatTokens(dueWei)} PAR`;
  }
}

const OFFENCES: Readonly<Record<ShownEvidence["offence"], string>> = {
  "two-roots": "signed two roots of this epoch",
  "refuted-root": "signed a root of this epoch that a jury overturned",
};

export function offenceWords({ offence }: ShownEvidence): string {
  return OFFENCES[offence];
}

/** What reporting does, before anyone is asked for it. */
export function sentenceWords({ lossWei, bountyWei }: ShownEvidence): string {
  const [loss, bounty] = [formatTokens(lossWei), formatTokens(bountyWei)];
  return `If it is reported, the node loses ${loss} PAR of its own stake, and the same part of what is delegated to it. Whoever reports it first gets ${bounty} PAR, and pays the fee of the transaction.`;
}
