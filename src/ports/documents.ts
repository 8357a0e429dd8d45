import type { NodeId } from "../core/primitives.ts";

/** One contribution to a discussion. Only its author can change or take it back. */
export interface Comment {
  readonly id: string;
  readonly author: NodeId;
  readonly text: string;
  readonly atMs: number;
  /** Id of the comment that it answers. */
  readonly replyTo?: string;
}

/** What people say about one proposal. Merges without a server; a late reader gets all that any reader still holds. */
export interface Discussion {
  /** Oldest first. */
  comments(): readonly Comment[];
  /** Errors: comment-length, document-full. */
  say(text: string, replyTo?: string): Promise<void>;
  /** Takes back one of one's own. Errors: not-yours. */
  remove(id: string): Promise<void>;
  /** Others that have it open now. */
  present(): readonly NodeId[];
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/** What a draft is called and who may write it; its owner says so. */
export interface DraftInfo {
  /** `<owner>/<name>`. */
  readonly id: string;
  readonly owner: NodeId;
  readonly title: string;
  readonly editors: readonly NodeId[];
}

export interface Writer {
  readonly nodeId: NodeId;
  /** Where in the text their cursor is, in UTF-16 units; undefined when they only read. */
  readonly cursor?: number;
}

/** A proposal that several people write together before one of them signs it. */
export interface Draft {
  info(): DraftInfo;
  text(): string;
  /** Makes the text read so; what others write at the same time stays. Errors: not-editor, document-full. */
  write(text: string): Promise<void>;
  showCursor(cursor: number | undefined): void;
  present(): readonly Writer[];
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/** Keyed values that the devices of one person share, encrypted on the way; the last writer of a key wins. */
export interface DeviceRecords {
  /** As they were put; null: removed. */
  entries(): ReadonlyMap<string, string | null>;
  /** Null removes it on all devices. Errors: document-full. */
  put(key: string, value: string | null): Promise<void>;
  /** Makes room: this device no longer keeps these for the others, who may still have them. */
  release(keys: readonly string[]): Promise<void>;
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface DeviceGroup {
  /** Public name of the group; a new key is a new group. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly members: readonly NodeId[];
}

/** Documents that several nodes write (https://docs.yjs.dev), kept on this device and merged with everyone in reach. */
export interface Documents {
  openDiscussion(subject: string): Promise<Discussion>;
  /** Drafts of this node and those that others announced, by title. */
  drafts(): readonly DraftInfo[];
  onDrafts(listener: () => void): () => void;
  /** Errors: draft-title, too-many-drafts. */
  createDraft(title: string): Promise<DraftInfo>;
  /** Sets who else may write. Errors: not-owner, too-many-editors. */
  setEditors(id: string, editors: readonly NodeId[]): Promise<void>;
  /** Errors: not-owner. */
  deleteDraft(id: string): Promise<void>;
  /** Errors: draft-unknown. */
  openDraft(id: string): Promise<Draft>;
  /** `collection`: for instance "addresses" or "threads". */
  openDeviceRecords(group: DeviceGroup, collection: string): Promise<DeviceRecords>;
  stop(): Promise<void>;
}
