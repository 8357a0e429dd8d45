import { sameRegistry } from "../../src/app/node/registry.ts";
import { stateRoot } from "../../src/core/artifacts/state.ts";
import { type RegistrySnapshot, signingWei } from "../../src/core/chain-types.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { type Aggregation, aggregateEpoch, type EpochInput } from "../../src/core/epoch/aggregate-epoch.ts";
import { checkEpochVote, checkSignedStake } from "../../src/core/epoch/certificate.ts";
import { type Drawn, drawnFor } from "../../src/core/epoch/committee.ts";
import { type EpochContext, epochContext } from "../../src/core/epoch/context.ts";
import { leadersOf } from "../../src/core/epoch/leader.ts";
import { type EpochResult, type TransitionInput, transition } from "../../src/core/epoch/transition.ts";
import { type ErrorData, failure, ParleyError } from "../../src/core/errors.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import { isKind, type Kind } from "../../src/core/messages/kinds.ts";
import { decodeMessage, type Message, type TypedMessage } from "../../src/core/messages/message.ts";
import type { Cid, Hash, NodeId } from "../../src/core/primitives.ts";
import type { State } from "../../src/core/state.ts";
import type { EpochEngine } from "../../src/ports/epoch-engine.ts";
import { Dice } from "./dice.ts";
import type { Packet } from "./packet.ts";

/** What is known of a message's bytes: one of the two. */
export interface Judged {
  readonly message: Message | undefined;
  readonly refusal: ErrorData | undefined;
}

/** The members of a message set, in its order. */
export interface MemberPackets {
  readonly packets: readonly Packet[];
  readonly messages: readonly Message[];
}

interface Stakes {
  readonly byNode: ReadonlyMap<NodeId, bigint>;
  readonly totalWei: bigint;
}

type Outcome<T> = { readonly value: T } | { readonly thrown: unknown };

/** Share of all distinct results that are computed a second time and compared. */
const RECHECKED_PPM = 10_000;

/**
 * Pure work that every node of a network does for itself, done once for all nodes of this process: checking a message
 * (by CID), the transition of a message set (by set, state and the blocks at hand), contexts and leaders of epochs.
 * A message that this process signed itself counts as checked. A seeded 1 % of all distinct results is computed again and
 * compared; a difference would mean that the core is not a function of its input, and is reported as a failure.
 * So what a simulation shows is what nodes do with results, and how these travel; not how long they take.
 */
export class SharedWork {
  readonly #genesis: Genesis;
  readonly #network: Cid;
  readonly #dice: Dice;
  readonly #judged = new Map<Cid, Judged>();
  readonly #results = new Map<string, Outcome<EpochResult>>();
  readonly #byRoot = new Map<Hash, EpochResult>();
  readonly #aggregations = new Map<string, Outcome<Aggregation>>();
  readonly #contexts = new WeakMap<RegistrySnapshot, Map<string, EpochContext>>();
  readonly #leaders = new WeakMap<EpochContext, readonly NodeId[]>();
  readonly #drawn = new WeakMap<EpochContext, Map<NodeId, Drawn>>();
  readonly #memberCids = new WeakMap<TypedMessage<"message-set">, ReadonlySet<Cid>>();
  readonly #members = new WeakMap<TypedMessage<"message-set">, MemberPackets>();
  /** By index of the packet. */
  readonly #voteWei: (bigint | undefined)[] = [];
  readonly #registryStakes = new WeakMap<RegistrySnapshot, Stakes>();
  readonly #sameRegistries = new WeakMap<RegistrySnapshot, WeakMap<RegistrySnapshot, boolean>>();
  readonly #messageKeys = new WeakMap<readonly Message[], string>();
  readonly #artifactKeys = new WeakMap<ReadonlyMap<Cid, Uint8Array>, string>();
  readonly #onMismatch: (error: ErrorData) => void;

  constructor(
    genesis: Genesis,
    network: Cid,
    seed: string,
    onMismatch: (error: ErrorData) => void = (error) => {
      throw new ParleyError(error);
    },
  ) {
    this.#genesis = genesis;
    this.#network = network;
    this.#dice = new Dice(`shared work ${seed}`);
    this.#onMismatch = onMismatch;
  }

  /** What decodeMessage says of these bytes. */
  judge(bytes: Uint8Array, cid: Cid): Judged {
    const known = this.#judged.get(cid);
    if (known !== undefined) return known;
    const judged = this.#decode(bytes);
    this.#judged.set(cid, judged);
    return judged;
  }

  /** decodeMessage with its errors, for nodes that run the app's code. */
  decode(bytes: Uint8Array): Message {
    const { message, refusal } = this.judge(bytes, cidOf(bytes));
    if (message !== undefined) return message;
    throw new ParleyError(refusal ?? { code: "unexpected", message: "Neither message nor refusal" });
  }

  /** A message that was signed in this process a moment ago. */
  trust(message: TypedMessage<Kind>): void {
    if (this.#judged.has(message.cid) || !isMessage(message)) return;
    if (this.#dice.chance(RECHECKED_PPM)) {
      const { message: decoded } = this.#decode(message.bytes);
      if (decoded?.cid !== message.cid) this.#differs(`message ${message.cid}`);
    }
    this.#judged.set(message.cid, { message, refusal: undefined });
  }

  /** Errors: transition's. */
  transition(state: State, input: TransitionInput): EpochResult {
    const key = `${input.messageSet.cid} ${stateRoot(state)} ${this.#artifactKey(input.artifacts)}`;
    const work = (): EpochResult => transition(this.#genesis, state, input);
    const result = this.#once(this.#results, key, work, this.#sameResult);
    this.#byRoot.set(result.stateRoot, result);
    return result;
  }

  /** How a state came about, if it was computed here. */
  resultOf(root: Hash): EpochResult | undefined {
    return this.#byRoot.get(root);
  }

  /** Errors: aggregateEpoch's. */
  aggregate(state: State, input: EpochInput): Aggregation {
    const set = this.keyOf(input.messages);
    const { blockHash, blockNumber } = input.registry;
    const key = `${set} ${stateRoot(state)} ${input.epoch} ${blockNumber} ${blockHash} ${this.#artifactKey(input.artifacts)}`;
    return this.#once(
      this.#aggregations,
      key,
      () => aggregateEpoch(this.#genesis, state, input),
      (a, b) => JSON.stringify(a.contributions) === JSON.stringify(b.contributions),
    );
  }

  context(state: State, registry: RegistrySnapshot, epoch: number): EpochContext {
    const contexts = this.#contexts.get(registry) ?? new Map<string, EpochContext>();
    this.#contexts.set(registry, contexts);
    const key = `${stateRoot(state)} ${epoch}`;
    const known = contexts.get(key);
    if (known !== undefined) return known;
    const context = epochContext(this.#genesis, state, registry, epoch);
    contexts.set(key, context);
    return context;
  }

  leaders(context: EpochContext): readonly NodeId[] {
    const known = this.#leaders.get(context);
    if (known !== undefined) return known;
    const leaders = leadersOf(context);
    this.#leaders.set(context, leaders);
    return leaders;
  }

  /** Who examines what this author submits in the epoch. */
  drawn(context: EpochContext, author: NodeId): Drawn {
    const byAuthor = this.#drawn.get(context) ?? new Map<NodeId, Drawn>();
    this.#drawn.set(context, byAuthor);
    const known = byAuthor.get(author);
    if (known !== undefined) return known;
    const drawn = drawnFor(context, author);
    byAuthor.set(author, drawn);
    return drawn;
  }

  /** CIDs of a set's members. */
  membersOf(set: TypedMessage<"message-set">): ReadonlySet<Cid> {
    const known = this.#memberCids.get(set);
    if (known !== undefined) return known;
    const members = new Set(set.envelope.body.messages);
    this.#memberCids.set(set, members);
    return members;
  }

  /** A set's members as packets, in its order; undefined while one of them is nowhere to be seen. */
  memberPackets(
    set: TypedMessage<"message-set">,
    find: (cid: Cid) => Packet | undefined,
  ): MemberPackets | undefined {
    const known = this.#members.get(set);
    if (known !== undefined) return known;
    const packets: Packet[] = [];
    const messages: Message[] = [];
    for (const cid of set.envelope.body.messages) {
      const packet = find(cid);
      if (packet?.message === undefined) return undefined;
      packets.push(packet);
      messages.push(packet.message);
    }
    const members = { packets, messages };
    this.#members.set(set, members);
    return members;
  }

  /** Stake that a vote brings to its set's certificate: none when its operator signature is not good. */
  voteWei(set: TypedMessage<"message-set">, { index, message }: Packet): bigint {
    const known = this.#voteWei[index];
    if (known !== undefined) return known;
    if (message?.kind !== "epoch-vote") return 0n;
    const { registry } = set.envelope.body;
    const isGood = checkEpochVote(this.#genesis, registry, message) === undefined;
    const wei = isGood ? (this.#stakes(registry).byNode.get(message.envelope.author) ?? 0n) : 0n;
    this.#voteWei[index] = wei;
    return wei;
  }

  /** Core's rule of who signed enough; far below two thirds it is not asked. */
  isEnough(registry: RegistrySnapshot, wei: bigint): boolean {
    if (wei * 3n < this.#stakes(registry).totalWei * 2n) return false;
    return checkSignedStake(this.#genesis, registry.entries, wei) === undefined;
  }

  /** Whether two registries are one. */
  sameRegistry(a: RegistrySnapshot, b: RegistrySnapshot): boolean {
    if (a === b) return true;
    const others = this.#sameRegistries.get(a) ?? new WeakMap<RegistrySnapshot, boolean>();
    this.#sameRegistries.set(a, others);
    const known = others.get(b);
    if (known !== undefined) return known;
    const same = sameRegistry(a, b);
    others.set(b, same);
    return same;
  }

  /** Names a list of messages: the same text for the same CIDs. */
  keyOf(messages: readonly Message[]): string {
    const known = this.#messageKeys.get(messages);
    if (known !== undefined) return known;
    const key = messages.map(({ cid }) => cid).join(" ");
    this.#messageKeys.set(messages, key);
    return key;
  }

  /** For nodes that run the app's code. */
  engine(): EpochEngine {
    return {
      aggregate: async (state, input) => this.aggregate(state, input),
      transition: async (state, input) => this.transition(state, input),
    };
  }

  #stakes(registry: RegistrySnapshot): Stakes {
    const known = this.#registryStakes.get(registry);
    if (known !== undefined) return known;
    const byNode = new Map(registry.entries.map((entry) => [entry.nodeId, signingWei(entry)]));
    const totalWei = registry.entries.reduce((sum, entry) => sum + signingWei(entry), 0n);
    const stakes = { byNode, totalWei };
    this.#registryStakes.set(registry, stakes);
    return stakes;
  }

  #decode(bytes: Uint8Array): Judged {
    try {
      return { message: decodeMessage(bytes, this.#network), refusal: undefined };
    } catch (thrown) {
      if (thrown instanceof ParleyError) return { message: undefined, refusal: thrown.data };
      throw thrown;
    }
  }

  #once<T>(known: Map<string, Outcome<T>>, key: string, work: () => T, same: (a: T, b: T) => boolean): T {
    const outcome = known.get(key) ?? attempt(work);
    if (!known.has(key)) {
      known.set(key, outcome);
      if (this.#dice.chance(RECHECKED_PPM)) {
        const again = attempt(work);
        const agrees =
          "value" in outcome ? "value" in again && same(outcome.value, again.value) : "thrown" in again;
        if (!agrees) this.#differs(key);
      }
    }
    if ("value" in outcome) return outcome.value;
    throw outcome.thrown;
  }

  readonly #sameResult = (a: EpochResult, b: EpochResult): boolean =>
    a.stateRoot === b.stateRoot && a.manifestCid === b.manifestCid;

  #differs(subject: string): void {
    const message = "The same work had two results";
    this.#onMismatch(failure("not-deterministic", message, undefined, subject.slice(0, 100)).data);
  }

  #artifactKey(artifacts: ReadonlyMap<Cid, Uint8Array>): string {
    const known = this.#artifactKeys.get(artifacts);
    if (known !== undefined) return known;
    const key = [...artifacts.keys()].sort().join(" ");
    this.#artifactKeys.set(artifacts, key);
    return key;
  }
}

/** TypeScript cannot see that a TypedMessage of any one kind is an arm of Message. */
export function isMessage(message: TypedMessage<Kind>): message is Message {
  return isKind(message.kind) && message.envelope.kind === message.kind;
}

function attempt<T>(work: () => T): Outcome<T> {
  try {
    return { value: work() };
  } catch (thrown) {
    return { thrown };
  }
}
