import type { ErrorData } from "../../core/errors.ts";
import type { IdentityLink } from "../../core/identity-link.ts";
import type { Address, NodeId } from "../../core/primitives.ts";
import type { OnProgress } from "../../ports/progress.ts";
import type { OwnLogState } from "../identity/own-log-guard.ts";
import type { PhraseCheck } from "../identity/phrase.ts";
import type { ProfileParts } from "../identity/profile.ts";
import type { Observable } from "../observable.ts";

/** Nothing in it is secret. */
export interface IdentityStatus {
  /** Absent while the keys cannot be read. */
  readonly nodeId?: NodeId;
  /** Why they cannot: a phrase or a file puts others in their place. */
  readonly problem?: ErrorData;
  /** Whether the database holds the keys sealed by a key that scripts cannot read. */
  readonly isSealed: boolean;
  /** False: the recovery phrase brings back the node, not the operator key of this (older) profile; a file holds both. */
  readonly isOperatorDerived: boolean;
  /** Whether this tab runs the node. */
  readonly isNodeHere: boolean;
  /** Whether the node may write; absent while it does not run here. */
  readonly ownLog?: OwnLogState;
  /** The wallet that this node is linked to in this network. */
  readonly link?: IdentityLink;
}

export interface ProfileExport extends ProfileParts {
  readonly passphrase: string;
  /** This device promises to write no more with the identity: the next one goes on without waiting for peers. */
  readonly isMoving: boolean;
}

/** What a profile's file holds; nothing of it has been taken over yet. */
export interface ProfilePreview {
  readonly nodeId: NodeId;
  readonly exportedAtMs: number;
  readonly isFinal: boolean;
  readonly pairs: number;
  readonly threads: number;
  readonly settings: number;
  readonly adapters: number;
  /** Takes it over; `withIdentity` replaces this profile's. The app starts anew. Errors: storage-full. */
  use(withIdentity: boolean): Promise<void>;
}

/** Secrets are given by these calls alone, to the tab that asked; they are in no status and no message between tabs. */
export interface IdentityService {
  readonly status: Observable<IdentityStatus>;
  /** The recovery phrase: whoever reads it is this node. To be shown on the person's explicit wish alone. */
  phrase(): Promise<readonly string[]>;
  /** What is wrong with a phrase, word by word. */
  checkPhrase(text: string): Promise<PhraseCheck>;
  /** Replaces this profile's identity; the app starts anew. Errors: phrase-words, phrase-length, phrase-checksum. */
  importPhrase(text: string): Promise<void>;
  /** An encrypted file. Errors: passphrase-short, profile-large, node-elsewhere, log-recovering (both when moving). */
  exportProfile(choices: ProfileExport, onProgress?: OnProgress): Promise<Uint8Array>;
  /** Errors: profile-file, profile-passphrase, and those of decoding. */
  readProfile(file: Uint8Array, passphrase: string, onProgress?: OnProgress): Promise<ProfilePreview>;
  /** Both sign that they belong together. Errors: wallet-needed, node-elsewhere, link-wallet-signature and the wallet's. */
  linkWallet(): Promise<void>;
  unlinkWallet(): Promise<void>;
  /** No other device has this identity, and nobody holds more of its log. Errors: log-known-longer, log-forked, identity-moved. */
  confirmAlone(): Promise<void>;
  /** An identity that was moved away is used here again, once peers have told what it wrote meanwhile. */
  takeBack(): Promise<void>;
}

export interface AddressEntry {
  readonly name: string;
  readonly address: Address;
}

/** Names that this person gave to addresses; the same on all their devices. */
export interface AddressBookService {
  /** By name. */
  readonly entries: Observable<readonly AddressEntry[]>;
  /** A name that is there already gets the new address. Errors: address-name, address-form, address-book-full. */
  set(name: string, address: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** One device of this person. */
export interface PairedDevice {
  readonly nodeId: NodeId;
  readonly name: string;
  readonly addedAtMs: number;
  readonly isThis: boolean;
}

export type PairingState =
  | { readonly step: "idle" }
  /** The other device scans or types the code; once, and soon. */
  | { readonly step: "waiting"; readonly code: string; readonly expiresAtMs: number }
  | { readonly step: "connecting" }
  /** Both screens show these digits; the person says whether they are the same. */
  | { readonly step: "comparing"; readonly digits: string; readonly name: string }
  | { readonly step: "finishing"; readonly name: string }
  | { readonly step: "done"; readonly name: string }
  | { readonly step: "failed"; readonly error: ErrorData };

/** The devices of one person. Each has an identity of its own; what they share is encrypted under a key of the group. */
export interface DevicesService {
  /** This one first; empty while nothing is paired. */
  readonly devices: Observable<readonly PairedDevice[]>;
  readonly pairing: Observable<PairingState>;
  /** Shows a code for one other device. Errors: busy, pairing-full. */
  invite(): Promise<void>;
  /** Errors: busy, pairing-code, pairing-expired, pairing-own, pairing-full; what happens then stands in `pairing`. */
  join(code: string): Promise<void>;
  /** Whether both screens show the same digits. */
  confirm(isSame: boolean): void;
  /** Ends the pairing under way. */
  cancel(): void;
  renameThis(name: string): Promise<void>;
  /** The others get a new key; the removed one keeps what it has seen. Removing this device makes it forget the group. */
  remove(nodeId: NodeId): Promise<void>;
}
