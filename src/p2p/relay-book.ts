import type { Listener } from "@libp2p/interface";
import { describeError, toErrorData } from "../core/errors.ts";
import type { RelayInfo } from "../ports/gossip.ts";
import { Backoff } from "./backoff.ts";
import { parseRelay, type RelayAt, type RelaysByName } from "./relay-addresses.ts";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Where a name leads is asked again after this time, or when none of its relays answers. */
const RESOLVE_EVERY_MS = 10 * 60_000;

export type RelaySource = RelayInfo["source"];
const ORDER: readonly RelaySource[] = ["network", "own", "learnt"];

/** One relay that can be asked, and when it is asked next. */
export class Candidate {
  readonly relay: RelayAt;
  readonly backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  dueMs = 0;
  asking = false;
  problem: string | undefined;
  /** The transport's listener for this relay: used again, since listeners of one relay cannot be closed. */
  listener: Listener | undefined;

  constructor(relay: RelayAt) {
    this.relay = relay;
  }

  failed(nowMs: number, problem: string): void {
    this.dueMs = nowMs + this.backoff.failed();
    this.problem = problem;
  }

  worked(): void {
    this.backoff.reset();
    this.problem = undefined;
  }

  hurry(): void {
    this.backoff.reset();
    this.dueMs = 0;
  }
}

/** One configured address: a relay, or a name that leads to several. */
export class Entry {
  readonly text: string;
  readonly source: RelaySource;
  readonly name: RelaysByName | undefined;
  readonly backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  candidates: readonly Candidate[] = [];
  resolving = false;
  dueMs = 0;
  problem: string | undefined;

  private constructor(text: string, source: RelaySource, parsed?: RelayAt | RelaysByName) {
    this.text = text.trim();
    this.source = source;
    this.name = parsed?.kind === "name" ? parsed : undefined;
    if (parsed?.kind === "relay") this.candidates = [new Candidate(parsed)];
  }

  /** Errors: those of parseRelay. */
  static of(text: string, source: RelaySource): Entry {
    return new Entry(text, source, parseRelay(text));
  }

  /** One line of the network's files that cannot be read is shown as such; the others are used. */
  static ofNetwork(text: string): Entry {
    try {
      return Entry.of(text, "network");
    } catch (thrown) {
      const entry = new Entry(text, "network");
      entry.problem = describeError(toErrorData(thrown));
      return entry;
    }
  }

  /** Candidates that are still named keep their state. */
  resolved(relays: readonly RelayAt[], nowMs: number): void {
    const known = new Map(this.candidates.map((kept) => [kept.relay.address.toString(), kept]));
    this.candidates = relays.map((relay) => known.get(relay.address.toString()) ?? new Candidate(relay));
    this.backoff.reset();
    this.dueMs = nowMs + RESOLVE_EVERY_MS;
    this.problem = relays.length === 0 ? "This name leads to no relay." : undefined;
  }

  failed(nowMs: number, problem: string): void {
    this.dueMs = nowMs + this.backoff.failed();
    this.problem = problem;
  }

  hurry(): void {
    this.backoff.reset();
    if (this.problem !== undefined) this.dueMs = 0;
    for (const candidate of this.candidates) candidate.hurry();
  }

  state(isHeld: (peer: string) => boolean): RelayInfo {
    const { text: address, source } = this;
    const problem = this.problem ?? this.candidates.find((kept) => kept.problem !== undefined)?.problem;
    if (this.candidates.some(({ relay }) => isHeld(relay.peer))) return { address, source, state: "held" };
    if (this.resolving || this.candidates.some(({ asking }) => asking)) {
      return { address, source, state: "asking", ...(problem === undefined ? {} : { problem }) };
    }
    return problem === undefined
      ? { address, source, state: "standby" }
      : { address, source, state: "waiting", problem };
  }
}

/** The network's relays before a person's own, those before what was learnt of peers. */
export function inOrder(entries: Iterable<Entry>): Entry[] {
  return [...entries].sort((a, b) => ORDER.indexOf(a.source) - ORDER.indexOf(b.source));
}
