import { describe, expect, it } from "vitest";
import { applyDelta } from "../src/core/artifacts/adapter.ts";
import { encodeBundle } from "../src/core/artifacts/bundle.ts";
import { encodeTrainingData } from "../src/core/artifacts/training-data.ts";
import { checkConservation } from "../src/core/economy/conservation.ts";
import { drawnFor } from "../src/core/epoch/committee.ts";
import { epochContext } from "../src/core/epoch/context.ts";
import { utilityPpm } from "../src/core/epoch/utility.ts";
import { commitmentOf } from "../src/core/messages/commit/schema.ts";
import { isMessageOf, signMessage } from "../src/core/messages/message.ts";
import { topicOf } from "../src/core/messages/topics.ts";
import type { Parameters as NetworkParameters } from "../src/core/parameters.ts";
import type { Adapter, Hash, NodeId } from "../src/core/primitives.ts";
import type { TrainingProof } from "../src/core/training-record.ts";
import { trainingDataHash } from "../src/model/training/identity.ts";
import type { TrainingPair } from "../src/ports/chat.ts";
import type { EvaluationRequest, EvaluationResult, Evaluator } from "../src/ports/evaluator.ts";
import type { Trainer, TrainingResult } from "../src/ports/trainer.ts";
import { SurrogateEvaluator } from "./adapters/model/evaluator.ts";
import { SurrogateTrainer } from "./adapters/model/trainer.ts";
import { type SimulatedNode, World } from "./world.ts";

const PAIR = { id: "pair", prompt: "What is an epoch?", answer: "A minute of work.", createdAtMs: 1 };
const TOKEN_WEI = 10n ** 18n;
const NODES = 13;

/** Says that a delta is better than it is, in the same way as all others of its kind. */
class LyingEvaluator implements Evaluator {
  readonly #true: Evaluator;
  /** About everything, about deltas that a committee is asked about, or about nothing. */
  lies: "always" | "to judge" | "never" = "never";

  constructor(evaluator: Evaluator) {
    this.#true = evaluator;
  }

  environment() {
    return this.#true.environment();
  }

  async evaluate(request: EvaluationRequest): Promise<EvaluationResult> {
    const result = await this.#true.evaluate(request);
    const { lossMicroNats, accuracyPpm } = result.metrics;
    const isLie = this.lies === "always" || (this.lies === "to judge" && request.digests !== undefined);
    return isLie ? { ...result, metrics: { lossMicroNats: lossMicroNats - 50_000, accuracyPpm } } : result;
  }

  evaluatePairs(pairs: readonly TrainingPair[], adapter: Adapter | null) {
    return this.#true.evaluatePairs(pairs, adapter);
  }
}

/** Proves its runs as the real trainer does on WASM, so that they can be replayed. */
class ProvingTrainer implements Trainer {
  readonly #trainer: Trainer;

  constructor(trainer: Trainer) {
    this.#trainer = trainer;
  }

  async train(...request: Parameters<Trainer["train"]>): Promise<TrainingResult> {
    const [{ pairs, known = [], unwanted }] = request;
    const { delta, record } = await this.#trainer.train(...request);
    const proof: TrainingProof = {
      trainingEnvironmentCid: record.environmentCid,
      dataHash: trainingDataHash(pairs, known, unwanted),
      mixture: { pairsPerStep: 1, rehearsalsPerStep: 0, rehearsalWeightPpm: 0, chainedPpm: 0 },
      microBatches: 1,
      checkpointSteps: record.steps,
      checkpoints: ["ab".repeat(32)],
      lossCurveMicroNats: [],
    };
    return { delta, record: { ...record, provider: "wasm", proof } };
  }

  replay(...request: Parameters<Trainer["replay"]>): Promise<Hash> {
    return this.#trainer.replay(...request);
  }
}

interface Cast {
  readonly world: World;
  readonly nodes: readonly SimulatedNode[];
  readonly evaluators: ReadonlyMap<NodeId, LyingEvaluator>;
}

/** Donors of whom each can lie. Node 0 has something to teach. */
async function cast(parameters: Partial<NetworkParameters> = {}): Promise<Cast> {
  const world = new World({ parameters });
  const nodes: SimulatedNode[] = [];
  const evaluators = new Map<NodeId, LyingEvaluator>();
  for (let index = 0; index < NODES; index++) {
    const evaluator = new LyingEvaluator(new SurrogateEvaluator(world.genesis.model));
    const node = await world.addNode(`node ${index}`, undefined, {
      evaluator,
      trainer: new ProvingTrainer(new SurrogateTrainer(world.genesis)),
    });
    evaluators.set(node.dependencies.identity.nodeId, evaluator);
    nodes.push(node);
  }
  for (const { runner } of nodes) await runner.startDonating();
  await nodes[0]?.store.putPair(PAIR);
  return { world, nodes, evaluators };
}

const idOf = ({ dependencies }: SimulatedNode): NodeId => dependencies.identity.nodeId;
const stateOf = ({ runner }: SimulatedNode) => runner.ledger.head.value.state;

function first({ nodes }: Cast): SimulatedNode {
  const [node] = nodes;
  if (node === undefined) throw new Error("nobody");
  return node;
}

/** Node 0 trains in epoch 0, and reveals its delta; the verify phase is next. Returns its committee. */
async function upToVerification(play: Cast, isInflated: boolean): Promise<readonly NodeId[]> {
  const { world, evaluators } = play;
  const author = first(play);
  await world.advanceToEpoch(0);
  await world.clock.advance(2_000);
  const own = evaluators.get(idOf(author));
  if (own !== undefined && isInflated) own.lies = "always";
  await author.runner.train();
  if (own !== undefined) own.lies = "never";
  await world.clock.advance(27_000);
  const { registry } = await author.runner.registries.at(0, stateOf(author));
  return drawnFor(epochContext(world.genesis, stateOf(author), registry, 0), idOf(author)).committee;
}

const rootsOf = ({ nodes }: Cast) => new Set(nodes.map(({ runner }) => runner.ledger.head.value.root));

async function said<K extends "dispute" | "ruling" | "evidence">(node: SimulatedNode, kind: K) {
  return (await node.runner.log.ofKind(kind)).filter(isMessageOf(kind));
}

// Thirteen nodes for several epochs, on a machine that may have other work.
const TIMEOUT = { timeout: 120_000 };

describe("disputes in a simulated world", TIMEOUT, () => {
  it("a lying majority of a committee is overturned by a jury: liars are charged, the honest member is paid", async () => {
    const play = await cast({ auditPpm: 0, challengeEpochs: 3 });
    const { world, nodes, evaluators } = play;
    const committee = await upToVerification(play, true);
    const [honest, ...liars] = committee;
    for (const liar of liars) {
      const evaluator = evaluators.get(liar);
      if (evaluator !== undefined) evaluator.lies = "to judge";
    }
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    for (const evaluator of evaluators.values()) evaluator.lies = "never";
    const author = first(play);
    expect([...stateOf(author).verdicts.values()]).toMatchObject([{ passed: true, right: liars.toSorted() }]);
    await world.advanceToEpoch(3);
    await world.clock.advance(5_000);
    const state = stateOf(author);
    expect(rootsOf(play).size).toBe(1);
    const [dispute] = await said(author, "dispute");
    expect(dispute?.envelope.author).toBe(honest);
    expect([...state.disputes.values()]).toMatchObject([{ status: "overturned", disputer: honest }]);
    expect([...state.verdicts.values()]).toMatchObject([{ passed: false, reason: "metrics-mismatch" }]);
    for (const liar of liars) expect(state.chargedWei.get(liar)).toBe(10n * TOKEN_WEI);
    const finder = nodes.find((node) => idOf(node) === honest);
    const dueWei = state.balancesDue.get(finder?.wallet.account() ?? "0x") ?? 0n;
    expect(dueWei).toBeGreaterThanOrEqual(20n * TOKEN_WEI);
    expect(checkConservation(state)).toBeUndefined();

    await world.advanceToEpoch(4);
    await world.clock.advance(5_000);
    expect(stateOf(author).chargedWei.get(idOf(author))).toBe(5n * TOKEN_WEI);
    expect(stateOf(author).verdicts.size).toBe(0);
    expect(rootsOf(play).size).toBe(1);
  });

  it("a drawn auditor finds what a whole committee hid, and earns the bounty without a bond", async () => {
    const play = await cast({ auditPpm: 1_000_000 });
    const { world, nodes, evaluators } = play;
    const liars = await upToVerification(play, true);
    for (const liar of liars) {
      const evaluator = evaluators.get(liar);
      if (evaluator !== undefined) evaluator.lies = "to judge";
    }
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    for (const evaluator of evaluators.values()) evaluator.lies = "never";
    await world.advanceToEpoch(3);
    await world.clock.advance(5_000);
    const state = stateOf(first(play));
    const [record] = state.verdicts.values();
    const [dispute] = state.disputes.values();
    expect(dispute).toMatchObject({ status: "overturned", disputer: record?.auditor, bondWei: 0n });
    const auditor = nodes.find((node) => idOf(node) === record?.auditor);
    expect(state.balancesDue.get(auditor?.wallet.account() ?? "0x")).toBeGreaterThanOrEqual(15n * TOKEN_WEI);
    expect(rootsOf(play).size).toBe(1);
  });

  it("a frivolous dispute loses its bond, and an honest committee loses nothing", async () => {
    const play = await cast({ auditPpm: 0 });
    const { world, nodes } = play;
    const committee = await upToVerification(play, false);
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    const griefer = nodes.find((node) => idOf(node) !== idOf(first(play)) && !committee.includes(idOf(node)));
    const [entry] = griefer === undefined ? [] : stateOf(griefer).verdicts;
    if (griefer === undefined || entry === undefined) throw new Error("nothing to dispute");
    const [submission, { deltaCid, baseMetrics }] = entry;
    const metrics = { lossMicroNats: baseMetrics.lossMicroNats, accuracyPpm: 0, utilityPpm: 0 };
    const workDigest = "ab".repeat(32);
    const bondWei = 10n * TOKEN_WEI;
    await griefer.runner.log.append("dispute", {
      epoch: 1,
      submission,
      deltaCid,
      metrics,
      workDigest,
      bondWei,
    });
    await world.advanceToEpoch(3);
    await world.clock.advance(5_000);
    const state = stateOf(first(play));
    expect([...state.disputes.values()]).toMatchObject([{ status: "upheld" }]);
    expect(state.chargedWei.get(idOf(griefer))).toBe(10n * TOKEN_WEI);
    for (const member of committee) expect(state.chargedWei.get(member)).toBeUndefined();
    expect(state.balancesDue.get(griefer.wallet.account() ?? "0x")).toBeUndefined();
    expect(rootsOf(play).size).toBe(1);
    expect(checkConservation(state)).toBeUndefined();
  });

  it("a juror whose tab died in the middle of its work rules after waking", async () => {
    const play = await cast({ auditPpm: 0 });
    const { world, evaluators } = play;
    const committee = await upToVerification(play, true);
    for (const liar of committee.slice(1)) {
      const evaluator = evaluators.get(liar);
      if (evaluator !== undefined) evaluator.lies = "to judge";
    }
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    for (const evaluator of evaluators.values()) evaluator.lies = "never";
    await world.advanceToEpoch(2);
    const [open] = stateOf(first(play)).disputes.values();
    expect(open?.status ?? "open").toBe("open");
    const victims = play.nodes.slice(1).filter((node) => !committee.includes(idOf(node)));
    for (const victim of victims) await world.kill(victim);
    await world.clock.advance(3_000);
    const woken: SimulatedNode[] = [];
    for (const { name, disk } of victims) woken.push(await world.addNode(name, disk));
    await world.advanceToEpoch(4);
    await world.clock.advance(5_000);
    expect([...stateOf(first(play)).disputes.values()]).toMatchObject([{ status: "overturned" }]);
    const rulers = new Set((await said(first(play), "ruling")).map(({ envelope }) => envelope.author));
    expect(woken.filter((node) => rulers.has(idOf(node))).length).toBeGreaterThanOrEqual(4);
  });
});

describe("a deeper audit in a simulated world", TIMEOUT, () => {
  /** Node 0 submits a delta by hand, with its data made public; `seed` is what its record says. */
  async function submitInPublic(play: Cast, seed: number): Promise<void> {
    const { world } = play;
    const author = first(play);
    const { trainer, evaluator, artifacts } = author.dependencies;
    const { genesis } = world;
    await world.advanceToEpoch(0);
    await world.clock.advance(2_000);
    const state = stateOf(author);
    const pairs = [{ prompt: PAIR.prompt, answer: PAIR.answer }];
    const version = await author.runner.ledger.currentAdapter();
    const { delta, record } = await trainer.train({
      pairs,
      adapter: version,
      steps: 4,
      learningRatePpm: 9,
      seed: 1,
    });
    const { metrics } = await evaluator.evaluate({ adapter: applyDelta(version, delta) });
    const reportedMetrics = { ...metrics, utilityPpm: utilityPpm(state.modelMetrics, metrics) };
    const environmentCid = genesis.model.environmentCid;
    const training = { ...record, seed, baseModelVersion: state.modelVersion };
    const bundle = { version: 1, delta, training, evaluation: reportedMetrics, environmentCid } as const;
    const deltaCid = await artifacts.put(encodeBundle(genesis, bundle));
    const proof = await artifacts.put(encodeTrainingData({ version: 1, pairs, known: [], unwanted: [] }));
    const salt = "cd".repeat(32);
    const commitment = commitmentOf(idOf(author), deltaCid, salt);
    await author.runner.log.append("commit", { epoch: 0, commitment, bondWei: TOKEN_WEI });
    await world.clock.advance(19_000);
    await author.runner.log.append("submission", {
      epoch: 0,
      baseModelVersion: state.modelVersion,
      deltaCid,
      deltaType: "adapter",
      reportedMetrics,
      confidencePpm: 500_000,
      salt,
      stakeWei: TOKEN_WEI,
      proof,
    });
  }

  it("trains again on public data, and a run that its record does not tell costs its author alone", async () => {
    const play = await cast({ auditPpm: 1_000_000, challengeEpochs: 3 });
    const { world } = play;
    await submitInPublic(play, 2);
    await world.advanceToEpoch(3);
    await world.clock.advance(5_000);
    const [record] = stateOf(first(play)).verdicts.values();
    expect(record).toMatchObject({ passed: false, reason: "unfaithful-training" });
    expect(stateOf(first(play)).chargedWei.size).toBe(0);
    await world.advanceToEpoch(4);
    await world.clock.advance(5_000);
    const author = idOf(first(play));
    expect([...stateOf(first(play)).chargedWei]).toEqual([[author, 5n * TOKEN_WEI]]);
    expect(rootsOf(play).size).toBe(1);
  });

  it("finds an honest run the same, and nobody disputes it", async () => {
    const play = await cast({ auditPpm: 1_000_000 });
    const { world, nodes } = play;
    await submitInPublic(play, 1);
    await world.advanceToEpoch(2);
    await world.clock.advance(5_000);
    expect([...stateOf(first(play)).verdicts.values()]).toMatchObject([{ passed: true }]);
    expect(await said(first(play), "dispute")).toEqual([]);
    const told = nodes.flatMap(({ runner }) => runner.events.value.map(({ text }) => text));
    expect(told).toContainEqual(expect.stringMatching(/^The verdict on .* is right$/));
  });
});

describe("evidence in a simulated world", TIMEOUT, () => {
  it("who says two things at once is shown by one witness, charged half of its stake, and out for good", async () => {
    const play = await cast();
    const { world, nodes } = play;
    await world.advanceToEpoch(0);
    await world.clock.advance(2_000);
    const liar = nodes[3];
    if (liar === undefined) throw new Error("no liar");
    const { identity, networkCid } = liar.dependencies;
    const twins = (["for", "against"] as const).map((choice) =>
      signMessage({
        network: networkCid,
        secretKey: identity.secretKey,
        sequence: 0,
        previous: null,
        timestampMs: world.clock.nowMs(),
        kind: "ballot",
        body: { proposal: networkCid, choice },
      }),
    );
    for (const { bytes } of twins) {
      await liar.network.gossip.publish(topicOf(networkCid, "govern"), bytes);
    }
    for (let flood = 0; flood < 20; flood++) {
      const { bytes } = signMessage({
        network: networkCid,
        secretKey: identity.secretKey,
        sequence: 0,
        previous: null,
        timestampMs: world.clock.nowMs() + flood,
        kind: "ballot",
        body: { proposal: networkCid, choice: "abstain" },
      });
      await liar.network.gossip.publish(topicOf(networkCid, "govern"), bytes);
    }
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    const honest = nodes.filter((node) => node !== liar);
    const evidence = await said(first(play), "evidence");
    expect(evidence).toHaveLength(1);
    const state = stateOf(first(play));
    expect([...state.tombstones]).toEqual([[idOf(liar), 0]]);
    expect(state.chargedWei.get(idOf(liar))).toBe(50n * TOKEN_WEI);
    expect(new Set(honest.map(({ runner }) => runner.ledger.head.value.root)).size).toBe(1);
    expect(checkConservation(state)).toBeUndefined();
  });
});
