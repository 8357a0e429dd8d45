import { genesisState } from "../src/core/artifacts/state.ts";
import { utf8ToBytes } from "../src/core/bytes.ts";
import { cidOf } from "../src/core/codec/dag-cbor.ts";
import { epochEndMs, epochStartMs } from "../src/core/epoch/clock.ts";
import { committeeOf } from "../src/core/epoch/committee.ts";
import { epochContext } from "../src/core/epoch/context.ts";
import type { TransitionInput } from "../src/core/epoch/transition.ts";
import type { Genesis } from "../src/core/genesis.ts";
import { electorateOf } from "../src/core/governance/electorate.ts";
import type { Message, TypedMessage } from "../src/core/messages/message.ts";
import type { Cid } from "../src/core/primitives.ts";
import type { ProposalState, State } from "../src/core/state.ts";
import {
  type Author,
  attest,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  proposeSet,
  submit,
} from "../vectors/lib/world.ts";

const EPOCH = 1;
/** Above whatever an author signs itself. */
const FIRST_BALLOT = 1_000;

export interface EpochCase {
  readonly genesis: Genesis;
  readonly state: State;
  readonly input: TransitionInput;
}

export interface EpochMakeup {
  readonly messages: number;
  /** All of them submit, with a commit and a committee's attestations each, and vote. */
  readonly staked: number;
  /** Proposals open when the epoch begins. */
  readonly proposals: number;
}

/** An epoch of this many messages: what submissions leave are ballots, and ballots again where there are not enough voters. */
export function makeEpoch({ messages: count, staked, proposals }: EpochMakeup): EpochCase {
  const genesis = makeGenesis();
  const authors = makeAuthors(genesis, staked);
  const registry = makeRegistry(authors);
  const fresh = genesisState(genesis);
  const before = epochContext(genesis, fresh, registry, EPOCH - 1);
  const open = Array.from({ length: proposals }, (_, i): [Cid, ProposalState] => [
    cidOf(utf8ToBytes(`proposal ${i}`)),
    {
      author: authors[i % authors.length]?.nodeId ?? "",
      title: "Longer commits",
      changes: null,
      replaced: null,
      status: "open",
      openedInEpoch: EPOCH - 1,
      closesAtMs: epochEndMs(genesis, EPOCH + 1),
      ballots: new Map(),
      forWei: 0n,
      againstWei: 0n,
      abstainWei: 0n,
      passThresholdPpm: 500_000,
      bondWei: 0n,
      ...electorateOf(before),
    },
  ]);
  const state: State = { ...fresh, proposals: new Map(open) };
  const context = epochContext(genesis, state, registry, EPOCH);
  const byNode = new Map(authors.map((author) => [author.nodeId, author]));
  const submitted = authors.map((author, i) =>
    submit(genesis, state, author, {
      epoch: EPOCH,
      metrics: { lossMicroNats: 4_900_000 - i, accuracyPpm: 210_000 },
    }),
  );
  const messages: Message[] = submitted.flatMap(({ commit, submission }) => [
    commit,
    submission,
    ...committeeOf(context, submission).flatMap((nodeId) => {
      const validator = byNode.get(nodeId);
      const { reportedMetrics } = submission.envelope.body;
      return validator === undefined ? [] : [attest(genesis, validator, submission, reportedMetrics)];
    }),
  ]);
  messages.push(...ballots(genesis, state, authors, count - messages.length));
  const artifacts = new Map(
    submitted.map(({ submission, bundleBytes }) => [submission.envelope.body.deltaCid, bundleBytes]),
  );
  const aggregateMetrics = { lossMicroNats: 4_800_000, accuracyPpm: 220_000 };
  const options = { epoch: EPOCH, registry, messages, artifacts, aggregateMetrics };
  const messageSet = proposeSet(genesis, state, authors, options);
  return { genesis, state, input: { messageSet, messages, artifacts } };
}

/** As they are once decoded. Nobody signs them: the transition looks at no signature, and making 90,000 takes a minute. */
function ballots(genesis: Genesis, state: State, authors: readonly Author[], count: number) {
  const timestampMs = epochStartMs(genesis, EPOCH);
  const proposals = [...state.proposals.keys()];
  return Array.from({ length: count }, (_, i): TypedMessage<"ballot"> => {
    const author = authors[i % authors.length];
    const proposal = proposals[Math.floor(i / authors.length) % proposals.length];
    if (author === undefined || proposal === undefined) throw new Error("nobody votes on anything");
    const bytes = utf8ToBytes(`ballot ${i}`);
    return {
      kind: "ballot",
      cid: cidOf(bytes),
      bytes,
      envelope: {
        version: 1,
        network: state.network,
        author: author.nodeId,
        sequence: FIRST_BALLOT + i,
        previous: proposal,
        timestampMs,
        kind: "ballot",
        body: { proposal, choice: "for" },
        signature: hashOf("no signature"),
      },
    };
  });
}
