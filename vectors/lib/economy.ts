/** What an epoch pays and charges: the parts by themselves, then three whole epochs in a row. */
import { encodeGenesis } from "../../src/core/artifacts/genesis.ts";
import { encodeState, genesisState } from "../../src/core/artifacts/state.ts";
import { bytesToHex } from "../../src/core/bytes.ts";
import type { RegistrySnapshot } from "../../src/core/chain-types.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { Books } from "../../src/core/economy/books.ts";
import { shareByFlops } from "../../src/core/economy/inference-pay.ts";
import { settleReceipts } from "../../src/core/economy/receipts.ts";
import { emissionOf, splitPot } from "../../src/core/economy/rewards.ts";
import { epochStartMs } from "../../src/core/epoch/clock.ts";
import { type EpochContext, epochContext } from "../../src/core/epoch/context.ts";
import { ConductRecord, nextReputations } from "../../src/core/epoch/reputation.ts";
import { type EpochResult, transition } from "../../src/core/epoch/transition.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import type { Message, TypedMessage } from "../../src/core/messages/message.ts";
import { type ReceiptTerms, signReceipt } from "../../src/core/messages/receipt/schema.ts";
import type { Address, Cid } from "../../src/core/primitives.ts";
import type { State } from "../../src/core/state.ts";
import {
  type Author,
  attestAll,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  proposeSet,
  seedOf,
  submit,
  TOKEN_WEI,
} from "./world.ts";

export function economyVector() {
  return {
    pots: potVectors(),
    flops: flopsVectors(),
    books: booksVector(),
    reputations: reputationVector(),
    receipts: receiptVector(),
    epochs: epochVectors(),
  };
}

/** A receipt by `provider` that `requester` has signed, in the first second of its epoch. */
export function makeReceipt(
  genesis: Genesis,
  provider: Author,
  requester: Author,
  terms: Partial<ReceiptTerms> & Pick<ReceiptTerms, "epoch" | "modelVersion">,
): TypedMessage<"receipt"> {
  const body: ReceiptTerms = {
    request: hashOf(`request ${terms.epoch}`),
    requester: requester.nodeId,
    tokensIn: 20,
    tokensOut: 100,
    flops: 120 * genesis.parameters.flopsPerToken,
    outputDigest: hashOf("output"),
    feeWei: TOKEN_WEI,
    ...terms,
  };
  const requesterSignature = signReceipt(requester.identity.secretKey, provider.nodeId, body);
  const sentMs = epochStartMs(genesis, body.epoch) + 1_000;
  return provider.sign("receipt", { ...body, requesterSignature }, sentMs);
}

function account(index: number): Address {
  return `0x${hashOf(`account ${index}`).slice(0, 40)}`;
}

function potVectors() {
  const { parameters } = makeGenesis();
  const claimants = (scores: readonly number[]) =>
    scores.map((scorePpm, i) => ({
      nodeId: hashOf(`claimant ${i}`),
      account: account(i % 2),
      source: cidOf(seedOf(`submission ${i}`)),
      factors: { scorePpm, stakeLogQ20: 6_981_770 + i, lockPpm: 1_250_000, reputationPpm: 1_050_000 },
      messages: [],
    }));
  const { epochRewardWei } = parameters;
  return [[1, 1, 1], [20_000, 30_001], [7], [0], []].map((scores) => {
    const input = claimants(scores);
    const { shares, restWei } = splitPot(epochRewardWei, "contribution", input);
    return {
      epochRewardWei,
      emission: emissionOf(parameters),
      claimants: input.map(({ nodeId, account: to, source, factors }) => ({
        nodeId,
        account: to,
        source,
        factors,
      })),
      payments: shares.map(({ payment }) => payment),
      restWei,
    };
  });
}

function flopsVectors() {
  const cases = [
    { potWei: 400n, bounds: [1_000n, 1_000n], flops: [1n, 3n] },
    { potWei: 400n, bounds: [10n, 1_000n, 50n], flops: [5n, 5n, 90n] },
    { potWei: 400n, bounds: [0n, 7n], flops: [10n ** 15n, 1n] },
    { potWei: 100n, bounds: [1_000n, 1_000n, 1_000n], flops: [1n, 1n, 1n] },
    { potWei: 100n, bounds: [5n], flops: [0n] },
  ];
  return cases.map(({ potWei, bounds, flops }) => {
    const claims = bounds.map((boundWei, i) => ({ claim: i, boundWei, flops: flops[i] ?? 0n }));
    const parts = shareByFlops(potWei, claims);
    return {
      potWei,
      claims,
      parts: parts.map(({ claim, amountWei }) => ({ claim: claim.claim, amountWei })),
    };
  });
}

/** Entries of one epoch on a ledger that holds something of everything. */
function booksVector() {
  const [a, b] = [hashOf("node a"), hashOf("node b")];
  const [kept, lost] = [cidOf(seedOf("kept")), cidOf(seedOf("lost"))];
  const pay = (nodeId: string, source: Cid, amountWei: bigint) => {
    const to: Address = `0x${nodeId.slice(0, 40)}`;
    return { account: to, nodeId, reason: "validation", source, amountWei } as const;
  };
  const fresh = genesisState(makeGenesis());
  const earlier = new Books({ state: fresh, epoch: 1, stakeOf: () => 1_000n });
  earlier.charge(a, "fee", kept, 300n);
  earlier.mint(pay(a, kept, 40n), 2);
  earlier.mint(pay(b, kept, 41n), 3);
  earlier.mint(pay(b, lost, 50n), 3);
  const before = earlier.close().ledger;
  const books = new Books({ state: { ...fresh, ...before, epoch: 1 }, epoch: 2, stakeOf: () => 1_000n });
  books.slash(a, "wrong-verdict", lost, 800_000);
  books.cancel(lost);
  books.pay(pay(b, kept, 33n));
  books.mint(pay(b, kept, 7n), 2);
  books.escrow(pay(a, kept, 11n), 4);
  const { ledger: after, payments, charges } = books.close();
  return {
    epoch: 2,
    stakeWei: 1_000n,
    before,
    entries: [
      { slash: a, reason: "wrong-verdict", source: lost, sharePpm: 800_000 },
      { cancel: lost },
      { pay: pay(b, kept, 33n) },
      { mint: pay(b, kept, 7n), dueInEpoch: 2 },
      { escrow: pay(a, kept, 11n), dueInEpoch: 4 },
    ],
    payments,
    charges,
    after,
  };
}

function reputationVector() {
  const fresh = genesisState(makeGenesis());
  const conducts = ["right", "missed", "wrong", "none"] as const;
  const nodes = conducts.map((conduct) => ({ conduct, nodeId: hashOf(`${conduct} node`) }));
  let state: State = { ...fresh, reputations: new Map([[hashOf("idle"), 1_000_000]]) };
  const { reputationGainPpm, reputationLossPpm, reputationDecayPpm, initialReputationPpm } = state.parameters;
  const epochs = Array.from({ length: 6 }, () => {
    const record = new ConductRecord();
    for (const { nodeId, conduct } of nodes) if (conduct !== "none") record.add(nodeId, conduct);
    state = { ...state, reputations: nextReputations(state, record) };
    return state.reputations;
  });
  return {
    initialReputationPpm,
    reputationGainPpm,
    reputationLossPpm,
    reputationDecayPpm,
    conductOfEachEpoch: Object.fromEntries(nodes.map(({ nodeId, conduct }) => [nodeId, conduct])),
    listedBefore: { [hashOf("idle")]: 1_000_000 },
    reputationsAfter: epochs,
  };
}

/** Receipts of which each is settled or refused in its own way. */
function receiptVector() {
  const genesis = makeGenesis({ receiptsPerRequester: 5 });
  const authors = makeAuthors(genesis, 5);
  const registry = makeRegistry(authors.slice(0, 4));
  const state: State = { ...genesisState(genesis), poolWei: 0n };
  const context = epochContext(genesis, state, registry, 3);
  const receipts = sampleReceipts(genesis, state, authors);
  const settled = settle(context, receipts, emissionOf(genesis.parameters).inferenceWei);
  return {
    genesis: bytesToHex(encodeGenesis(genesis)),
    state: bytesToHex(encodeState(state)),
    registry,
    epoch: 3,
    receipts: receipts.map(({ bytes }) => bytesToHex(bytes)),
    ...settled,
  };
}

export function settle(context: EpochContext, receipts: readonly TypedMessage<"receipt">[], potWei: bigint) {
  const books = new Books(context);
  const { refused, microRewards, requests } = settleReceipts(context, receipts, potWei, books);
  const { ledger, payments, charges } = books.close();
  return {
    refused: refused.map(({ cid, error }) => ({ cid, code: error.code, verdict: error.verdict })),
    payments,
    charges,
    ledger: { ...ledger, microRewards, requests },
  };
}

function sampleReceipts(genesis: Genesis, state: State, authors: readonly Author[]) {
  const [a, b, c, d, unstaked] = authors;
  if (a === undefined || b === undefined || c === undefined || d === undefined || unstaked === undefined) {
    throw new Error("too few authors");
  }
  const terms = { epoch: 3, modelVersion: state.modelVersion };
  const send = (provider: Author, requester: Author, name: string, changes: Partial<ReceiptTerms> = {}) =>
    makeReceipt(genesis, provider, requester, { ...terms, request: hashOf(name), ...changes });
  return [
    send(a, c, "first"),
    send(b, c, "first"),
    send(b, d, "first", { feeWei: TOKEN_WEI / 50n }),
    send(a, d, "free", { feeWei: 0n }),
    send(a, a, "self"),
    send(a, unstaked, "unstaked"),
    send(a, c, "flops", { flops: 120 * genesis.parameters.flopsPerToken + 1 }),
    send(a, c, "version", { modelVersion: cidOf(seedOf("another version")) }),
    send(b, a, "too dear", { feeWei: 51n * TOKEN_WEI }),
    ...[1, 2, 3, 4, 5, 6].map((i) => send(c, b, `many ${i}`, { feeWei: BigInt(i) })),
  ];
}

/** Something of everything: right and missed verdicts, a withheld reveal, receipts, pay held back for one epoch. */
export function playEpochs() {
  const genesis = makeGenesis({ vestingEpochs: 1, lockBonusPpm: 500_000 });
  const authors = makeAuthors(genesis, 6);
  const registry = makeRegistry(authors);
  const steps: Step[] = [];
  let state = genesisState(genesis);
  for (const epoch of [2, 3, 5]) {
    const step = playEpoch(genesis, state, authors, { ...registry, blockNumber: epoch }, epoch);
    steps.push(step);
    state = step.result.state;
  }
  return { genesis, before: genesisState(genesis), steps };
}

export interface Step {
  readonly messageSet: TypedMessage<"message-set">;
  readonly messages: readonly Message[];
  readonly artifacts: ReadonlyMap<Cid, Uint8Array>;
  readonly result: EpochResult;
}

function playEpoch(
  genesis: Genesis,
  state: State,
  authors: readonly Author[],
  registry: RegistrySnapshot,
  epoch: number,
): Step {
  for (const author of authors) author.registry = registry;
  const [first, second, third, fourth] = authors;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
    throw new Error("too few authors");
  }
  const terms = { epoch, modelVersion: state.modelVersion };
  const receipts = [
    makeReceipt(genesis, first, third, terms),
    makeReceipt(genesis, second, third, { ...terms, feeWei: TOKEN_WEI / 2n }),
    makeReceipt(genesis, second, fourth, { ...terms, feeWei: TOKEN_WEI / 3n, flops: 1_000_000 }),
  ];
  const submitted = [first, second, third].map((author, i) => {
    const lossMicroNats = state.modelMetrics.lossMicroNats - 10_000 * (i + 1);
    return submit(genesis, state, author, { epoch, metrics: { lossMicroNats, accuracyPpm: 210_000 } });
  });
  const [one, two, withheld] = submitted;
  if (one === undefined || two === undefined || withheld === undefined) throw new Error("too few");
  const messages: Message[] = [
    ...receipts,
    ...[one, two].flatMap(({ commit, submission }) => [commit, submission]),
    withheld.commit,
    ...attestAll(genesis, state, authors, registry, one.submission),
    // One of the second committee stays away.
    ...attestAll(genesis, state, authors, registry, two.submission).slice(1),
  ];
  const artifacts = new Map(
    [one, two].map(({ submission, bundleBytes }) => [submission.envelope.body.deltaCid, bundleBytes]),
  );
  return closeEpoch(genesis, state, authors, { registry, epoch, messages, artifacts });
}

/** Adapter versions that closed epochs published, for the epochs after them. */
const versions = new Map<Cid, Uint8Array>();

export interface CloseOptions {
  readonly registry: RegistrySnapshot;
  readonly epoch: number;
  readonly messages: readonly Message[];
  /** Bundles of the submissions. */
  readonly artifacts: ReadonlyMap<Cid, Uint8Array>;
  /** By how much the aggregate is said to be better than the version before. */
  readonly gainMicroNats?: number;
}

/** One epoch on a state, proposed by its leader. */
export function closeEpoch(
  genesis: Genesis,
  state: State,
  authors: readonly Author[],
  { registry, epoch, messages, artifacts: bundles, gainMicroNats = 40_000 }: CloseOptions,
): Step {
  const current = versions.get(state.modelVersion);
  const artifacts = new Map(bundles);
  if (current !== undefined) artifacts.set(state.modelVersion, current);
  const lossMicroNats = state.modelMetrics.lossMicroNats - gainMicroNats;
  const aggregateMetrics = { lossMicroNats, accuracyPpm: 220_000 };
  const options = { epoch, registry, messages, artifacts, aggregateMetrics };
  const messageSet = proposeSet(genesis, state, authors, options);
  const result = transition(genesis, state, { messageSet, messages, artifacts });
  if (result.adapterBytes !== null) versions.set(result.state.modelVersion, result.adapterBytes);
  return { messageSet, messages, artifacts, result };
}

function epochVectors() {
  const { genesis, before, steps } = playEpochs();
  return {
    genesis: bytesToHex(encodeGenesis(genesis)),
    before: bytesToHex(encodeState(before)),
    steps: steps.map(({ messageSet, messages, artifacts, result }) => ({
      messageSet: bytesToHex(messageSet.bytes),
      messages: messages.map(({ bytes }) => bytesToHex(bytes)),
      artifacts: Object.fromEntries([...artifacts].map(([cid, bytes]) => [cid, bytesToHex(bytes)])),
      after: paidIn(result),
    })),
  };
}

/** What another implementation must find. */
export function paidIn({ state, stateRoot, claimsRoot, payments, charges, refused }: EpochResult) {
  return {
    stateRoot,
    claimsRoot,
    payments,
    charges,
    refused: refused.map(({ cid, error }) => ({ cid, code: error.code })),
    reputations: state.reputations,
    balancesDue: state.balancesDue,
    issuedWei: state.issuedWei,
    chargedWei: state.chargedWei,
    poolWei: state.poolWei,
    pending: state.pending,
    microRewards: state.microRewards,
    requests: state.requests,
  };
}
