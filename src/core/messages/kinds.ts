import type { Schema } from "../codec/block.ts";
import { LIMITS } from "../limits.ts";
import { type AttestationBody, attestationBody } from "./attestation/schema.ts";
import { type BallotBody, ballotBody } from "./ballot/schema.ts";
import { type CommitBody, commitBody } from "./commit/schema.ts";
import { type DisputeBody, disputeBody } from "./dispute/schema.ts";
import { type EpochVoteBody, epochVoteBody } from "./epoch-vote/schema.ts";
import { type EvidenceBody, evidenceBody } from "./evidence/schema.ts";
import { type HeldOutCommitBody, heldOutCommitBody } from "./held-out-commit/schema.ts";
import { type HeldOutRevealBody, heldOutRevealBody } from "./held-out-reveal/schema.ts";
import { type MessageSetBody, messageSetBody } from "./message-set/schema.ts";
import { type ProposalBody, proposalBody } from "./proposal/schema.ts";
import { type ReceiptBody, receiptBody } from "./receipt/schema.ts";
import { type RulingBody, rulingBody } from "./ruling/schema.ts";
import { type SubmissionBody, submissionBody } from "./submission/schema.ts";

/** Body of each message kind: the one list of what may be said on the network. */
export interface Bodies {
  readonly commit: CommitBody;
  readonly submission: SubmissionBody;
  readonly attestation: AttestationBody;
  readonly "message-set": MessageSetBody;
  readonly "epoch-vote": EpochVoteBody;
  readonly proposal: ProposalBody;
  readonly ballot: BallotBody;
  readonly receipt: ReceiptBody;
  readonly evidence: EvidenceBody;
  readonly dispute: DisputeBody;
  readonly ruling: RulingBody;
  readonly "held-out-commit": HeldOutCommitBody;
  readonly "held-out-reveal": HeldOutRevealBody;
}

export type Kind = keyof Bodies;

interface KindRule<K extends Kind> {
  readonly body: Schema<Bodies[K]>;
  readonly maximumBytes: number;
}

export const KINDS: { readonly [K in Kind]: KindRule<K> } = {
  commit: { body: commitBody, maximumBytes: LIMITS.shortMessageBytes },
  submission: { body: submissionBody, maximumBytes: LIMITS.shortMessageBytes },
  attestation: { body: attestationBody, maximumBytes: LIMITS.attestationBytes },
  "message-set": { body: messageSetBody, maximumBytes: LIMITS.messageBytes },
  "epoch-vote": { body: epochVoteBody, maximumBytes: LIMITS.shortMessageBytes },
  proposal: { body: proposalBody, maximumBytes: LIMITS.proposalBytes },
  ballot: { body: ballotBody, maximumBytes: LIMITS.shortMessageBytes },
  receipt: { body: receiptBody, maximumBytes: LIMITS.shortMessageBytes },
  evidence: { body: evidenceBody, maximumBytes: 2 * LIMITS.evidenceBytes + 1_024 },
  dispute: { body: disputeBody, maximumBytes: LIMITS.shortMessageBytes },
  ruling: { body: rulingBody, maximumBytes: LIMITS.shortMessageBytes },
  "held-out-commit": { body: heldOutCommitBody, maximumBytes: LIMITS.shortMessageBytes },
  "held-out-reveal": { body: heldOutRevealBody, maximumBytes: LIMITS.shortMessageBytes },
};

export function isKind(value: string): value is Kind {
  return Object.hasOwn(KINDS, value);
}
