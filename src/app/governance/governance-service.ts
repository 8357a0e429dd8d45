import { stakedEntry } from "../../core/epoch/context.ts";
import { describeError, failure, ParleyError } from "../../core/errors.ts";
import { proposalStakeWei } from "../../core/governance/proposals.ts";
import { LIMITS } from "../../core/limits.ts";
import type { ProposalBody } from "../../core/messages/proposal/schema.ts";
import { brokenRule, type ParameterChanges, type Parameters, withChanges } from "../../core/parameters.ts";
import type { Cid } from "../../core/primitives.ts";
import type { State } from "../../core/state.ts";
import type { StoredOutboxEntry } from "../../ports/store.ts";
import { KeyedMutex } from "../mutex.ts";
import type { NodeDependencies } from "../node/dependencies.ts";
import type { Adoption } from "../node/ledger.ts";
import type { NodeRunner } from "../node/node-runner.ts";
import { Subject } from "../observable.ts";
import type { BallotChoice, GovernanceService, ProposalSummary } from "../parley.ts";

/** Epochs looked through at the start for what they did with the outbox. */
const LISTED_EPOCHS = 50;

type Outcome = Pick<StoredOutboxEntry, "state"> & Partial<Pick<StoredOutboxEntry, "detail">>;

/** Proposals and ballots: signed at once, kept in this node's log, delivered by whoever meets us, counted by the state. */
export class Governance implements GovernanceService {
  readonly proposals = new Subject<readonly ProposalSummary[]>([]);
  readonly parameters = new Subject<Parameters | undefined>(undefined);
  readonly #dependencies: NodeDependencies;
  readonly #node: NodeRunner;
  readonly #mutex = new KeyedMutex();
  #showing = false;
  #showAgain = false;

  constructor(dependencies: NodeDependencies, node: NodeRunner) {
    this.#dependencies = dependencies;
    this.#node = node;
  }

  async start(): Promise<void> {
    this.#node.log.onStored((message) => {
      if (message.kind === "proposal" || message.kind === "ballot") void this.#show();
    });
    this.#node.ledger.onAdopted((adoption) => void this.#mutex.run("settle", () => this.#settle(adoption)));
    this.#dependencies.logSync.onSynced((_, { sent }) => {
      if (sent > 0) void this.#markDelivered();
    });
    await this.#mutex.run("settle", () => this.#settleMissed());
    await this.#show();
  }

  async propose(title: string, text: string, changes: ParameterChanges | null): Promise<void> {
    const trimmed = { title: title.trim(), text: text.trim() };
    checkLength("title-length", "title", trimmed.title, LIMITS.proposalTitleCharacters);
    checkLength("text-length", "text", trimmed.text, LIMITS.proposalTextCharacters);
    const { parameters } = this.#node.ledger.head.value.state;
    const broken = changes === null ? undefined : brokenRule(withChanges(parameters, changes));
    if (broken) throw new ParleyError(broken);
    await this.#checkStake();
    await this.#send("proposal", { ...trimmed, proposalType: "protocol.parameter", changes });
  }

  async vote(proposal: Cid, choice: BallotChoice): Promise<void> {
    const state = this.#node.ledger.head.value.state.proposals.get(proposal);
    const closed = state && (state.status !== "open" || this.#dependencies.clock.nowMs() >= state.closesAtMs);
    if (closed) throw failure("voting-closed", "Voting on this proposal is over.");
    if (state && !state.weights.has(this.#dependencies.identity.nodeId)) {
      throw failure("not-staked", "Only who had stake when the proposal opened can vote on it.");
    }
    await this.#send("ballot", { proposal, choice });
  }

  async #checkStake(): Promise<void> {
    const { identity, chain } = this.#dependencies;
    const { state } = this.#node.ledger.head.value;
    const entry = stakedEntry(state, state.registry, identity.nodeId);
    const neededWei = proposalStakeWei(state.parameters, state.proposals, identity.nodeId);
    if (entry && entry.stakeWei < neededWei) {
      const message = "Your stake is too small to propose: it has to cover the bonds of your open proposals.";
      throw failure("proposal-stake", message, `${neededWei} wei`, `${entry.stakeWei} wei`);
    }
    if (entry) return;
    const stake = await chain.stakeOf(identity.nodeId).catch(() => undefined);
    if (!stake || stake.stakeWei === 0n) {
      throw failure("not-staked", "Proposing needs a stake. Press Donate first.");
    }
  }

  async #send(
    ...[kind, body]: ["proposal", ProposalBody] | ["ballot", { proposal: Cid; choice: BallotChoice }]
  ): Promise<void> {
    const { store, clock } = this.#dependencies;
    const { message, deliveredTo } =
      kind === "proposal" ? await this.#node.log.append(kind, body) : await this.#node.log.append(kind, body);
    const entry: StoredOutboxEntry = {
      cid: message.cid,
      kind,
      createdAtMs: clock.nowMs(),
      state: "waiting",
    };
    await store.putOutbox(entry);
    await this.#show();
    void deliveredTo.then(async (peers) => {
      if (peers === 0) return;
      await this.#changeOutbox(message.cid, delivered(`sent to ${peers} peers`));
      await this.#show();
    });
  }

  /** After a sync that sent something a peer holds all of this node's log: what waited has been delivered. */
  async #markDelivered(): Promise<void> {
    for (const { cid } of await this.#dependencies.store.listOutbox()) {
      await this.#changeOutbox(cid, delivered("a peer has it"));
    }
    await this.#show();
  }

  /** What became of the messages in the outbox: counted by this epoch, or refused and why. */
  async #settle({ members, result }: Adoption): Promise<void> {
    const refused = new Map(result.refused.map(({ cid, error }) => [cid, error]));
    for (const entry of await this.#dependencies.store.listOutbox()) {
      if (!members.has(entry.cid)) continue;
      const error = refused.get(entry.cid);
      await this.#changeOutbox(entry.cid, () =>
        error === undefined ? { state: "counted" } : { state: "refused", detail: describeError(error) },
      );
    }
    await this.#refuseLate(result.state);
    await this.#show();
  }

  /** When the page went away between an epoch's adoption and this outbox's update. */
  async #settleMissed(): Promise<void> {
    const { store } = this.#dependencies;
    const unsettled = (await store.listOutbox()).filter(({ state }) => !isFinal(state));
    if (unsettled.length === 0) return;
    const certified = new Set<Cid>();
    for (const { messageSetCid } of await store.listEpochs(LISTED_EPOCHS)) {
      const set = await this.#node.log.load(messageSetCid);
      if (set?.kind !== "message-set") continue;
      for (const cid of set.envelope.body.messages) certified.add(cid);
    }
    for (const { cid } of unsettled) {
      if (certified.has(cid)) await this.#changeOutbox(cid, () => ({ state: "counted" }));
    }
    await this.#refuseLate(this.#node.ledger.head.value.state);
  }

  /** A ballot on its way when the vote is over can no longer count, nor a proposal that no longer fits what holds. */
  async #refuseLate(state: State): Promise<void> {
    for (const entry of await this.#dependencies.store.listOutbox()) {
      if (isFinal(entry.state)) continue;
      const message = await this.#node.log.load(entry.cid);
      if (message?.kind === "proposal" && !state.proposals.has(entry.cid)) {
        const { changes } = message.envelope.body;
        const broken = changes && brokenRule(withChanges(state.parameters, changes));
        if (broken)
          await this.#changeOutbox(entry.cid, () => ({ state: "refused", detail: describeError(broken) }));
      }
      if (message?.kind !== "ballot") continue;
      const proposal = state.proposals.get(message.envelope.body.proposal);
      if (proposal === undefined || proposal.status === "open") continue;
      await this.#changeOutbox(entry.cid, () => ({
        state: "refused",
        detail: "It arrived after voting had closed.",
      }));
    }
  }

  /** One change at a time: each looks at what the last one left. */
  #changeOutbox(cid: Cid, change: (state: StoredOutboxEntry["state"]) => Outcome | undefined): Promise<void> {
    const { store } = this.#dependencies;
    return this.#mutex.run("outbox", async () => {
      const entry = (await store.listOutbox()).find((candidate) => candidate.cid === cid);
      const changed = entry && change(entry.state);
      if (!entry || !changed) return;
      const { createdAtMs, kind } = entry;
      await store.putOutbox({ cid, kind, createdAtMs, ...changed });
    });
  }

  /** One rebuild at a time; what came in between is shown by one more. */
  async #show(): Promise<void> {
    if (this.#showing) {
      this.#showAgain = true;
      return;
    }
    this.#showing = true;
    try {
      do {
        this.#showAgain = false;
        const { parameters } = this.#node.ledger.head.value.state;
        if (parameters !== this.parameters.value) this.parameters.set(parameters);
        this.proposals.set(await this.#summaries());
      } while (this.#showAgain);
    } finally {
      this.#showing = false;
    }
  }

  async #summaries(): Promise<readonly ProposalSummary[]> {
    const { identity, store } = this.#dependencies;
    const { proposals, proposers } = this.#node.ledger.head.value.state;
    const outbox = new Map((await store.listOutbox()).map((entry) => [entry.cid, entry]));
    const mine = (await this.#node.log.ofKind("ballot")).filter(
      ({ envelope }) => envelope.author === identity.nodeId,
    );
    const messages = await this.#node.log.ofKind("proposal");
    return [...messages]
      .filter(({ cid, envelope: { author, sequence } }) => {
        // What the state has seen and forgotten closed long ago.
        return proposals.has(cid) || sequence > (proposers.get(author) ?? -1);
      })
      .sort((a, b) => b.envelope.timestampMs - a.envelope.timestampMs)
      .map(({ cid, envelope }) => {
        const state = proposals.get(cid);
        const ballot = mine
          .filter((candidate) => candidate.envelope.body.proposal === cid)
          .reduce<(typeof mine)[number] | undefined>(
            (last, next) => (last && last.envelope.sequence > next.envelope.sequence ? last : next),
            undefined,
          );
        const delivery = ballot && outbox.get(ballot.cid);
        return {
          cid,
          title: envelope.body.title,
          text: envelope.body.text,
          author: envelope.author,
          state: state?.status ?? "pending",
          changes: envelope.body.changes,
          replaced: state?.replaced ?? null,
          ...(state ? { closesAtMs: state.closesAtMs } : {}),
          forWei: state?.forWei ?? 0n,
          againstWei: state?.againstWei ?? 0n,
          abstainWei: state?.abstainWei ?? 0n,
          quorumWei: state?.quorumWei ?? 0n,
          ...(ballot
            ? {
                myBallot: {
                  choice: ballot.envelope.body.choice,
                  delivery: delivery?.state ?? "delivered",
                  ...(delivery?.detail === undefined ? {} : { detail: delivery.detail }),
                },
              }
            : {}),
        } satisfies ProposalSummary;
      });
  }
}

function isFinal(state: StoredOutboxEntry["state"]): boolean {
  return state === "counted" || state === "refused";
}

/** Only what waits is news when it is delivered: an epoch may have counted it meanwhile. */
function delivered(detail: string): (state: StoredOutboxEntry["state"]) => Outcome | undefined {
  return (state) => (state === "waiting" ? { state: "delivered", detail } : undefined);
}

function checkLength(code: string, what: string, text: string, maximum: number): void {
  if (text.length > 0 && text.length <= maximum) return;
  throw failure(
    code,
    `The ${what} must have 1 to ${maximum} characters.`,
    `1 to ${maximum}`,
    `${text.length}`,
  );
}
