import { hexToBytes } from "../../core/bytes.ts";
import { cidDigest, cidOfDigest, decodeCbor, encodeCbor } from "../../core/codec/dag-cbor.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Hash } from "../../core/primitives.ts";
import type { AnchoredRoot } from "../../ports/anchor-rewards.ts";
import type { Wallet } from "../../ports/chain.ts";
import type { ChainDispute, DisputeTerms } from "../../ports/chain-disputes.ts";
import { NETWORK_VALUE_PREFIX } from "../../ports/store.ts";
import type { NodeDependencies } from "../node/dependencies.ts";
import type { Ledger } from "../node/ledger.ts";
import type { MessageLog } from "../node/message-log.ts";
import { type Observable, Subject } from "../observable.ts";
import type {
  DisputeRequest,
  DisputeService,
  DisputesState,
  EpochSummary,
  OwnFinding,
  ShownChallenge,
  ShownDispute,
} from "../parley.ts";
import { actsOf } from "./acts.ts";
import { ChainLook, type SeenDispute } from "./chain-look.ts";
import { EvidenceList } from "./evidence-list.ts";

/** About a block's time on Ethereum. */
const LOOK_MS = 12_000;
const RULED_KEY = `${NETWORK_VALUE_PREFIX}ruled-`;

type Dependencies = Pick<
  NodeDependencies,
  "chain" | "clock" | "store" | "artifacts" | "operator" | "identity" | "wallet" | "networkCid"
>;

export interface DisputeParts {
  readonly dependencies: Dependencies;
  readonly ledger: Pick<Ledger, "ownRoot">;
  readonly log: Pick<MessageLog, "ofEpoch" | "ofKind">;
  readonly epochs: Observable<readonly EpochSummary[]>;
}

/** Disputes on the chain about anchored roots: what can be disputed, what this node has found itself, and what it can do. */
export class Disputes implements DisputeService {
  readonly state = new Subject<DisputesState>({ challenges: new Map(), disputes: [], evidence: [] });
  readonly #parts: DisputeParts;
  readonly #chain: ChainLook;
  readonly #evidence: EvidenceList;
  readonly #reasons = new Map<Hash, string>();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(parts: DisputeParts) {
    this.#parts = parts;
    const { chain, operator, identity, networkCid } = parts.dependencies;
    this.#evidence = new EvidenceList({ chain, log: parts.log, network: networkCid, self: identity.nodeId });
    this.#chain = new ChainLook(chain, { operator: operator.address, nodeId: identity.nodeId });
  }

  start(): void {
    const { clock } = this.#parts.dependencies;
    void this.look()
      .catch(() => undefined)
      .finally(() => {
        if (!this.#stopped) this.#cancel = clock.at(clock.nowMs() + LOOK_MS, () => this.start());
      });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** Asks the chain for what has changed since the last look. Errors: chain-unreachable. */
  async look(): Promise<void> {
    const read = await this.#chain.read(this.#parts.epochs.value);
    const { terms, head, ...seen } = read;
    const challenges = new Map<number, ShownChallenge>();
    for (const [epoch, challenge] of seen.challenges) {
      challenges.set(epoch, { ...challenge, finding: await this.#findingOf(challenge.anchored) });
    }
    // A chain whose clock is ahead of this device's counts by its own.
    const nowMs = Math.max(head.timestampMs, this.#parts.dependencies.clock.nowMs());
    const at = { blockNumber: head.blockNumber, nowMs };
    const disputes = await Promise.all(seen.disputes.map((dispute) => this.#shown(dispute, terms, at)));
    const evidence = await this.#evidence.look(read);
    if (!this.#stopped) this.state.set({ terms, challenges, disputes, evidence });
  }

  /** `wallet`: of the tab that asks, when that is not the one that runs the node. */
  async act(request: DisputeRequest, wallet: Wallet = this.#parts.dependencies.wallet): Promise<void> {
    await this.#send(request, wallet);
    await this.look().catch(() => undefined);
  }

  async #send(request: DisputeRequest, wallet: Wallet): Promise<unknown> {
    const { operator, identity } = this.#parts.dependencies;
    if (request.act === "open") return this.#open(request, wallet);
    if (request.act === "report") {
      return wallet.dispute({ step: "report", evidence: this.#evidence.get(request.evidence) });
    }
    const { dispute } = request;
    switch (request.act) {
      case "draw":
        return wallet.dispute({ step: "draw", dispute });
      case "rule":
        return this.#rule(dispute, wallet);
      case "close":
        return wallet.dispute({ step: "close", dispute, anchored: await this.#recordOf(dispute) });
      case "collect": {
        const { nodeId } = identity;
        return wallet.dispute({ step: "collect", dispute, operator: operator.address, nodeId });
      }
    }
  }

  async #open({ epoch, reason }: Extract<DisputeRequest, { act: "open" }>, wallet: Wallet): Promise<unknown> {
    const text = reason.trim();
    if (text === "" || text.length > LIMITS.disputeReasonCharacters) {
      const expected = `1 to ${LIMITS.disputeReasonCharacters} characters`;
      throw failure("dispute-reason", "Say what you found", expected, `${text.length} characters`);
    }
    const anchored = await this.#parts.dependencies.chain.anchoredRecord(epoch);
    if (anchored === undefined) throw failure("not-anchored", "This epoch is not on the chain", `${epoch}`);
    // The chain keeps its digest; the text itself is content, which jurors get from this node.
    const cid = await this.#parts.dependencies.artifacts.put(encodeCbor({ reason: text }));
    return wallet.dispute({ step: "open", anchored, reason: cidDigest(cid) });
  }

  /** The operator key signs what this node has computed, or nothing. */
  async #rule(dispute: number, wallet: Wallet): Promise<void> {
    const { operator, store, chain } = this.#parts.dependencies;
    const found = (await chain.disputes()).find((one) => one.dispute === dispute);
    const finding = await this.#findingOf(await this.#recordOf(dispute));
    if (found === undefined || finding === "unknown") {
      throw failure("finding-unknown", "This node has not computed that epoch itself, so it does not rule");
    }
    const ruling = finding === "same" ? "uphold" : "overturn";
    const signature = await operator.signRuling({ dispute, stage: found.stage, ruling });
    await wallet.dispute({ step: "rule", dispute, ruling, signatures: [signature] });
    await store.setValue(ruledKey(found), Uint8Array.of(1));
  }

  async #shown(
    { record, ...dispute }: SeenDispute,
    terms: DisputeTerms,
    at: { readonly blockNumber: number; readonly nowMs: number },
  ): Promise<ShownDispute> {
    const reasonText = this.#reasonText(dispute.reason);
    const shown = {
      ...dispute,
      finding: await this.#findingOf(record),
      hasRuled: (await this.#parts.dependencies.store.getValue(ruledKey(dispute))) !== undefined,
      ...(reasonText === undefined ? {} : { reasonText }),
    };
    return { ...shown, acts: actsOf(shown, terms, at) };
  }

  /** Errors: not-anchored. */
  async #recordOf(dispute: number): Promise<AnchoredRoot> {
    const found = (await this.#parts.dependencies.chain.disputes()).find((one) => one.dispute === dispute);
    const record = found && (await this.#chain.recordOf(found));
    if (record === undefined) throw failure("not-anchored", "The disputed root is not on the chain any more");
    return record;
  }

  async #findingOf(record: AnchoredRoot | undefined): Promise<OwnFinding> {
    const own = record && (await this.#parts.ledger.ownRoot(record.root.epoch));
    if (record === undefined || own === undefined) return "unknown";
    const { previousRoot, stateRoot, claimsRoot, manifestDigest } = record.root;
    const isSame =
      own.previousRoot === previousRoot &&
      own.stateRoot === stateRoot &&
      own.claimsRoot === claimsRoot &&
      own.manifestDigest === manifestDigest;
    return isSame ? "same" : "other";
  }

  /** Comes from peers when they have it, for the next look. */
  #reasonText(digest: Hash): string | undefined {
    const known = this.#reasons.get(digest);
    if (known === undefined) {
      this.#reasons.set(digest, "");
      void this.#fetchReason(digest);
    }
    return known || undefined;
  }

  async #fetchReason(digest: Hash): Promise<void> {
    try {
      const cid = cidOfDigest(hexToBytes(digest), "dag-cbor");
      const bytes = await this.#parts.dependencies.artifacts.get(cid, { timeoutMs: LIMITS.artifactFetchMs });
      const content = decodeCbor(bytes);
      if (typeof content !== "object" || content === null || !("reason" in content)) return;
      this.#reasons.set(digest, String(content.reason).slice(0, LIMITS.disputeReasonCharacters));
    } catch {
      this.#reasons.delete(digest);
    }
  }
}

function ruledKey({ dispute, stage }: Pick<ChainDispute, "dispute" | "stage">): string {
  return `${RULED_KEY}${dispute}-${stage}`;
}
