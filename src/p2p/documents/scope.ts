import { bytesToHex } from "../../core/bytes.ts";
import { type ErrorData, failure, ignore, reject, toErrorData } from "../../core/errors.ts";
import type { Identity } from "../../core/identity.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, Hex, NodeId } from "../../core/primitives.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Gossip } from "../../ports/gossip.ts";
import type { Random } from "../../ports/random.ts";
import type { Store } from "../../ports/store.ts";
import {
  decodeFrame,
  decodeParts,
  encodeFrame,
  encodeParts,
  type Frame,
  type Held,
  heldOf,
  isNewer,
  MARK_BYTES,
  type Part,
  type Presence,
  signPart,
  signPresence,
  verifyPart,
  verifyPresence,
} from "./frames.ts";

/** Whoever lost a message asks again so often, and so soon after somebody came. */
const ASK_EVERY_MS = 60_000;
const ASK_SOON_MS = 500;
/** Several could answer one question: each waits a random time, and is still when another one has answered. */
const ANSWER_WITHIN_MS = 600;
const SHOW_PRESENCE_EVERY_MS = 15_000;
const PRESENCE_ENDS_MS = 40_000;
/** Clocks of peers differ; who shows an older presence replays it. */
const PRESENCE_SKEW_MS = 60_000;
/** Kept entries above which the list is written anew. */
const SPARE_ENTRIES = 32;

export interface DocumentParts {
  readonly network: Cid;
  readonly identity: Identity;
  readonly gossip: Gossip;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

export interface ScopeOptions {
  /** Name on the network; peers with the same scope open exchange its parts. */
  readonly scope: string;
  /** Name in the store. */
  readonly storedAs: string;
  readonly mayWrite: (document: string, author: NodeId) => boolean;
  /** Throws when the update of a part is not what it should be. Parts of strangers are checked before they are kept. */
  readonly check: (part: Part) => void;
}

/** The parts of related documents, kept on this device and exchanged with every peer that has the same scope open. */
export class Scope {
  readonly #base: DocumentParts;
  readonly #options: ScopeOptions;
  readonly #topic: string;
  readonly #parts = new Map<string, Part>();
  readonly #present = new Map<string, Presence>();
  readonly #listeners = new Set<() => void>();
  readonly #answered = new Map<Hex, Set<string>>();
  readonly #timers = new Map<string, () => void>();
  readonly #ends: (() => void)[] = [];
  #entries = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #shown: { readonly document: string; readonly cursor: number | null } | undefined;
  #peers = 0;

  private constructor(base: DocumentParts, options: ScopeOptions) {
    this.#base = base;
    this.#options = options;
    this.#topic = `/parley/${base.network.slice(-16)}/documents/${options.scope}`;
  }

  static async open(base: DocumentParts, options: ScopeOptions): Promise<Scope> {
    const scope = new Scope(base, options);
    await scope.#load();
    scope.#join();
    return scope;
  }

  /** Of authors who may write it now, by author. */
  parts(document: string): readonly Part[] {
    return [...this.#parts.values()]
      .filter((part) => part.document === document && this.#options.mayWrite(document, part.author))
      .sort((a, b) => (a.author < b.author ? -1 : 1));
  }

  own(document: string): Part | undefined {
    return this.#parts.get(keyOf(document, this.#base.identity.nodeId));
  }

  /** Signs, keeps and publishes this node's part. Errors: document-full, those of the store. */
  async write(document: string, update: Uint8Array): Promise<void> {
    if (update.length > LIMITS.documentPartBytes) {
      throw failure(
        "document-full",
        "Your part of this document is full.",
        `${LIMITS.documentPartBytes} bytes`,
        `${update.length} bytes`,
      );
    }
    const { network, identity } = this.#base;
    const version = (this.own(document)?.version ?? 0) + 1;
    const part = signPart(network, identity, { scope: this.#options.scope, document, version, update });
    await this.#keep(part);
    this.#publish({ kind: "parts", answerTo: null, parts: [part] });
    this.#tell();
  }

  present(document: string): readonly Presence[] {
    const now = this.#base.clock.nowMs();
    return [...this.#present.values()].filter(
      (presence) => presence.document === document && now - presence.atMs < PRESENCE_ENDS_MS,
    );
  }

  /** Others see it until it is taken back by undefined, or this tab goes away. */
  show(document: string | undefined, cursor: number | null = null): void {
    this.#shown = document === undefined ? undefined : { document, cursor };
    this.#showPresence();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What may be read or written has changed elsewhere. */
  changed(): void {
    this.#tell();
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    await this.#writing;
  }

  async #load(): Promise<void> {
    const kept = await this.#base.store.documentUpdates(this.#options.storedAs);
    this.#entries = kept.length;
    for (const part of kept.flatMap(decodeParts)) {
      if (isNewer(part, this.#parts.get(keyOf(part.document, part.author)))) this.#set(part);
    }
  }

  #join(): void {
    const { gossip } = this.#base;
    this.#ends.push(gossip.subscribe(this.#topic, (bytes) => this.#receive(bytes)));
    this.#ends.push(
      gossip.onStatus(({ peers }) => {
        if (peers.length > this.#peers) this.#askSoon();
        this.#peers = peers.length;
      }),
    );
    this.#askSoon();
  }

  #askSoon(): void {
    this.#later("ask", ASK_SOON_MS + this.#jitterMs(ASK_SOON_MS), () => this.#ask());
  }

  #ask(): void {
    const mark = bytesToHex(this.#base.random.bytes(MARK_BYTES));
    const held = [...this.#parts.values()].map(heldOf).slice(0, LIMITS.documentParts);
    this.#publish({ kind: "have", mark, held });
    this.#showPresence();
    this.#later("ask", ASK_EVERY_MS + this.#jitterMs(ASK_EVERY_MS), () => this.#ask());
  }

  async #receive(bytes: Uint8Array): Promise<ErrorData | undefined> {
    try {
      const frame = decodeFrame(bytes);
      if (frame.kind === "have") this.#answerSoon(frame.mark, frame.held);
      else if (frame.kind === "presence") this.#meet(frame.presence);
      else await this.#accept(frame);
      return undefined;
    } catch (thrown) {
      return toErrorData(thrown);
    }
  }

  #answerSoon(mark: Hex, held: readonly Held[]): void {
    const theirs = new Map(held.map(([document, author, version]) => [keyOf(document, author), version]));
    const lacksOurs = [...this.#parts].some(([key, { version }]) => version > (theirs.get(key) ?? 0));
    const lacksTheirs = held.some(
      ([document, author, version]) =>
        version > (this.#parts.get(keyOf(document, author))?.version ?? 0) &&
        this.#options.mayWrite(document, author),
    );
    if (lacksTheirs) this.#askSoon();
    if (!lacksOurs || this.#answered.has(mark)) return;
    const answered = new Set<string>();
    remember(this.#answered, mark, answered);
    this.#later(`answer ${mark}`, this.#jitterMs(ANSWER_WITHIN_MS), () => {
      const newer = [...this.#parts].filter(
        ([key, part]) => part.version > (theirs.get(key) ?? 0) && !answered.has(idOf(part)),
      );
      for (const parts of inFrames(newer.map(([, part]) => part))) {
        this.#publish({ kind: "parts", answerTo: mark, parts });
      }
    });
  }

  async #accept({ answerTo, parts }: Extract<Frame, { kind: "parts" }>): Promise<void> {
    const others = answerTo === null ? undefined : this.#answered.get(answerTo);
    let isNews = false;
    for (const part of parts) {
      others?.add(idOf(part));
      isNews = (await this.#acceptPart(part)) || isNews;
    }
    if (isNews) this.#tell();
  }

  async #acceptPart(part: Part): Promise<boolean> {
    const { document, author } = part;
    if (part.scope !== this.#options.scope) throw reject("wrong-document", "A part of another document");
    if (!isNewer(part, this.#parts.get(keyOf(document, author)))) return false;
    if (!this.#options.mayWrite(document, author)) {
      throw ignore("not-editor", "Its author may not write this document", undefined, author);
    }
    this.#requireRoom(part);
    verifyPart(this.#base.network, part);
    this.#options.check(part);
    await this.#keep(part);
    return true;
  }

  #requireRoom(part: Part): void {
    const others = [...this.#parts.values()].filter((held) => idOf(held) !== idOf(part));
    const bytes = others.reduce((sum, { update }) => sum + update.length, part.update.length);
    if (others.length < LIMITS.documentParts && bytes <= LIMITS.documentScopeBytes) return;
    throw ignore("document-full", "There is no room for more in this document");
  }

  #meet(presence: Presence): void {
    const { scope, author, atMs } = presence;
    if (scope !== this.#options.scope) throw reject("wrong-document", "Present in another document");
    if (Math.abs(this.#base.clock.nowMs() - atMs) > PRESENCE_SKEW_MS) {
      throw ignore("stale-presence", "This presence is over");
    }
    const known = this.#present.get(author);
    if (author === this.#base.identity.nodeId || (known !== undefined && known.atMs >= atMs)) return;
    verifyPresence(this.#base.network, presence);
    remember(this.#present, author, presence);
    this.#later(`presence ${author}`, PRESENCE_ENDS_MS, () => this.#tell());
    this.#tell();
  }

  #showPresence(): void {
    this.#timers.get("show")?.();
    if (this.#shown === undefined) return;
    const { network, identity, clock } = this.#base;
    const body = { scope: this.#options.scope, atMs: clock.nowMs(), ...this.#shown };
    this.#publish({ kind: "presence", presence: signPresence(network, identity, body) });
    this.#later("show", SHOW_PRESENCE_EVERY_MS, () => this.#showPresence());
  }

  #keep(part: Part): Promise<void> {
    const { store } = this.#base;
    const { storedAs } = this.#options;
    const kept = this.#writing.then(async () => {
      await store.addDocumentUpdate(storedAs, encodeParts([part]));
      this.#set(part);
      this.#entries++;
      if (this.#entries <= 2 * this.#parts.size + SPARE_ENTRIES) return;
      await store.replaceDocument(storedAs, encodeParts([...this.#parts.values()]));
      this.#entries = 1;
    });
    this.#writing = kept.catch(() => undefined);
    return kept;
  }

  #set(part: Part): void {
    this.#parts.set(keyOf(part.document, part.author), part);
  }

  #publish(frame: Frame): void {
    // Nobody may be there yet: who comes asks.
    void this.#base.gossip.publish(this.#topic, encodeFrame(frame)).catch(() => 0);
  }

  #later(name: string, delayMs: number, task: () => void): void {
    this.#timers.get(name)?.();
    const cancel = this.#base.clock.at(this.#base.clock.nowMs() + delayMs, () => {
      this.#timers.delete(name);
      task();
    });
    this.#timers.set(name, cancel);
  }

  #jitterMs(maximumMs: number): number {
    const [high = 0, low = 0] = this.#base.random.bytes(2);
    return Math.floor((maximumMs * (high * 256 + low)) / 65_536);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const keyOf = (document: string, author: NodeId): string => `${author} ${document}`;
const idOf = ({ document, author, version }: Part): string => `${version} ${keyOf(document, author)}`;

/** As many parts a frame as fit, as many frames as one answer may have. */
function inFrames(parts: readonly Part[]): Part[][] {
  const frames: Part[][] = [];
  let frameBytes = 0;
  let totalBytes = 0;
  for (const part of parts) {
    const bytes = encodeParts([part]).length;
    totalBytes += bytes;
    if (totalBytes > LIMITS.documentAnswerBytes) break;
    const last = frames.at(-1);
    frameBytes += bytes;
    if (last === undefined || frameBytes > LIMITS.documentPartBytes) {
      frames.push([part]);
      frameBytes = bytes;
    } else last.push(part);
  }
  return frames;
}

/** The oldest is forgotten first. */
function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > LIMITS.documentParts && oldest.done !== true) map.delete(oldest.value);
}
