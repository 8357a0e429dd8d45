import { decodeState } from "../../core/artifacts/state.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Cid } from "../../core/primitives.ts";
import type { State } from "../../core/state.ts";
import { NETWORK_VALUE_PREFIX, type StoredEpoch } from "../../ports/store.ts";
import { Subject } from "../observable.ts";
import type { NodeDependencies } from "./dependencies.ts";
import type { Ledger } from "./ledger.ts";
import type { MessageLog } from "./message-log.ts";

const KEPT_KEY = `${NETWORK_VALUE_PREFIX}pinner`;
const ALL_EPOCHS = 1_000_000;
const FETCHES_AT_ONCE = 4;

export interface PinnerState {
  /** All epochs up to this one have been looked at; −1 before the first. */
  readonly epoch: number;
  /** Blocks fetched and found here since the start. */
  readonly held: number;
  /** Named by an epoch, and no peer gave them yet: asked for again with every epoch. */
  readonly missing: readonly Cid[];
}

type PinnerDependencies = Pick<NodeDependencies, "artifacts" | "store">;
export type Keep = (epoch: number, cid: Cid) => Promise<boolean>;

/**
 * Keeps what certified epochs name, for whoever audits or comes later: manifests, adapters, bundles, tasks. Messages and
 * states are in the store already. Goes on after a restart where it was.
 */
export class Pinner {
  readonly state = new Subject<PinnerState>({ epoch: -1, held: 0, missing: [] });
  readonly #dependencies: PinnerDependencies;
  readonly #log: MessageLog;
  readonly #ledger: Ledger;
  readonly #keep: Keep;
  readonly #stopping = new AbortController();
  #working: Promise<void> = Promise.resolve();

  /** `keep` answers whether there is room for a block; what has none counts as missing. */
  constructor(
    dependencies: PinnerDependencies,
    log: MessageLog,
    ledger: Ledger,
    keep: Keep = () => Promise.resolve(true),
  ) {
    this.#dependencies = dependencies;
    this.#log = log;
    this.#ledger = ledger;
    this.#keep = keep;
  }

  async start(): Promise<void> {
    const kept = await this.#dependencies.store.getValue(KEPT_KEY);
    if (kept !== undefined) {
      const { epoch, missing } = parseKept(kept);
      this.state.update((state) => ({ ...state, epoch, missing }));
    }
    this.#ledger.onAdopted(() => this.#wake());
    this.#wake();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  /** Resolves when everything known so far has been looked at. */
  settled(): Promise<void> {
    return this.#working;
  }

  #wake(): void {
    this.#working = this.#working.then(() => this.#work()).catch(() => undefined);
  }

  async #work(): Promise<void> {
    const { store } = this.#dependencies;
    const again = this.state.value.missing;
    const stored = (await store.listEpochs(ALL_EPOCHS)).toReversed();
    for (const epoch of stored) {
      if (this.#stopping.signal.aborted) return;
      if (epoch.epoch <= this.state.value.epoch) continue;
      await this.#fetchAll(epoch.epoch, await this.#namedBy(epoch));
      await this.#remember({ ...this.state.value, epoch: epoch.epoch });
    }
    if (again.length === 0 || this.#stopping.signal.aborted) return;
    await this.#fetchAll(this.state.value.epoch, again);
    await this.#remember(this.state.value);
  }

  async #namedBy(epoch: StoredEpoch): Promise<readonly Cid[]> {
    const set = await this.#log.load(epoch.messageSetCid);
    const cids = set?.kind === "message-set" ? set.envelope.body.messages : [];
    const members = await Promise.all(cids.map((cid) => this.#log.load(cid)));
    return [
      epoch.manifestCid,
      ...artifactsOfState(decodeState(epoch.state)),
      ...artifactsOfMessages(members.filter((message) => message !== undefined)),
    ];
  }

  async #fetchAll(epoch: number, cids: readonly Cid[]): Promise<void> {
    const waiting = [...new Set(cids)];
    const fetchSome = async (): Promise<void> => {
      for (let cid = waiting.pop(); cid !== undefined; cid = waiting.pop()) await this.#fetch(epoch, cid);
    };
    await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetchSome));
  }

  async #fetch(epoch: number, cid: Cid): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    const { artifacts } = this.#dependencies;
    const got =
      (await artifacts.has(cid)) ||
      ((await this.#keep(epoch, cid)) &&
        (await artifacts.get(cid, { timeoutMs: LIMITS.artifactFetchMs, signal }).then(
          () => true,
          () => false,
        )));
    this.state.update((state) => {
      const others = state.missing.filter((missing) => missing !== cid);
      if (got) return { ...state, held: state.held + 1, missing: others };
      return { ...state, missing: [...others, cid].slice(-LIMITS.pinnerMissing) };
    });
  }

  /** What was not fetched before a crash is fetched again: it is remembered after it is held. */
  async #remember(state: PinnerState): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.state.set(state);
    const { epoch, missing } = state;
    const bytes = new TextEncoder().encode(JSON.stringify({ epoch, missing }));
    await this.#dependencies.store.setValue(KEPT_KEY, bytes);
  }
}

/** Blocks that a state names: the version, its momentum, what clusters add. */
export function artifactsOfState({ modelVersion, momentum, clusters }: State): readonly Cid[] {
  return [modelVersion, ...(momentum === null ? [] : [momentum]), ...clusters.map(({ adapter }) => adapter)];
}

/** Blocks that the messages of an epoch name: bundles, taken in or refused, and held-out tasks. */
export function artifactsOfMessages(messages: readonly Message[]): readonly Cid[] {
  return messages.flatMap((message) => {
    if (message.kind === "submission") return [message.envelope.body.deltaCid];
    return message.kind === "held-out-reveal" ? [message.envelope.body.tasks] : [];
  });
}

/** Written by this class alone; what is damaged is looked at anew. */
function parseKept(bytes: Uint8Array): Pick<PinnerState, "epoch" | "missing"> {
  try {
    const kept: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof kept === "object" && kept !== null && "epoch" in kept && "missing" in kept) {
      const { epoch, missing } = kept;
      const cids = Array.isArray(missing) ? missing.filter((cid) => typeof cid === "string") : [];
      if (typeof epoch === "number") return { epoch, missing: cids };
    }
  } catch {
    // Told by the answer.
  }
  return { epoch: -1, missing: [] };
}
