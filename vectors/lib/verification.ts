/** Draws of committees and reserves, work checks, what is put aside, held-out commitments and what held-out tasks count. */
import { encodeHeldOut } from "../../src/core/artifacts/held-out.ts";
import { genesisState } from "../../src/core/artifacts/state.ts";
import { bytesToHex } from "../../src/core/bytes.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { committeeSeed, drawnFor } from "../../src/core/epoch/committee.ts";
import { epochContext } from "../../src/core/epoch/context.ts";
import { heldOutCommitmentOf } from "../../src/core/messages/held-out-commit/schema.ts";
import { checkHeldOut, observedUtilityPpm } from "../../src/core/scoring/held-out.ts";
import { type ShownWork, unprovedWork, workCheck, workChecks } from "../../src/core/scoring/work-checks.ts";
import { hashOf, makeAuthors, makeGenesis, makeRegistry } from "./world.ts";

export function verificationVector() {
  return { draws: drawVectors(), workChecks: workCheckVectors(), heldOut: heldOutVectors() };
}

function drawVectors() {
  const genesis = makeGenesis();
  const authors = makeAuthors(genesis, 8);
  const context = epochContext(genesis, genesisState(genesis), makeRegistry(authors), 2);
  return authors.slice(0, 3).map(({ nodeId }) => ({
    previousRoot: context.previousRoot,
    blockHash: context.registry.blockHash,
    epoch: context.epoch,
    author: nodeId,
    seed: bytesToHex(committeeSeed(context, nodeId)),
    candidates: context.lottery.candidates.map(({ item, weight }) => ({ nodeId: item, weight })),
    ...drawnFor(context, nodeId),
  }));
}

/** The first two of three work, the third copies; then the third denies the others' work. */
function workCheckVectors() {
  const drawn = ["a", "b", "c", "reserve"].map(hashOf);
  const digests = drawn.map((nodeId) => hashOf(`digest ${nodeId}`));
  const worker = (place: number): ShownWork => ({
    author: drawn[place] ?? "",
    workDigest: digests[place] ?? "",
    checks: workChecks(drawn[place] ?? "", digests),
  });
  const third = worker(2);
  const panels = [
    [worker(0), worker(1), third],
    [worker(0), worker(1), { ...third, workDigest: hashOf("made up") }],
    [worker(0), worker(1), { ...third, checks: drawn.map(() => "00".repeat(16)) }],
    [worker(0), { ...third, workDigest: hashOf("made up") }],
  ];
  return {
    checks: drawn.map((attester, i) => ({
      attester,
      workDigest: digests[i],
      check: workCheck(attester, digests[i] ?? ""),
    })),
    panels: panels.map((work) => ({
      drawn,
      reputationPpm: 500_000,
      work,
      unproved: [...unprovedWork(drawn, work, () => 500_000)],
    })),
  };
}

function heldOutVectors() {
  const block = encodeHeldOut({ version: 1, pairs: [{ prompt: "What is an epoch?", answer: "A minute." }] });
  const tasks = cidOf(block);
  const [keeper, salt] = [hashOf("keeper"), hashOf("salt")];
  const state = genesisState(makeGenesis());
  const { heldOutSharePpm } = state.parameters;
  const cases = [1_800_000, 1_999_999, 2_000_000, 2_040_000, 2_040_001].map((lossMicroNats) => {
    const metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000, utilityPpm: 20_000 };
    const heldOut = { tasks, lossBeforeMicroNats: 2_000_000, lossMicroNats };
    return {
      metrics,
      heldOut,
      observedPpm: observedUtilityPpm(state, metrics, heldOut),
      refused: checkHeldOut(state, metrics, heldOut)?.code ?? null,
    };
  });
  return {
    block: bytesToHex(block),
    tasks,
    keeper,
    salt,
    commitment: heldOutCommitmentOf(keeper, tasks, salt),
    versionLossMicroNats: state.modelMetrics.lossMicroNats,
    heldOutSharePpm,
    cases,
  };
}
