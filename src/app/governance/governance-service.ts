import { stakedEntry } from "../../core/epoch/context.ts";
import { failure, ParleyError } from "../../core/errors.ts";
import { proposalStakeWei } from "../../core/governance/proposals.ts";
import { LIMITS } from "../../core/limits.ts";
import type { ProposalBody } from "../../core/messages/proposal/schema.ts";
import { brokenRule, type ParameterChanges, type Parameters, withChanges } from "../../core/parameters.ts";
import type { Cid } from "../../core/primitives.ts";
import type { NodeDependencies } from "../node/dependencies.ts";
import type { NodeRunner } from "../node/node-runner.ts";
import { Subject } from "../observable.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { BallotChoice, GovernanceService, ProposalSummary } from "../parley.ts";
import { UnderWay } from "../under-way.ts";

type GovernanceDependencies = Pick<NodeDependencies, "identity" | "chain" | "clock">;

/** Proposals and ballots: signed at once, kept in this node's log, delivered by whoever meets us, counted by the state. */
export class Governance implements GovernanceService {
  readonly proposals = new Subject<readonly ProposalSummary[]>([]);
  readonly parameters = new Subject<Parameters | undefined>(undefined);
  readonly #dependencies: GovernanceDependencies;
  readonly #node: NodeRunner;
  readonly #outbox: Outbox;
  readonly #underWay = new UnderWay();
  #stopped = false;
  #showing = false;
  #showAgain = false;

  constructor(dependencies: GovernanceDependencies, node: NodeRunner, outbox: Outbox) {
    this.#dependencies = dependencies;
    this.#node = node;
    this.#outbox = outbox;
  }

  async start(): Promise<void> {
    this.#node.log.onStored((message) => {
      if (message.kind === "proposal" || message.kind === "ballot") this.#showLater();
    });
    this.#node.ledger.onAdopted(() => this.#showLater());
    await this.#show();
    this.#outbox.entries.subscribe(() => this.#showLater());
  }

  /** Resolves when it reads no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#underWay.settled();
  }

  #showLater(): void {
    if (!this.#stopped) void this.#underWay.add(this.#show());
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
    if (kind === "proposal") await this.#node.log.append(kind, body);
    else await this.#node.log.append(kind, body);
    await this.#show();
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
    const { identity } = this.#dependencies;
    const { proposals, proposers } = this.#node.ledger.head.value.state;
    const outbox = new Map(this.#outbox.entries.value.map((entry) => [entry.cid, entry]));
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

function checkLength(code: string, what: string, text: string, maximum: number): void {
  if (text.length > 0 && text.length <= maximum) return;
  throw failure(
    code,
    `The ${what} must have 1 to ${maximum} characters.`,
    `1 to ${maximum}`,
    `${text.length}`,
  );
}
