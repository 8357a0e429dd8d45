/** Epochs of a small honest network, made with the protocol alone: what auditors and workers are tried on. */
import { applyDelta, emptyAdapter } from "../src/core/artifacts/adapter.ts";
import { encodeBundle } from "../src/core/artifacts/bundle.ts";
import { genesisCid } from "../src/core/artifacts/genesis.ts";
import { genesisState, stateRoot } from "../src/core/artifacts/state.ts";
import { bytesToHex } from "../src/core/bytes.ts";
import type { Certificate, RegistrySnapshot } from "../src/core/chain-types.ts";
import { cidOf } from "../src/core/codec/dag-cbor.ts";
import { aggregateEpoch } from "../src/core/epoch/aggregate-epoch.ts";
import { certify } from "../src/core/epoch/certificate.ts";
import { phaseWindow, registryTimestampMs } from "../src/core/epoch/clock.ts";
import { drawnFor, inOrderDrawn } from "../src/core/epoch/committee.ts";
import { epochContext } from "../src/core/epoch/context.ts";
import { leaderOrder } from "../src/core/epoch/leader.ts";
import { type EpochResult, type TransitionInput, transition } from "../src/core/epoch/transition.ts";
import { utilityPpm } from "../src/core/epoch/utility.ts";
import type { Genesis } from "../src/core/genesis.ts";
import { createIdentity, type Identity } from "../src/core/identity.ts";
import { commitmentOf } from "../src/core/messages/commit/schema.ts";
import type { Bodies, Kind } from "../src/core/messages/kinds.ts";
import {
  decodeMessage,
  isMessageOf,
  type Message,
  signMessage,
  type TypedMessage,
} from "../src/core/messages/message.ts";
import { inSetOrder } from "../src/core/messages/message-set/schema.ts";
import type { Adapter, Cid, NodeId } from "../src/core/primitives.ts";
import { workChecks } from "../src/core/scoring/work-checks.ts";
import type { State } from "../src/core/state.ts";
import type { Operator } from "../src/ports/chain.ts";
import { stakeRequest } from "../src/ports/chain.ts";
import { MemoryChain } from "./adapters/chain/chain.ts";
import { createMemoryOperator } from "./adapters/chain/operator.ts";
import { MemoryWallet } from "./adapters/chain/wallet.ts";
import { ManualClock } from "./adapters/clock.ts";
import { SurrogateEvaluator } from "./adapters/model/evaluator.ts";
import { SurrogateTrainer } from "./adapters/model/trainer.ts";
import { SeededRandom } from "./adapters/random.ts";
import { simulatedAddress, simulatedGenesis } from "./genesis.ts";

const TOKEN_WEI = 10n ** 18n;
const STAKE_WEI = 100n * TOKEN_WEI;
/** A second into a phase: late enough for every clock, early enough for every deadline. */
const INTO_PHASE_MS = 1_000;

export interface Member {
  readonly identity: Identity;
  readonly operator: Operator;
  readonly wallet: MemoryWallet;
}

/** What tests change to make a network dishonest. */
export interface Meddling {
  /** A validator's attestation before it is signed. */
  readonly attestation?: (
    body: Bodies["attestation"],
    validator: NodeId,
    drawn: readonly NodeId[],
  ) => Bodies["attestation"];
  /** The leader's set before it is signed. */
  readonly messageSet?: (body: Bodies["message-set"]) => Bodies["message-set"];
  /** A member's vote before it is signed. */
  readonly vote?: (body: Bodies["epoch-vote"], voter: NodeId) => Bodies["epoch-vote"];
}

export class History {
  readonly genesis: Genesis;
  readonly clock: ManualClock;
  readonly chain: MemoryChain;
  readonly evaluator: SurrogateEvaluator;
  readonly members: readonly Member[];
  /** All messages in the order in which they were signed. */
  readonly messages: Message[] = [];
  readonly artifacts = new Map<Cid, Uint8Array>();
  readonly results: EpochResult[] = [];
  state: State;
  version: Adapter;
  #lastInput: TransitionInput | undefined;
  readonly #meddling: Meddling;

  constructor(meddling: Meddling = {}, size = 4) {
    this.genesis = simulatedGenesis();
    const { genesis } = this;
    this.clock = new ManualClock(genesis.startMs - 60_000);
    const { minimumStakeWei } = genesis.parameters;
    this.chain = new MemoryChain({ clock: this.clock, contracts: genesis.chain, minimumStakeWei });
    this.evaluator = new SurrogateEvaluator(genesis.model);
    this.state = genesisState(genesis);
    this.version = emptyAdapter(genesis);
    this.members = Array.from({ length: size }, (_, index) => this.#member(`member ${index}`));
    this.#meddling = meddling;
  }

  /** Stakes of everybody, in time for epoch 0. */
  async stakeAll(): Promise<void> {
    for (const { wallet, identity, operator } of this.members) {
      const account = await wallet.connect("memory-wallet");
      const { nodeId } = identity;
      await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: STAKE_WEI }));
    }
  }

  /** One epoch: the first member trains, its committee verifies, the leader proposes, all sign. */
  async runEpoch(epoch: number): Promise<EpochResult> {
    const registry = await this.chain.registryAt(registryTimestampMs(this.genesis, epoch));
    const submission = await this.#submit(epoch);
    await this.#attest(registry, submission);
    const input = await this.#propose(epoch, registry);
    const result = transition(this.genesis, this.state, input);
    await this.#vote(input, result);
    this.artifacts.set(result.manifestCid, result.manifestBytes);
    if (result.adapterBytes !== null) this.artifacts.set(result.state.modelVersion, result.adapterBytes);
    this.results.push(result);
    this.#lastInput = input;
    this.state = result.state;
    this.version = result.adapter ?? this.version;
    return result;
  }

  /** Certificate of the last epoch from its votes. */
  certificate(): Certificate {
    const { root, state } = this.#last();
    const votes = this.messages.filter(isMessageOf("epoch-vote"));
    const certificate = certify(this.genesis, state.registry, root, votes);
    if (certificate === undefined) throw new Error("the last epoch has no certificate");
    return certificate;
  }

  /** What the last epoch's transition was computed from. */
  lastInput(): TransitionInput {
    if (this.#lastInput === undefined) throw new Error("no epoch has run");
    return this.#lastInput;
  }

  /** All messages as they travel. */
  bytes(): readonly Uint8Array[] {
    return this.messages.map(({ bytes }) => bytes);
  }

  #last(): EpochResult {
    const last = this.results.at(-1);
    if (last === undefined) throw new Error("no epoch has run");
    return last;
  }

  #member(name: string): Member {
    const random = new SeededRandom(name);
    const account = simulatedAddress(name);
    this.chain.fund(account, 10n * STAKE_WEI);
    return {
      identity: createIdentity(random.bytes(32)),
      operator: createMemoryOperator(random.bytes(32), this.genesis.chain),
      wallet: new MemoryWallet(this.chain, account),
    };
  }

  #sign<K extends Kind>(
    { identity }: Member,
    kind: K,
    body: Bodies[K],
    timestampMs: number,
  ): TypedMessage<K> {
    const own = this.messages.filter(({ envelope }) => envelope.author === identity.nodeId);
    const message = signMessage({
      network: genesisCid(this.genesis),
      secretKey: identity.secretKey,
      sequence: own.length,
      previous: own.at(-1)?.cid ?? null,
      timestampMs,
      kind,
      body,
    });
    this.messages.push(decodeMessage(message.bytes, genesisCid(this.genesis)));
    return message;
  }

  #at(epoch: number, phase: "commit" | "reveal" | "verify" | "sign"): number {
    return phaseWindow(this.genesis, epoch, phase).startMs + INTO_PHASE_MS;
  }

  async #submit(epoch: number): Promise<TypedMessage<"submission">> {
    const author = this.#memberAt(0);
    const delta = await this.#train(epoch);
    const { metrics } = await this.evaluator.evaluate({ adapter: applyDelta(this.version, delta.delta) });
    const evaluation = { ...metrics, utilityPpm: utilityPpm(this.state.modelMetrics, metrics) };
    const { environmentCid } = this.genesis.model;
    const bundle = encodeBundle(this.genesis, {
      version: 1,
      delta: delta.delta,
      training: delta.record,
      evaluation,
      environmentCid,
    });
    const deltaCid = cidOf(bundle);
    this.artifacts.set(deltaCid, bundle);
    const salt = bytesToHex(new SeededRandom(`salt ${epoch}`).bytes(32));
    const commitment = commitmentOf(author.identity.nodeId, deltaCid, salt);
    this.#sign(author, "commit", { epoch, commitment, bondWei: TOKEN_WEI }, this.#at(epoch, "commit"));
    const body: Bodies["submission"] = {
      epoch,
      baseModelVersion: this.state.modelVersion,
      deltaCid,
      deltaType: "adapter",
      reportedMetrics: evaluation,
      confidencePpm: 500_000,
      salt,
      stakeWei: STAKE_WEI,
      proof: null,
    };
    return this.#sign(author, "submission", body, this.#at(epoch, "reveal"));
  }

  #train(epoch: number) {
    return new SurrogateTrainer(this.genesis).train({
      pairs: [{ prompt: `question ${epoch}`, answer: `answer ${epoch}` }],
      adapter: this.version,
      steps: 1,
      learningRatePpm: 1_000,
      seed: epoch,
    });
  }

  async #attest(registry: RegistrySnapshot, submission: TypedMessage<"submission">): Promise<void> {
    const { epoch, deltaCid, reportedMetrics } = submission.envelope.body;
    const context = epochContext(this.genesis, this.state, registry, epoch);
    const found = drawnFor(context, submission.envelope.author);
    const delta = await this.#train(epoch);
    const { workDigests, environmentCid } = await this.evaluator.evaluate({
      adapter: applyDelta(this.version, delta.delta),
      digests: { subject: deltaCid, validators: inOrderDrawn(found) },
    });
    for (const [index, validator] of found.committee.entries()) {
      const body: Bodies["attestation"] = {
        epoch,
        submission: submission.cid,
        deltaCid,
        pass: true,
        reason: null,
        metrics: reportedMetrics,
        workDigest: workDigests[index] ?? null,
        checks: workChecks(validator, workDigests),
        heldOut: null,
        environmentCid,
      };
      const said = this.#meddling.attestation?.(body, validator, inOrderDrawn(found)) ?? body;
      this.#sign(this.#memberOf(validator), "attestation", said, this.#at(epoch, "verify"));
    }
  }

  async #propose(epoch: number, registry: RegistrySnapshot): Promise<TransitionInput> {
    const messages = this.messages.filter(
      ({ kind, envelope }) =>
        kind !== "message-set" &&
        kind !== "epoch-vote" &&
        "epoch" in envelope.body &&
        envelope.body.epoch === epoch,
    );
    const { artifacts } = this;
    const { adapter } = aggregateEpoch(this.genesis, this.state, { epoch, registry, messages, artifacts });
    const aggregateMetrics = adapter === null ? null : (await this.evaluator.evaluate({ adapter })).metrics;
    const body: Bodies["message-set"] = {
      epoch,
      round: 0,
      previousRoot: stateRoot(this.state),
      registry,
      messages: inSetOrder(messages.map(({ cid }) => cid)),
      aggregateMetrics,
      clusterMetrics: [],
    };
    const leader = leaderOrder(this.genesis, this.state, registry, epoch)[0] ?? "";
    const proposed = this.#meddling.messageSet?.(body) ?? body;
    const messageSet = this.#sign(this.#memberOf(leader), "message-set", proposed, this.#at(epoch, "sign"));
    return { messageSet, messages, artifacts: new Map(artifacts) };
  }

  async #vote({ messageSet }: TransitionInput, { root }: EpochResult): Promise<void> {
    const { epoch, round } = messageSet.envelope.body;
    for (const member of this.members) {
      const operatorSignature = await member.operator.sign(root);
      const body = { epoch, round, messageSet: messageSet.cid, root, operatorSignature };
      const voted = this.#meddling.vote?.(body, member.identity.nodeId) ?? body;
      this.#sign(member, "epoch-vote", voted, this.#at(epoch, "sign") + 1);
    }
  }

  #memberAt(index: number): Member {
    const member = this.members[index];
    if (member === undefined) throw new Error(`no member ${index}`);
    return member;
  }

  #memberOf(nodeId: NodeId): Member {
    const member = this.members.find(({ identity }) => identity.nodeId === nodeId);
    if (member === undefined) throw new Error(`no member ${nodeId}`);
    return member;
  }
}
