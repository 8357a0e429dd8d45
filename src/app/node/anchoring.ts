import { decodeCertificate } from "../../core/artifacts/certificate.ts";
import { epochLengthMs } from "../../core/epoch/clock.ts";
import { fewestSignatures } from "../../core/epoch/fewest-signatures.ts";
import { failure, ParleyError } from "../../core/errors.ts";
import { claimsRoot } from "../../core/merkle/claims.ts";
import type { Address, Hash } from "../../core/primitives.ts";
import type { State } from "../../core/state.ts";
import type { AnchoredEpoch, Certificate, StakeEntry, Wallet } from "../../ports/chain.ts";
import { NETWORK_VALUE_PREFIX, type StoredEpoch } from "../../ports/store.ts";
import type { Subject } from "../observable.ts";
import type { AnchorAdvice, NodeStatus } from "../parley.ts";
import {
  adviseAnchor,
  anchorBatches,
  anchorTurnMs,
  longestWaitMs,
  type WaitingRoot,
} from "./anchor-policy.ts";
import type { NodeDependencies } from "./dependencies.ts";
import type { EventLog } from "./event-log.ts";

const INTENT_KEY = `${NETWORK_VALUE_PREFIX}anchor-intent`;
const GAS_LIMIT_KEY = `${NETWORK_VALUE_PREFIX}anchor-gas-limit`;
/** Epochs looked at for what is anchored and what waits. */
const LISTED_EPOCHS = 50;

/**
 * Puts certified roots on the chain, oldest first, through the user's wallet. The wish to anchor outlives a chain
 * that is away and a reload; a wallet's "no" ends it, and anybody else may still anchor.
 */
export class Anchoring {
  readonly #dependencies: NodeDependencies;
  readonly #events: EventLog;
  readonly #anchored = new Map<number, AnchoredEpoch>();
  /** When each waiting root was first seen to wait. */
  readonly #sinceMs = new Map<Hash, number>();
  #gas: { readonly priceWei: bigint } | undefined;
  /** The last anchored epoch of all, also one that this node does not keep. */
  #last: AnchoredEpoch | undefined;
  #lastNumber = -1;
  /** Before that, epochs that others have anchored look as if they waited. */
  #hasLooked = false;
  #reason: string | undefined;
  #sending = false;
  /** Of whoever wished to anchor last; after a reload, this node's own. */
  #wallet: Wallet;

  constructor(dependencies: NodeDependencies, events: EventLog) {
    this.#dependencies = dependencies;
    this.#events = events;
    this.#wallet = dependencies.wallet;
  }

  /** Why the oldest waiting root is not on the chain, if an attempt was made. */
  get reason(): string | undefined {
    return this.#reason;
  }

  anchoredEpoch(epoch: number): AnchoredEpoch | undefined {
    return this.#anchored.get(epoch);
  }

  /** Epochs of those that this node lists which the account has put on the chain. */
  anchoredBy(account: Address | undefined): readonly AnchoredEpoch[] {
    return [...this.#anchored.values()].filter(({ sender }) => sender === account);
  }

  /** Looks on the chain for certified epochs that are not known to be anchored; goes on with a kept wish. */
  async refresh(): Promise<void> {
    const { chain, store } = this.#dependencies;
    await this.#forgetUndone().catch(() => undefined);
    for (const { epoch, stateRoot } of await store.listEpochs(LISTED_EPOCHS)) {
      // Those that wait are many where nobody anchors: each would be asked for every time.
      if (this.#anchored.has(epoch) || epoch > this.#lastNumber) continue;
      const anchored = await chain.anchoredEpoch(epoch).catch(() => undefined);
      if (anchored?.stateRoot !== stateRoot) continue;
      this.#anchored.set(epoch, anchored);
      this.#events.good(
        epoch,
        "anchor",
        `Root of epoch ${epoch} is on the chain, transaction ${short(anchored.transaction)}`,
      );
    }
    if ((await store.getValue(INTENT_KEY)) && !this.#sending) await this.#send().catch(() => undefined);
  }

  /** Shows whose turn it is, by what `refresh` has found; nothing until the chain has answered once. */
  async advise({ registry }: Pick<State, "registry">, status: Subject<NodeStatus>): Promise<void> {
    if (!this.#hasLooked) return;
    const anchoring = await this.#advice(registry.entries);
    status.update((now) => ({ ...now, anchoring }));
  }

  async #advice(validators: readonly StakeEntry[]): Promise<AnchorAdvice> {
    const { clock, genesis, identity } = this.#dependencies;
    const nowMs = clock.nowMs();
    const waiting = (await this.#waiting()).map((stored) => this.#waitingRoot(stored, validators, nowMs));
    const roots = new Set(waiting.map(({ stateRoot }) => stateRoot));
    for (const root of this.#sinceMs.keys()) if (!roots.has(root)) this.#sinceMs.delete(root);
    return adviseAnchor({
      waiting,
      claimsRoot: this.#last?.claimsRoot ?? claimsRoot(new Map()),
      validators: validators.map(({ nodeId }) => nodeId),
      self: identity.nodeId,
      nowMs,
      turnMs: anchorTurnMs(epochLengthMs(genesis)),
      longestWaitMs: longestWaitMs(epochLengthMs(genesis)),
      gas: this.#gas,
      gasLimitWei: await this.#gasLimitWei(),
    });
  }

  async setGasLimit(limitWei: bigint | undefined): Promise<void> {
    const bytes = limitWei === undefined ? undefined : new TextEncoder().encode(`${limitWei}`);
    await this.#dependencies.store.setValue(GAS_LIMIT_KEY, bytes);
  }

  async #gasLimitWei(): Promise<bigint | undefined> {
    const kept = await this.#dependencies.store.getValue(GAS_LIMIT_KEY);
    return kept && BigInt(new TextDecoder().decode(kept));
  }

  #waitingRoot(
    { epoch, stateRoot, certificate }: StoredEpoch,
    validators: readonly StakeEntry[],
    nowMs: number,
  ): WaitingRoot {
    // By the stakes of now: the wallet goes by those at the root's block.
    const { root, signatures } = fewestSignatures(decodeCertificate(certificate), validators);
    const sinceMs = this.#sinceMs.get(stateRoot) ?? nowMs;
    this.#sinceMs.set(stateRoot, sinceMs);
    return { epoch, stateRoot, claimsRoot: root.claimsRoot, signerCount: signatures.length, sinceMs };
  }

  /** Errors: nothing-to-anchor and the wallet's. When the chain is away the wish is kept and `chain-unreachable` thrown. */
  async anchor(wallet: Wallet = this.#dependencies.wallet): Promise<void> {
    await this.#forgetUndone().catch(() => undefined);
    if ((await this.#waiting()).length === 0) {
      throw failure("nothing-to-anchor", "Every certified root is on the chain already.");
    }
    this.#wallet = wallet;
    await this.#dependencies.store.setValue(INTENT_KEY, Uint8Array.of(1));
    await this.#send();
  }

  /** A chain that reorganised may have dropped anchors: those roots wait again. */
  async #forgetUndone(): Promise<void> {
    const { chain, identity } = this.#dependencies;
    const { lastAnchoredEpoch, gasPriceWei } = await chain.overview(identity.nodeId);
    this.#gas = { priceWei: gasPriceWei };
    this.#lastNumber = lastAnchoredEpoch ?? -1;
    for (const epoch of this.#anchored.keys()) if (epoch > this.#lastNumber) this.#anchored.delete(epoch);
    if (this.#last?.epoch !== lastAnchoredEpoch) {
      this.#last = lastAnchoredEpoch === undefined ? undefined : await chain.anchoredEpoch(lastAnchoredEpoch);
    }
    this.#hasLooked = true;
  }

  async #waiting(): Promise<readonly StoredEpoch[]> {
    const epochs = await this.#dependencies.store.listEpochs(LISTED_EPOCHS);
    return epochs.filter(({ epoch }) => !this.#anchored.has(epoch)).reverse();
  }

  async #send(): Promise<void> {
    const { store } = this.#dependencies;
    this.#sending = true;
    try {
      await this.#sendAll(this.#wallet, await this.#waiting());
      await store.setValue(INTENT_KEY, undefined);
      this.#reason = undefined;
    } catch (thrown) {
      await this.#explain(thrown);
      throw thrown;
    } finally {
      this.#sending = false;
    }
  }

  /** All that wait in one transaction, oldest first: each root builds on the one before it, so none may be left out. */
  async #sendAll(wallet: Wallet, waiting: readonly StoredEpoch[]): Promise<void> {
    const { chain } = this.#dependencies;
    await chain.head();
    const open: Certificate[] = [];
    for (const { epoch, certificate } of waiting) {
      if ((await chain.anchoredEpoch(epoch)) === undefined) open.push(decodeCertificate(certificate));
    }
    for (const batch of anchorBatches(open)) await this.#sendBatch(wallet, batch);
  }

  async #sendBatch(wallet: Wallet, batch: readonly Certificate[]): Promise<void> {
    const epochs = batch.map(({ root }) => root.epoch);
    const [only] = batch;
    const last = epochs.at(-1);
    if (only === undefined || last === undefined) return;
    const which = epochs.length === 1 ? `epoch ${last}` : `${epochs.length} epochs (${epochs[0]} to ${last})`;
    this.#events.info(last, "anchor", `Asking the wallet to anchor ${which}`);
    const transaction = await (batch.length === 1 ? wallet.anchor(only) : wallet.anchorMany(batch));
    for (const epoch of epochs) {
      const anchored = await this.#dependencies.chain.anchoredEpoch(epoch);
      if (anchored) this.#anchored.set(epoch, anchored);
    }
    this.#events.good(last, "anchor", `Anchored ${which}, transaction ${short(transaction)}`);
  }

  async #explain(thrown: unknown): Promise<void> {
    const [oldest] = await this.#waiting();
    const away = thrown instanceof ParleyError && thrown.code === "chain-unreachable";
    if (!away) await this.#dependencies.store.setValue(INTENT_KEY, undefined);
    this.#reason = thrown instanceof Error ? thrown.message : String(thrown);
    this.#events.bad(
      oldest?.epoch ?? -1,
      "anchor",
      away
        ? "The chain is away; the root is anchored when it is back"
        : "The root is certified but not anchored yet; any validator can anchor it",
      thrown,
    );
  }
}

const short = (hash: string): string => `${hash.slice(0, 12)}…`;
