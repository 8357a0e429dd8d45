import type { Adapter, Cid, Hash, NodeId } from "../core/primitives.ts";

/** A signed message as it is kept: the bytes are the truth, the rest is index. */
export interface StoredMessage {
  readonly cid: Cid;
  readonly author: NodeId;
  readonly sequence: number;
  readonly kind: string;
  /** Epoch the message is about; −1 for kinds without one. */
  readonly epoch: number;
  readonly bytes: Uint8Array;
  readonly receivedAtMs: number;
}

/** A certified (or final) epoch as this node computed it. */
export interface StoredEpoch {
  readonly epoch: number;
  readonly stateRoot: Hash;
  readonly previousRoot: Hash;
  readonly manifestCid: Cid;
  readonly messageSetCid: Cid;
  /** DAG-CBOR of the state after this epoch. */
  readonly state: Uint8Array;
  /** DAG-CBOR of the certificate (epoch votes). */
  readonly certificate: Uint8Array;
  readonly anchorTransaction?: string;
}

export interface StoredPair {
  readonly id: string;
  readonly prompt: string;
  readonly answer: string;
  readonly rejectedAnswer?: string;
  readonly createdAtMs: number;
  /** Epoch in which a delta trained on it was adopted, if any. */
  readonly adoptedInEpoch?: number;
}

/** What this device alone has learnt on top of a base model. It is never sent. */
export interface StoredPersonalAdapter {
  readonly baseModel: Cid;
  readonly adapter: Adapter;
  readonly updatedAtMs: number;
}

export interface StoredThread {
  readonly id: string;
  readonly title: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface StoredTurn {
  readonly id: string;
  readonly threadId: string;
  /** Order within the thread. */
  readonly index: number;
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly createdAtMs: number;
  readonly correctedTo?: string;
  /** What the user thought of an answer. */
  readonly thumb?: "up" | "down";
  readonly stoppedBy?: "end" | "length" | "stop" | "abort";
}

/** A task promised and not yet done: survives reload; finished after waking or handed back. */
export interface StoredDuty {
  readonly id: string;
  readonly kind: string;
  readonly epoch: number;
  readonly deadlineMs: number;
  /** DAG-CBOR or JSON bytes, read by the duty's own code. */
  readonly detail: Uint8Array;
}

/** A training run under way: survives reload, and goes on from its last checkpoint. */
export interface StoredTraining {
  readonly id: string;
  /** JSON bytes of what was asked for, read by the duty's own code. */
  readonly request: Uint8Array;
  /** As the Trainer port gave it. */
  readonly checkpoint: Uint8Array;
}

export interface StoredOutboxEntry {
  readonly cid: Cid;
  readonly kind: string;
  readonly createdAtMs: number;
  readonly state: "waiting" | "delivered" | "counted" | "refused";
  readonly detail?: string;
  /** Nodes that said they hold it, at most LIMITS.outboxConfirmations. */
  readonly confirmedBy?: readonly NodeId[];
}

/** What this node knows of a content-addressed block that it holds; the block itself lies elsewhere. */
export interface StoredBlock {
  readonly cid: Cid;
  readonly sizeBytes: number;
  readonly addedAtMs: number;
  readonly usedAtMs: number;
  /** Why it is kept, in the words of the pinning policy; undefined: only while there is room. */
  readonly pin?: string;
  /** Epoch it belongs to; −1 for none. */
  readonly epoch: number;
}

/** Values and documents whose keys begin so belong to the current network; all others to the browser profile. */
export const NETWORK_VALUE_PREFIX = "network/";

/**
 * Durable state of one node. Writes resolve only when durable. Errors: storage-full, storage-closed.
 * Lists are ordered as each comment says.
 */
export interface Store {
  /** Small values: identity, settings; `network/…` for what ends with the network. */
  getValue(key: string): Promise<Uint8Array | undefined>;
  setValue(key: string, value: Uint8Array | undefined): Promise<void>;

  /** False when already held. */
  addMessage(message: StoredMessage): Promise<boolean>;
  /** In one write, all or none; how many were new. */
  addMessages(messages: readonly StoredMessage[]): Promise<number>;
  /**
   * Keeps a message whose place in its author's log another one has, or that builds on such a one: only `getMessage` finds
   * it. No log, list or head knows it. False when already held.
   */
  addForked(message: StoredMessage): Promise<boolean>;
  getMessage(cid: Cid): Promise<StoredMessage | undefined>;
  /** By author, then sequence. */
  messagesOfEpoch(epoch: number): Promise<readonly StoredMessage[]>;
  messagesOfKind(kind: string): Promise<readonly StoredMessage[]>;
  messagesOfAuthor(author: NodeId, from: number, to: number): Promise<readonly StoredMessage[]>;
  logHeads(): Promise<ReadonlyMap<NodeId, number>>;

  putEpoch(epoch: StoredEpoch): Promise<void>;
  getEpoch(epoch: number): Promise<StoredEpoch | undefined>;
  /** Newest first. */
  listEpochs(limit: number): Promise<readonly StoredEpoch[]>;

  putPair(pair: StoredPair): Promise<void>;
  deletePair(id: string): Promise<void>;
  /** Oldest first. */
  listPairs(): Promise<readonly StoredPair[]>;

  /** One a base model; it outlives networks. */
  putPersonalAdapter(stored: StoredPersonalAdapter): Promise<void>;
  getPersonalAdapter(baseModel: Cid): Promise<StoredPersonalAdapter | undefined>;
  deletePersonalAdapter(baseModel: Cid): Promise<void>;

  putThread(thread: StoredThread): Promise<void>;
  deleteThread(id: string): Promise<void>;
  /** Last updated first. */
  listThreads(): Promise<readonly StoredThread[]>;
  putTurn(turn: StoredTurn): Promise<void>;
  deleteTurn(id: string): Promise<void>;
  /** By index. */
  listTurns(threadId: string): Promise<readonly StoredTurn[]>;

  putDuty(duty: StoredDuty): Promise<void>;
  deleteDuty(id: string): Promise<void>;
  listDuties(): Promise<readonly StoredDuty[]>;

  putTraining(training: StoredTraining): Promise<void>;
  deleteTraining(id: string): Promise<void>;
  getTraining(id: string): Promise<StoredTraining | undefined>;

  putOutbox(entry: StoredOutboxEntry): Promise<void>;
  deleteOutbox(cid: Cid): Promise<void>;
  /** Oldest first. */
  listOutbox(): Promise<readonly StoredOutboxEntry[]>;

  putBlock(block: StoredBlock): Promise<void>;
  deleteBlock(cid: Cid): Promise<void>;
  /** Least recently used first. */
  listBlocks(): Promise<readonly StoredBlock[]>;

  /** Adds one update of a shared document (Yjs) to those kept. */
  addDocumentUpdate(document: string, update: Uint8Array): Promise<void>;
  /** Puts one update, which holds all, in the place of those kept; undefined forgets the document. */
  replaceDocument(document: string, update: Uint8Array | undefined): Promise<void>;
  /** In the order in which they were added. */
  documentUpdates(document: string): Promise<readonly Uint8Array[]>;
  /** Ids of all kept documents, in alphabetical order. */
  listDocuments(): Promise<readonly string[]>;

  close(): Promise<void>;
}
