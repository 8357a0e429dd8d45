import { hashes, sign, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { genesisCid } from "../src/core/artifacts/genesis.ts";
import { genesisState } from "../src/core/artifacts/state.ts";
import { hexToBytes } from "../src/core/bytes.ts";
import { epochStartMs } from "../src/core/epoch/clock.ts";
import { type TransitionInput, transition } from "../src/core/epoch/transition.ts";
import type { Genesis } from "../src/core/genesis.ts";
import { decodeMessage, type Message } from "../src/core/messages/message.ts";
import type { State } from "../src/core/state.ts";
import {
  attestAll,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  proposeSet,
  submit,
} from "../vectors/lib/world.ts";
import type { Emit } from "./figure.ts";

const MESSAGES = 10_000;
const SMALL_EPOCH = 1_000;
const EPOCH = 1;
const BATCH = 50;

/** Milliseconds of the fastest of a few runs: the others were disturbed. */
function fastest(runs: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

interface EpochCase {
  readonly genesis: Genesis;
  readonly state: State;
  readonly input: TransitionInput;
}

/**
 * An epoch of `count` messages: a quarter submissions with commits and attestations, the rest ballots.
 * Its registry has a node for every 20 messages, as many as may be staked at 10,000.
 */
function makeEpoch(count: number): EpochCase {
  const genesis = makeGenesis();
  const authors = makeAuthors(genesis, count / 20);
  const registry = makeRegistry(authors);
  const state = genesisState(genesis);
  const submitted = authors.map((author, i) =>
    submit(genesis, state, author, {
      epoch: EPOCH,
      metrics: { lossMicroNats: 4_900_000 - i, accuracyPpm: 210_000 },
    }),
  );
  const startMs = epochStartMs(genesis, EPOCH);
  const messages: Message[] = submitted.flatMap(({ commit, submission }) => [
    commit,
    submission,
    ...attestAll(genesis, state, authors, registry, submission),
  ]);
  const proposals = authors
    .slice(0, 15)
    .map((author) =>
      author.sign(
        "proposal",
        {
          title: "Longer commits",
          text: "Set commitMs to 30,000.",
          proposalType: "protocol.parameter",
          changes: null,
        },
        startMs,
      ),
    );
  messages.push(...proposals);
  for (const proposal of proposals) {
    for (const author of authors) {
      if (messages.length >= count) break;
      messages.push(author.sign("ballot", { proposal: proposal.cid, choice: "for" }, startMs));
    }
  }
  const artifacts = new Map(
    submitted.map(({ submission, bundleBytes }) => [submission.envelope.body.deltaCid, bundleBytes]),
  );
  const aggregateMetrics = { lossMicroNats: 4_800_000, accuracyPpm: 220_000 };
  const options = { epoch: EPOCH, registry, messages, artifacts, aggregateMetrics };
  const messageSet = proposeSet(genesis, state, authors, options);
  return { genesis, state, input: { messageSet, messages, artifacts } };
}

/** Milliseconds of one transition from decoded messages. */
function transitionMs({ genesis, state, input }: EpochCase): number {
  // A copy of the state each time: its root is remembered by object, and a node computes it once an epoch.
  return fastest(1, () => void transition(genesis, { ...state }, input));
}

function verifyFigures(emit: Emit): void {
  hashes.sha512 = sha512;
  const genesis = makeGenesis();
  const network = genesisCid(genesis);
  const [author] = makeAuthors(genesis, 1);
  if (author === undefined) throw new Error("no author");
  const messages = Array.from({ length: BATCH }, (_, i) =>
    author.sign("commit", { epoch: i, commitment: "ab".repeat(32), bondWei: 1n }, i),
  );
  const bare = messages.map(({ envelope, bytes }) => {
    const message = bytes.subarray(0, bytes.length - 1);
    return {
      message,
      signature: sign(message, author.identity.secretKey),
      author: hexToBytes(envelope.author),
    };
  });
  let messageMs = Number.POSITIVE_INFINITY;
  let bareMs = Number.POSITIVE_INFINITY;
  // In turns, so that whatever else the machine does disturbs both alike.
  for (let round = 0; round < 20; round++) {
    messageMs = Math.min(
      messageMs,
      fastest(1, () => {
        for (const { bytes } of messages) decodeMessage(bytes, network);
      }),
    );
    bareMs = Math.min(
      bareMs,
      fastest(1, () => {
        for (const one of bare) verify(one.signature, one.message, one.author, { zip215: false });
      }),
    );
  }
  emit({
    name: "core.verify",
    value: Math.round((BATCH * 1_000) / messageMs),
    unit: "messages/s",
    ratio: Number((bareMs / messageMs).toFixed(3)),
    against: "bare @noble/ed25519 verify",
  });
}

export async function run(emit: Emit): Promise<void> {
  verifyFigures(emit);
  const large = makeEpoch(MESSAGES);
  const small = makeEpoch(SMALL_EPOCH);
  let largeMs = Number.POSITIVE_INFINITY;
  let smallMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round++) {
    largeMs = Math.min(largeMs, transitionMs(large));
    smallMs = Math.min(smallMs, transitionMs(small));
  }
  emit({
    name: "core.transition",
    value: Math.round((large.input.messages.length * 1_000) / largeMs),
    unit: "messages/s",
    ratio: Number((largeMs / MESSAGES / (smallMs / SMALL_EPOCH)).toFixed(3)),
    against: "time per message at 1,000 messages",
  });
  emit({ name: "core.transition.epoch", value: Math.round(largeMs), unit: "ms" });
}
