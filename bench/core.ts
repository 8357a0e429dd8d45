import { hashes, sign, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { genesisCid } from "../src/core/artifacts/genesis.ts";
import { hexToBytes, utf8ToBytes } from "../src/core/bytes.ts";
import { cidOf } from "../src/core/codec/dag-cbor.ts";
import { transition } from "../src/core/epoch/transition.ts";
import { LIMITS } from "../src/core/limits.ts";
import { decodeMessages } from "../src/core/messages/decode-batch.ts";
import { decodeMessage } from "../src/core/messages/message.ts";
import { inSetOrder } from "../src/core/messages/message-set/schema.ts";
import { hashOf, makeAuthors, makeGenesis, makeRegistry } from "../vectors/lib/world.ts";
import * as aggregation from "./aggregation.ts";
import * as attacks from "./attacks.ts";
import { type EpochCase, makeEpoch } from "./epoch-case.ts";
import type { Emit } from "./figure.ts";

/** Messages of one author in the epochs that are compared: with so many the largest epoch has 2,040 of 2,048 nodes. */
const MESSAGES_PER_AUTHOR = 49;
const LARGE = LIMITS.messagesPerSet;
const SMALL = 1_000;
/** The epoch that has two seconds: 500 nodes that all submit. */
const BUDGET = { messages: 10_000, staked: 500, proposals: 15 };
const BATCH = LIMITS.validationBatchMessages;

function elapsedMs(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Of each the fastest round, in turns, so that whatever else the machine does disturbs all alike. */
function fastest<K extends string>(
  rounds: number,
  works: Readonly<Record<K, () => void>>,
): (name: K) => number {
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of Object.entries<() => void>(works)) {
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, elapsedMs(work)));
    }
  }
  return (name) => best.get(name) ?? Number.NaN;
}

/** Messages of as many authors, decoded and verified together and one by one, beside the bare library. */
function verifyFigures(emit: Emit): void {
  hashes.sha512 = sha512;
  const genesis = makeGenesis();
  const network = genesisCid(genesis);
  const authors = makeAuthors(genesis, BATCH);
  const messages = authors.map((author, epoch) =>
    author.sign("commit", { epoch, commitment: "ab".repeat(32), bondWei: 1n }, epoch),
  );
  const encoded = messages.map(({ bytes }) => bytes);
  const bare = authors.map(({ identity }, i) => {
    const message = encoded[i] ?? new Uint8Array();
    return { message, signature: sign(message, identity.secretKey), author: hexToBytes(identity.nodeId) };
  });
  const ms = fastest(20, {
    batch: () => {
      if (decodeMessages(encoded, network).some(({ message }) => message === undefined))
        throw new Error("refused");
    },
    single: () => {
      for (const bytes of encoded) decodeMessage(bytes, network);
    },
    bare: () => {
      for (const one of bare) verify(one.signature, one.message, one.author, { zip215: false });
    },
  });
  const figure = (name: string, key: "batch" | "single") =>
    emit({
      name,
      value: Math.round((BATCH * 1_000) / ms(key)),
      unit: "messages/s",
      ratio: Number((ms("bare") / ms(key)).toFixed(3)),
      against: "bare @noble/ed25519 verify",
    });
  figure("core.verify", "batch");
  figure("core.verify.single", "single");
}

/** The largest set that a leader can propose: decoded, its order and its signature checked. */
function messageSetFigure(emit: Emit): void {
  const genesis = makeGenesis();
  const authors = makeAuthors(genesis, LIMITS.registryEntries);
  const messages = Array.from({ length: LIMITS.messagesPerSet }, (_, i) =>
    cidOf(utf8ToBytes(`message ${i}`)),
  );
  const body = {
    epoch: 1,
    round: 0,
    previousRoot: hashOf("root"),
    registry: makeRegistry(authors),
    messages: inSetOrder(messages),
    aggregateMetrics: null,
    clusterMetrics: [],
  };
  const bytes = authors[0]?.sign("message-set", body, 1).bytes ?? new Uint8Array();
  const ms = fastest(5, { decode: () => void decodeMessage(bytes, genesisCid(genesis)) });
  emit({ name: "core.message-set.decode", value: Math.round(ms("decode")), unit: "ms" });
}

/** One transition from decoded messages. */
function step({ genesis, state, input }: EpochCase): () => void {
  // A copy of the state each time: its root is remembered by object, and a node computes it once an epoch.
  return () => void transition(genesis, { ...state }, input);
}

function transitionFigures(emit: Emit): void {
  const makeup = (messages: number) =>
    makeEpoch({
      messages,
      staked: Math.floor(messages / MESSAGES_PER_AUTHOR),
      proposals: MESSAGES_PER_AUTHOR - 5,
    });
  const small = step(makeup(SMALL));
  const large = step(makeup(LARGE));
  const budget = step(makeEpoch(BUDGET));
  // A small epoch is over before the machine notices: as many of them as make the same number of messages, but for a tenth.
  const ms = fastest(5, { small: () => repeat(10, small), budget, large });
  const [smallMs, largeMs] = [ms("small") / 10, ms("large")];
  emit({
    name: "core.transition",
    value: Math.round((LARGE * 1_000) / largeMs),
    unit: "messages/s",
    ratio: Number((largeMs / LARGE / (smallMs / SMALL)).toFixed(3)),
    against: "time per message at 1,000 messages",
  });
  emit({ name: "core.transition.epoch", value: Math.round(ms("budget")), unit: "ms" });
}

function repeat(times: number, work: () => void): void {
  for (let i = 0; i < times; i++) work();
}

export function run(emit: Emit): void {
  verifyFigures(emit);
  messageSetFigure(emit);
  transitionFigures(emit);
  aggregation.run(emit);
  attacks.run(emit);
}
