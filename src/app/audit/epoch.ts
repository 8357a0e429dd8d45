import { encodeAdapter } from "../../core/artifacts/adapter.ts";
import { cidOf } from "../../core/codec/dag-cbor.ts";
import { checkConservation } from "../../core/economy/conservation.ts";
import { chargeAmountWei, paymentAmountWei } from "../../core/economy/explain.ts";
import { aggregateEpoch } from "../../core/epoch/aggregate-epoch.ts";
import { registryTimestampMs } from "../../core/epoch/clock.ts";
import { type EpochResult, transition } from "../../core/epoch/transition.ts";
import { failure, ParleyError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Cid, Metrics } from "../../core/primitives.ts";
import { sameRegistry } from "../node/registry.ts";
import { drawCommittees, redoBenchmark } from "./benchmark.ts";
import type { CertifiedEpoch } from "./certified.ts";
import { checkAnchor } from "./chain.ts";
import type { AuditedLogs } from "./logs.ts";
import type { AuditRun, AuditSources, Replayed } from "./report.ts";

/** Replays one certified epoch on the state before it. Throws at the first difference. */
export async function auditEpoch(
  run: AuditRun,
  sources: AuditSources,
  logs: AuditedLogs,
  before: Replayed,
  certified: CertifiedEpoch,
): Promise<Replayed> {
  const { epoch } = certified.root;
  const members = await run.step(epoch, "message set", async () => membersOf(logs, certified));
  await checkRegistry(run, sources, before, certified);
  const artifacts = await fetchArtifacts(sources, before, members);
  await checkBenchmarks(run, sources, before, certified, members, artifacts);
  await checkAggregate(run, sources, before, certified, members, artifacts);
  const result = transition(sources.genesis, before.state, {
    messageSet: certified.set,
    messages: members,
    artifacts,
  });
  await checkResult(run, sources, certified, result);
  await checkAnchor(run, sources, result);
  const otherArtifacts = new Map([
    ...before.otherArtifacts,
    ...result.otherArtifacts.map((bytes): [Cid, Uint8Array] => [cidOf(bytes), bytes]),
  ]);
  const { state, adapter, explanations } = result;
  return { state, version: adapter ?? before.version, otherArtifacts, explanations };
}

function membersOf(logs: AuditedLogs, { set }: CertifiedEpoch): readonly [string, readonly Message[]] {
  const members = set.envelope.body.messages.map((cid) => {
    const message = logs.get(cid);
    if (message !== undefined) return message;
    throw failure("member-missing", "No peer holds a message of the set", cid, "nothing");
  });
  return [`${members.length} messages, proposed by ${set.envelope.author.slice(0, 8)}`, members];
}

/** The stakes must be those on the chain at the epoch's block, or, when the chain was away, those of the epoch before. */
async function checkRegistry(
  run: AuditRun,
  { genesis, chain }: AuditSources,
  { state }: Replayed,
  { set, root }: CertifiedEpoch,
): Promise<void> {
  await run.step(root.epoch, "registry", async () => {
    const { registry } = set.envelope.body;
    const onChain = await chain.registryAt(registryTimestampMs(genesis, root.epoch));
    const text = `${registry.entries.length} stakes at block ${registry.blockNumber}`;
    if (sameRegistry(registry, onChain)) return [text, undefined];
    if (sameRegistry(registry, state.registry)) return [`${text}, as in the epoch before`, undefined];
    throw failure(
      "registry-difference",
      "The stakes are not those on the chain",
      `${onChain.entries.length} stakes at block ${onChain.blockNumber} (${onChain.blockHash})`,
      `${registry.entries.length} stakes at block ${registry.blockNumber} (${registry.blockHash})`,
    );
  });
}

/** Bundles of all submissions and held-out tasks, as far as peers have them, and the current adapter. */
async function fetchArtifacts(
  { genesis, artifacts }: AuditSources,
  { state, version, otherArtifacts }: Replayed,
  members: readonly Message[],
): Promise<ReadonlyMap<Cid, Uint8Array>> {
  const found = new Map([...otherArtifacts, [state.modelVersion, encodeAdapter(genesis, version)]]);
  for (const message of members) {
    const cid = artifactOf(message);
    if (cid === undefined) continue;
    const fetched = artifacts.get(cid, { timeoutMs: LIMITS.artifactFetchMs });
    const bytes = await fetched.catch(() => undefined);
    // Peers are not trusted: bytes that are not the ones named count as not delivered.
    if (bytes !== undefined && cidOf(bytes) === cid) found.set(cid, bytes);
  }
  return found;
}

function artifactOf(message: Message): Cid | undefined {
  if (message.kind === "submission") return message.envelope.body.deltaCid;
  return message.kind === "held-out-reveal" ? message.envelope.body.tasks : undefined;
}

async function checkBenchmarks(
  run: AuditRun,
  sources: AuditSources,
  replayed: Replayed,
  { set, root }: CertifiedEpoch,
  members: readonly Message[],
  artifacts: ReadonlyMap<Cid, Uint8Array>,
): Promise<void> {
  const drawn = await run.step(root.epoch, "committees", async () => {
    const committees = drawCommittees(sources.genesis, replayed.state, set.envelope.body, members);
    const attested = committees.reduce((sum, { verdict }) => sum + verdict.attested.length, 0);
    return [`${committees.length} drawn, ${attested} attestations of their members`, committees];
  });
  await run.step(root.epoch, "benchmark", async () => {
    let compared = 0;
    for (const committee of drawn) {
      compared += await redoBenchmark(sources, replayed, artifacts, committee);
    }
    return [`${compared} attestations with the same metrics and work digests`, undefined];
  });
}

async function checkAggregate(
  run: AuditRun,
  { genesis, evaluator }: AuditSources,
  { state }: Replayed,
  { set, root }: CertifiedEpoch,
  members: readonly Message[],
  artifacts: ReadonlyMap<Cid, Uint8Array>,
): Promise<void> {
  await run.step(root.epoch, "aggregate", async () => {
    const { registry, epoch, aggregateMetrics, clusterMetrics } = set.envelope.body;
    const input = { epoch, registry, messages: members, artifacts };
    const { adapter, clusters } = aggregateEpoch(genesis, state, input);
    if (adapter === null) return ["nothing included", undefined];
    const { metrics } = await evaluator.evaluate({ adapter });
    expectMetrics("The new version", metrics, aggregateMetrics);
    for (const { cluster, adapter: sum } of clusters) {
      const said = clusterMetrics.find((entry) => entry.cluster === cluster)?.metrics ?? null;
      expectMetrics(`Cluster ${cluster}`, (await evaluator.evaluate({ adapter: sum })).metrics, said);
    }
    return [`loss ${metrics.lossMicroNats} micro-nats, was ${state.modelMetrics.lossMicroNats}`, undefined];
  });
}

async function checkResult(
  run: AuditRun,
  { artifacts }: AuditSources,
  { root, certificate, set }: CertifiedEpoch,
  result: EpochResult,
): Promise<void> {
  const { epoch } = root;
  await run.step(epoch, "rewards", async () => {
    const lost = checkConservation(result.state);
    if (lost !== undefined) throw new ParleyError(lost);
    checkExplanations(result);
    const { payments, charges, state } = result;
    const counted = `${payments.length} payments, ${charges.length} charges, each explained`;
    return [`${counted}; ${state.issuedWei} wei issued so far`, undefined];
  });
  await run.step(epoch, "state root", async () => {
    expectSame("The signed state root is another one", result.stateRoot, root.stateRoot);
    expectSame("The signed claims root is another one", result.claimsRoot, root.claimsRoot);
    return [result.stateRoot, undefined];
  });
  await run.step(epoch, "manifest", async () => {
    expectSame("The signed manifest is another one", result.root.manifestDigest, root.manifestDigest);
    const bytes = await artifacts.get(result.manifestCid, { timeoutMs: LIMITS.artifactFetchMs });
    expectSame("A peer delivered another manifest", result.manifestCid, cidOf(bytes));
    return [result.manifestCid, undefined];
  });
  await run.step(epoch, "certificate", async () => {
    expectSame("Another snapshot block was signed", `${result.root.snapshotBlock}`, `${root.snapshotBlock}`);
    const { entries } = set.envelope.body.registry;
    return [`${certificate.signatures.length} of ${entries.length} operators signed`, undefined];
  });
}

function expectMetrics(what: string, measured: Metrics, said: Metrics | null): void {
  const same = measured.lossMicroNats === said?.lossMicroNats && measured.accuracyPpm === said.accuracyPpm;
  if (same) return;
  throw failure(
    "aggregate-difference",
    `${what} does not measure what the leader said`,
    `loss ${measured.lossMicroNats}, accuracy ${measured.accuracyPpm}`,
    said === null ? "nothing" : `loss ${said.lossMicroNats}, accuracy ${said.accuracyPpm}`,
  );
}

/** An explanation that does not give the amount again explains nothing. */
function checkExplanations({ explanations }: EpochResult): void {
  for (const explained of explanations.payments) {
    const { reason, amountWei } = explained.payment;
    expectSame(`A ${reason} is not what explains it`, `${paymentAmountWei(explained)}`, `${amountWei}`);
  }
  for (const explained of explanations.charges) {
    const { reason, amountWei } = explained.charge;
    expectSame(`A ${reason} charge is not what explains it`, `${chargeAmountWei(explained)}`, `${amountWei}`);
  }
}

function expectSame(message: string, expected: string, received: string): void {
  if (expected !== received) throw failure("difference", message, expected, received);
}
