import type { Certificate, EpochRoot } from "../../core/chain-types.ts";
import { certify } from "../../core/epoch/certificate.ts";
import { rootKey } from "../../core/epoch/root.ts";
import { failure } from "../../core/errors.ts";
import type { Genesis } from "../../core/genesis.ts";
import type { Message, TypedMessage } from "../../core/messages/message.ts";
import type { Hash } from "../../core/primitives.ts";
import type { AuditedLogs } from "./logs.ts";

export type MessageSet = Message & TypedMessage<"message-set">;
type Vote = Message & TypedMessage<"epoch-vote">;

/** An epoch that two thirds of the stake signed: what was signed, and what it was computed from. */
export interface CertifiedEpoch {
  readonly set: MessageSet;
  readonly root: EpochRoot;
  readonly votes: readonly Vote[];
  readonly certificate: Certificate;
}

/**
 * The certified epoch that builds on `previousRoot`; undefined when nothing certified does.
 * Errors: two-certificates (two thirds signed two roots), set-missing.
 */
export function certifiedAfter(
  genesis: Genesis,
  logs: AuditedLogs,
  previousRoot: Hash,
): CertifiedEpoch | undefined {
  const certified = [...votesAfter(logs, previousRoot).values()].flatMap((votes) =>
    asCertified(genesis, logs, votes),
  );
  const [first, second] = certified;
  if (first === undefined || second === undefined) return first;
  const [expected, received] = [rootKey(first.root), rootKey(second.root)];
  if (expected === received) return first;
  throw failure("two-certificates", "Two thirds of the stake signed two different roots", expected, received);
}

/** Grouped by what they sign. */
function votesAfter(logs: AuditedLogs, previousRoot: Hash): ReadonlyMap<string, readonly Vote[]> {
  const groups = new Map<string, Vote[]>();
  for (const vote of logs.ofKind("epoch-vote")) {
    const { root, messageSet } = vote.envelope.body;
    if (root.previousRoot !== previousRoot) continue;
    // By all that was signed, as the nodes do: else one false vote, come first, would spoil the others'.
    const key = `${messageSet} ${rootKey(root)}`;
    groups.set(key, [...(groups.get(key) ?? []), vote]);
  }
  return groups;
}

function asCertified(genesis: Genesis, logs: AuditedLogs, votes: readonly Vote[]): readonly CertifiedEpoch[] {
  const body = votes[0]?.envelope.body;
  if (body === undefined) return [];
  const set = logs.get(body.messageSet);
  if (set?.kind !== "message-set") return [];
  const certificate = certify(genesis, set.envelope.body.registry, body.root, votes);
  return certificate === undefined ? [] : [{ set, root: body.root, votes, certificate }];
}
