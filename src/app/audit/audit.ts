/**
 * Replays a network from its genesis and compares every number with what was signed, anchored and paid.
 * Runs over ports, so that the command, the app and the simulator audit alike.
 */
import { emptyAdapter } from "../../core/artifacts/adapter.ts";
import { genesisState, stateRoot } from "../../core/artifacts/state.ts";
import { type ErrorData, failure, toErrorData } from "../../core/errors.ts";
import { certifiedAfter } from "./certified.ts";
import { checkClaims } from "./chain.ts";
import { auditEpoch } from "./epoch.ts";
import { AuditedLogs } from "./logs.ts";
import { type AuditFinding, type AuditReport, AuditRun, type AuditSources, type Replayed } from "./report.ts";

/** Replays all certified epochs up to and including `lastEpoch`. Never throws for what the network did wrong. */
export async function audit(
  sources: AuditSources,
  lastEpoch: number,
  onFinding: (finding: AuditFinding) => void = () => {},
): Promise<AuditReport> {
  const run = new AuditRun(onFinding);
  const { genesis } = sources;
  let replayed: Replayed = {
    state: genesisState(genesis),
    version: emptyAdapter(genesis),
    otherArtifacts: new Map(),
  };
  try {
    await checkEnvironment(run, sources);
    const logs = await readLogs(run, sources);
    for (;;) {
      const before = replayed;
      const certified = certifiedAfter(genesis, logs, stateRoot(before.state));
      if (certified === undefined || certified.root.epoch > lastEpoch) break;
      replayed = await auditEpoch(run, sources, logs, before, certified);
    }
    await checkReached(run, replayed, lastEpoch);
    await checkClaims(run, sources, replayed.state);
    return outcome(run, replayed);
  } catch (thrown) {
    const error = toErrorData(thrown);
    const stopped = { ...run.current, error };
    const kind = saysNothing(error) ? { unchecked: stopped } : { difference: stopped };
    return { ...outcome(run, replayed), ...kind };
  }
}

/** A chain that does not answer is no fault of the network, and no proof of its honesty either. */
function saysNothing({ code }: ErrorData): boolean {
  return code === "chain-unreachable";
}

function outcome({ findings }: AuditRun, { state, explanations }: Replayed): AuditReport {
  const report = { findings, stateRoot: stateRoot(state), lastState: state };
  return explanations === undefined ? report : { ...report, explanations };
}

/** An auditor whose own evaluator is another one can prove nothing. */
async function checkEnvironment(run: AuditRun, { genesis, evaluator }: AuditSources): Promise<void> {
  await run.step(-1, "environment", async () => {
    const own = await evaluator.environment();
    const { environmentCid } = genesis.model;
    if (own !== environmentCid) {
      const message = "This auditor's evaluator is not the network's";
      throw failure("environment-mismatch", message, environmentCid, own);
    }
    return ["the network's own evaluator, model and benchmark", undefined];
  });
}

async function readLogs(run: AuditRun, { genesis, messages }: AuditSources): Promise<AuditedLogs> {
  const logs = await run.step(-1, "signatures", async () => [
    `${messages.length} messages`,
    new AuditedLogs(genesis, messages),
  ]);
  await run.step(-1, "logs", async () => [`${logs.checkLinks()} logs without holes or forks`, undefined]);
  return logs;
}

/** The epoch that was asked for must be among the certified ones. */
async function checkReached(run: AuditRun, { state }: Replayed, lastEpoch: number): Promise<void> {
  if (state.epoch === lastEpoch) return;
  await run.step(lastEpoch, "certificate", async () => {
    throw failure(
      "not-certified",
      `Nobody certified epoch ${lastEpoch}`,
      "signatures of two thirds of the stake",
      state.epoch < 0 ? "no certified epoch" : `the last certified epoch before it is ${state.epoch}`,
    );
  });
}
