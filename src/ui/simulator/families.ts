import type { MessageFlight } from "../../ports/simulation.ts";

/** What messages are about. Kinds that are in no list are `other`. */
export const FAMILIES = [
  { id: "learn", words: "Learning", detail: "commits, submissions", kinds: ["commit", "submission"] },
  { id: "check", words: "Checking", detail: "attestations, audits", kinds: ["attest", "audit", "held-out"] },
  {
    id: "agree",
    words: "Agreeing",
    detail: "message sets, votes on roots",
    kinds: ["message-set", "epoch-vote", "candidate", "leader"],
  },
  {
    id: "dispute",
    words: "Disputing",
    detail: "disputes, rulings, proofs of lies",
    kinds: ["dispute", "ruling", "jury", "equivocation", "evidence", "challenge"],
  },
  {
    id: "govern",
    words: "Deciding",
    detail: "proposals, ballots",
    kinds: ["proposal", "ballot", "delegation", "comment"],
  },
  {
    id: "other",
    words: "Other",
    detail: "receipts, orders, blocks, log sync",
    kinds: [],
  },
] as const;

export type Family = (typeof FAMILIES)[number]["id"];

/** The family that a kind's name begins with. */
export function familyOf(kind: string): Family {
  const family = FAMILIES.find(({ kinds }) => kinds.some((start) => kind.startsWith(start)));
  return family?.id ?? "other";
}

interface Counted {
  readonly atMs: number;
  readonly family: Family;
}

/** How many messages of each family were shown in the last real second. */
export class RecentFlights {
  #counted: Counted[] = [];

  add(flights: readonly MessageFlight[], atMs: number): void {
    this.#forget(atMs);
    for (const { kind } of flights) this.#counted.push({ atMs, family: familyOf(kind) });
  }

  count(family: Family, atMs: number): number {
    this.#forget(atMs);
    return this.#counted.filter((counted) => counted.family === family).length;
  }

  #forget(atMs: number): void {
    this.#counted = this.#counted.filter((counted) => counted.atMs > atMs - 1_000);
  }
}
