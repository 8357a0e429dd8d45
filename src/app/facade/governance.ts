import type { ParameterChanges, Parameters } from "../../core/parameters.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { ProposalStatus } from "../../core/state.ts";
import type { Comment, DraftInfo, Writer } from "../../ports/documents.ts";
import type { StoredOutboxEntry } from "../../ports/store.ts";
import type { Observable } from "../observable.ts";

export interface ProposalSummary {
  readonly cid: Cid;
  readonly title: string;
  readonly text: string;
  readonly author: NodeId;
  readonly state: "pending" | ProposalStatus;
  /** What passes with it; null when it is a question only. */
  readonly changes: ParameterChanges | null;
  /** What it changed, as that was before; null until its changes take effect, and for good when they do not. */
  readonly replaced: ParameterChanges | null;
  readonly closesAtMs?: number;
  readonly forWei: bigint;
  readonly againstWei: bigint;
  readonly abstainWei: bigint;
  readonly quorumWei: bigint;
  readonly myBallot?: {
    readonly choice: BallotChoice;
    readonly delivery: StoredOutboxEntry["state"];
    readonly detail?: string;
  };
}

export type BallotChoice = "for" | "against" | "abstain";

export interface GovernanceService {
  readonly proposals: Observable<readonly ProposalSummary[]>;
  /** What holds now; undefined until the node has its state. */
  readonly parameters: Observable<Parameters | undefined>;
  /** `changes`: null for a question. Errors: title-length, text-length, not-staked, proposal-stake, parameter-rule. */
  propose(title: string, text: string, changes: ParameterChanges | null): Promise<void>;
  /** Signed and kept at once, delivered when there is a network. Errors: voting-closed, not-staked. */
  vote(proposal: Cid, choice: BallotChoice): Promise<void>;
}

export interface DiscussionView {
  /** Oldest first. */
  readonly comments: readonly Comment[];
  /** Others that read it now. */
  readonly present: readonly NodeId[];
}

export interface DraftView {
  readonly text: string;
  readonly present: readonly Writer[];
  readonly mayWrite: boolean;
}

/** Documents that several people write: what is said about proposals, and proposals before they are signed. */
export interface DocumentService {
  /** The open ones, by proposal. */
  readonly discussions: Observable<ReadonlyMap<Cid, DiscussionView>>;
  openDiscussion(proposal: Cid): Promise<void>;
  closeDiscussion(proposal: Cid): Promise<void>;
  /** Errors: comment-length, document-full, document-closed. */
  say(proposal: Cid, text: string, replyTo?: string): Promise<void>;
  /** Errors: not-yours, document-closed. */
  removeComment(proposal: Cid, id: string): Promise<void>;
  readonly drafts: Observable<readonly DraftInfo[]>;
  /** The open ones, by id. */
  readonly openedDrafts: Observable<ReadonlyMap<string, DraftView>>;
  /** Errors: draft-title, too-many-drafts. */
  createDraft(title: string): Promise<DraftInfo>;
  /** Errors: not-owner, too-many-editors. */
  setEditors(id: string, editors: readonly NodeId[]): Promise<void>;
  /** Errors: not-owner. */
  deleteDraft(id: string): Promise<void>;
  /** Errors: draft-unknown. */
  openDraft(id: string): Promise<void>;
  closeDraft(id: string): Promise<void>;
  /** Errors: not-editor, document-full, document-closed. */
  writeDraft(id: string, text: string): Promise<void>;
  showCursor(id: string, cursor: number | undefined): void;
}
