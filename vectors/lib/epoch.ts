/** One whole epoch: two deltas of which one is too weak, a proposal, ballots; with everything before and after. */
import { encodeGenesis, genesisCid } from "../../src/core/artifacts/genesis.ts";
import { encodeState, genesisState, stateRoot } from "../../src/core/artifacts/state.ts";
import { bytesToHex } from "../../src/core/bytes.ts";
import { epochStartMs } from "../../src/core/epoch/clock.ts";
import { drawnFor } from "../../src/core/epoch/committee.ts";
import { epochContext } from "../../src/core/epoch/context.ts";
import { leaderOrder } from "../../src/core/epoch/leader.ts";
import { epochRootDigest } from "../../src/core/epoch/root.ts";
import { type EpochResult, transition } from "../../src/core/epoch/transition.ts";
import type { Message } from "../../src/core/messages/message.ts";
import { attestAll, makeAuthors, makeGenesis, makeRegistry, proposeSet, submit } from "./world.ts";

export const EPOCH = 2;

export function playEpoch() {
  const genesis = makeGenesis();
  const authors = makeAuthors(genesis, 6);
  const registry = makeRegistry(authors);
  const state = genesisState(genesis);
  const [first, second, third] = authors;
  if (first === undefined || second === undefined || third === undefined) throw new Error("too few authors");
  const good = submit(genesis, state, first, {
    epoch: EPOCH,
    metrics: { lossMicroNats: 4_900_000, accuracyPpm: 210_000 },
  });
  const better = submit(genesis, state, second, {
    epoch: EPOCH,
    metrics: { lossMicroNats: 4_850_000, accuracyPpm: 215_000 },
    confidencePpm: 900_000,
  });
  const weak = submit(genesis, state, third, {
    epoch: EPOCH,
    metrics: { lossMicroNats: 4_999_999, accuracyPpm: 200_000 },
  });
  const submitted = [good, better, weak];
  const startMs = epochStartMs(genesis, EPOCH);
  const proposal = first.sign(
    "proposal",
    {
      title: "Longer commits",
      text: "Set commitMs to 30,000.",
      proposalType: "protocol.parameter",
      changes: null,
    },
    startMs + 2_000,
  );
  const ballots = authors.map((author, i) =>
    author.sign("ballot", { proposal: proposal.cid, choice: i === 5 ? "against" : "for" }, startMs + 3_000),
  );
  const changed = authors[5]?.sign("ballot", { proposal: proposal.cid, choice: "abstain" }, startMs + 4_000);
  const messages: Message[] = [
    ...submitted.flatMap(({ commit, submission }) => [commit, submission]),
    ...submitted.flatMap(({ submission }) => attestAll(genesis, state, authors, registry, submission)),
    proposal,
    ...ballots,
    ...(changed === undefined ? [] : [changed]),
  ];
  const artifacts = new Map(
    submitted.map(({ submission, bundleBytes }) => [submission.envelope.body.deltaCid, bundleBytes]),
  );
  const aggregateMetrics = { lossMicroNats: 4_800_000, accuracyPpm: 220_000 };
  const options = { epoch: EPOCH, registry, messages, artifacts, aggregateMetrics };
  const messageSet = proposeSet(genesis, state, authors, options);
  return { genesis, authors, registry, state, submitted, messages, artifacts, messageSet };
}

export function epochVector() {
  const { genesis, registry, state, submitted, messages, artifacts, messageSet } = playEpoch();
  const result = transition(genesis, state, { messageSet, messages, artifacts });
  const context = epochContext(genesis, state, registry, EPOCH);
  return {
    genesis: bytesToHex(encodeGenesis(genesis)),
    genesisCid: genesisCid(genesis),
    before: { state: bytesToHex(encodeState(state)), stateRoot: stateRoot(state) },
    leaderOrder: leaderOrder(genesis, state, registry, EPOCH),
    drawn: Object.fromEntries(
      submitted.map(({ submission }) => [submission.cid, drawnFor(context, submission.envelope.author)]),
    ),
    messageSet: bytesToHex(messageSet.bytes),
    messages: messages.map(({ bytes }) => bytesToHex(bytes)),
    artifacts: Object.fromEntries([...artifacts].map(([cid, bytes]) => [cid, bytesToHex(bytes)])),
    after: after(epochRootDigest(genesis.chain, result.root), result),
  };
}

/** The parts of a result that another implementation must reproduce. */
export function after(digest: string, result: EpochResult) {
  return {
    state: bytesToHex(encodeState(result.state)),
    stateRoot: result.stateRoot,
    claimsRoot: result.claimsRoot,
    manifest: bytesToHex(result.manifestBytes),
    manifestCid: result.manifestCid,
    adapter: result.adapterBytes === null ? null : bytesToHex(result.adapterBytes),
    root: result.root,
    rootDigest: digest,
    contributions: result.contributions,
    refused: result.refused.map(({ cid, error }) => ({ cid, code: error.code })),
    payments: result.payments,
    charges: result.charges,
  };
}
