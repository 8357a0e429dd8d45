/** Disputes from a committee's verdict to the end of its window, epoch by epoch; and the same as vectors. */
import { encodeGenesis, genesisCid } from "../../src/core/artifacts/genesis.ts";
import { encodeState, genesisState, stateRoot } from "../../src/core/artifacts/state.ts";
import type { RegistrySnapshot } from "../../src/core/chain-types.ts";
import { juryOf } from "../../src/core/disputes/jury.ts";
import { epochStartMs } from "../../src/core/epoch/clock.ts";
import { drawCommittee } from "../../src/core/epoch/committee.ts";
import { epochContext } from "../../src/core/epoch/context.ts";
import { type EpochResult, transition } from "../../src/core/epoch/transition.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import type { Message, TypedMessage } from "../../src/core/messages/message.ts";
import type { Parameters } from "../../src/core/parameters.ts";
import type { Cid, Metrics, NodeId, ReportedMetrics } from "../../src/core/primitives.ts";
import type { DisputeState, RulingChoice, State, VerdictRecord } from "../../src/core/state.ts";
import {
  type Author,
  attest,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  proposeSet,
  reported,
  type Submitted,
  submit,
  TOKEN_WEI,
} from "./world.ts";

/** What its author says of the delta, and what it does. */
export const CLAIMED: Metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000 };
export const TRUE: Metrics = { lossMicroNats: 5_100_000, accuracyPpm: 190_000 };
const AGGREGATED: Metrics = { lossMicroNats: 4_890_000, accuracyPpm: 211_000 };

/** What a committee does, in the order drawn. */
export type Word = "claimed" | "true" | "refuse" | "away";

export interface PlayedEpoch {
  readonly epoch: number;
  readonly messageSet: TypedMessage<"message-set">;
  readonly messages: readonly Message[];
  readonly artifacts: ReadonlyMap<Cid, Uint8Array>;
  readonly result: EpochResult;
}

/** A network whose epochs close one after another, each with what the test says in it. */
export class Court {
  readonly genesis: Genesis;
  readonly authors: readonly Author[];
  readonly played: PlayedEpoch[] = [];
  registry: RegistrySnapshot;
  state: State;
  /** The epoch that closes next. */
  epoch = 1;

  constructor(changes: Partial<Parameters> = {}, nodes = 12) {
    this.genesis = makeGenesis(changes);
    this.authors = makeAuthors(this.genesis, nodes);
    this.registry = makeRegistry(this.authors);
    this.state = genesisState(this.genesis);
  }

  author(nodeId: NodeId | undefined): Author {
    const author = this.authors.find((one) => one.nodeId === nodeId);
    if (author === undefined) throw new Error(`no author ${nodeId}`);
    return author;
  }

  get context() {
    return epochContext(this.genesis, this.state, this.registry, this.epoch);
  }

  measured(metrics: Metrics): ReportedMetrics {
    return reported(genesisState(this.genesis), metrics);
  }

  /** Closes an epoch. */
  close(messages: readonly Message[] = [], artifacts = new Map<Cid, Uint8Array>()): EpochResult {
    const { genesis, state, authors, registry, epoch } = this;
    for (const { result } of this.played) {
      if (result.adapterBytes !== null) artifacts.set(result.state.modelVersion, result.adapterBytes);
    }
    const options = { epoch, registry, messages, artifacts, aggregateMetrics: AGGREGATED };
    const messageSet = proposeSet(genesis, state, authors, options);
    const result = transition(genesis, state, { messageSet, messages, artifacts });
    this.played.push({ epoch, messageSet, messages, artifacts, result });
    this.state = result.state;
    this.epoch += 1;
    return result;
  }

  /** An epoch in which author 0 submits a delta and its committee says this of it. */
  judge(words: readonly Word[], metrics: Metrics = CLAIMED): Submitted & { readonly result: EpochResult } {
    const { genesis, state, authors, registry, epoch } = this;
    const [first] = authors;
    if (first === undefined) throw new Error("nobody");
    const submitted = submit(genesis, state, first, { epoch, metrics });
    const { submission, commit, bundleBytes } = submitted;
    const committee = drawCommittee(genesis, state, registry, submission);
    const attestations = committee.flatMap((nodeId, i) => {
      const word = words[i] ?? "away";
      if (word === "away") return [];
      const found = word === "true" ? this.measured(TRUE) : submission.envelope.body.reportedMetrics;
      const reason = word === "claimed" ? null : word === "true" ? "metrics-mismatch" : "delta-norm";
      const unmeasured = word === "refuse" ? null : found;
      return [attest(genesis, this.author(nodeId), submission, unmeasured, reason)];
    });
    const artifacts = new Map([[submission.envelope.body.deltaCid, bundleBytes]]);
    const result = this.close([commit, submission, ...attestations], artifacts);
    return { ...submitted, result };
  }

  record(submission: Cid): VerdictRecord {
    const record = this.state.verdicts.get(submission);
    if (record === undefined) throw new Error("no such verdict");
    return record;
  }

  dispute(cid: Cid): DisputeState {
    const dispute = this.state.disputes.get(cid);
    if (dispute === undefined) throw new Error("no such dispute");
    return dispute;
  }

  /** Somebody with enough at stake who has nothing to do with a submission. */
  outsider(submission: Cid, skip = 0): Author {
    const { author, committee, auditor } = this.record(submission);
    const others = this.authors.filter(
      ({ nodeId }) => nodeId !== author && nodeId !== auditor && !committee.includes(nodeId),
    );
    return this.author(others[skip]?.nodeId);
  }

  /** Says in the epoch that closes next that a verdict was wrong. */
  disputing(
    author: Author,
    submission: TypedMessage<"submission">,
    metrics: Metrics | null,
    changes: { bondWei?: bigint; deltaCid?: Cid; utilityPpm?: number; epoch?: number } = {},
  ): TypedMessage<"dispute"> {
    const { utilityPpm, epoch = this.epoch, ...others } = changes;
    const { deltaCid } = submission.envelope.body;
    const found =
      metrics === null
        ? null
        : { ...this.measured(metrics), ...(utilityPpm !== undefined && { utilityPpm }) };
    const workDigest = found === null ? null : hashOf(`work ${author.nodeId} ${deltaCid}`);
    const body = {
      epoch,
      submission: submission.cid,
      deltaCid,
      metrics: found,
      workDigest,
      bondWei: 10n * TOKEN_WEI,
    };
    return author.sign("dispute", { ...body, ...others }, epochStartMs(this.genesis, epoch) + 3_000);
  }

  /** Who sits on the jury in the epoch that closes next. */
  jury(dispute: Cid): Author[] {
    return juryOf(this.context, dispute).map((nodeId) => this.author(nodeId));
  }

  ruling(
    author: Author,
    dispute: Cid,
    ruling: RulingChoice,
    metrics: Metrics | null,
    changes: { utilityPpm?: number } = {},
  ): TypedMessage<"ruling"> {
    const { epoch } = this;
    const found = metrics === null ? null : { ...this.measured(metrics), ...changes };
    const workDigest = found === null ? null : hashOf(`work ${author.nodeId} ${dispute}`);
    const body = { epoch, dispute, ruling, metrics: found, workDigest };
    return author.sign("ruling", body, epochStartMs(this.genesis, epoch) + 4_000);
  }

  /** The same from a whole jury. */
  rulings(dispute: Cid, ruling: RulingChoice, metrics: Metrics | null): TypedMessage<"ruling">[] {
    return this.jury(dispute).map((juror) => this.ruling(juror, dispute, ruling, metrics));
  }

  /** Closes epochs in which nothing is said until one is closed. */
  closeUntil(epoch: number): EpochResult | undefined {
    let result: EpochResult | undefined;
    while (this.epoch <= epoch) result = this.close();
    return result;
  }
}

const LYING = ["claimed", "claimed", "true"] as const;
const HONEST = ["claimed", "claimed", "claimed"] as const;

/** An auditor finds that a committee lied, and a jury agrees. */
function overturned(): Court {
  const court = new Court({ auditPpm: 1_000_000, vestingEpochs: 3 });
  const { submission } = court.judge(LYING);
  court.close();
  const dispute = court.disputing(
    court.author(court.record(submission.cid).auditor ?? ""),
    submission,
    TRUE,
    {
      bondWei: 0n,
    },
  );
  court.close([dispute]);
  court.close(court.rulings(dispute.cid, "overturn", TRUE));
  court.closeUntil(6);
  return court;
}

/** Somebody disputes an honest verdict, and loses the bond; one juror sides with it. */
function upheld(): Court {
  const court = new Court({ auditPpm: 0 });
  const { submission } = court.judge(HONEST);
  const dispute = court.disputing(court.outsider(submission.cid), submission, TRUE);
  court.close([dispute]);
  const rulings = court
    .jury(dispute.cid)
    .map((juror, i) =>
      i === 0
        ? court.ruling(juror, dispute.cid, "overturn", TRUE)
        : court.ruling(juror, dispute.cid, "uphold", CLAIMED),
    );
  court.close(rulings);
  return court;
}

/** A jury asks for a deeper audit, and the larger one comes to no end. */
function expired(): Court {
  const court = new Court({ auditPpm: 0 });
  const { submission } = court.judge(HONEST);
  const dispute = court.disputing(court.outsider(submission.cid), submission, TRUE);
  court.close([dispute]);
  court.close(court.rulings(dispute.cid, "audit", CLAIMED));
  court.close(court.rulings(dispute.cid, "audit", null).slice(0, 3));
  court.close();
  return court;
}

/** Everything that another implementation needs to follow each case from the genesis on. */
export function disputesVector() {
  return Object.entries({ overturned, upheld, expired }).map(([name, play]) => vectorOf(name, play()));
}

function vectorOf(name: string, { genesis, registry, played }: Court) {
  const before = genesisState(genesis);
  return {
    name,
    genesis: encodeGenesis(genesis),
    genesisCid: genesisCid(genesis),
    registry,
    before: { state: encodeState(before), stateRoot: stateRoot(before) },
    epochs: played.map(({ epoch, messageSet, messages, artifacts, result }) => ({
      epoch,
      messageSet: messageSet.bytes,
      messages: messages.map(({ bytes }) => bytes),
      artifacts,
      after: afterEpoch(result),
    })),
  };
}

/** What the epoch made of disputes, and the root over everything. */
export function afterEpoch({ state, stateRoot: root, charges, payments, refused }: EpochResult) {
  return {
    stateRoot: root,
    verdicts: state.verdicts,
    disputes: state.disputes,
    charges,
    payments,
    reputations: state.reputations,
    poolWei: state.poolWei,
    pending: state.pending,
    refused: refused.map(({ cid, error }) => ({ cid, code: error.code })),
  };
}
