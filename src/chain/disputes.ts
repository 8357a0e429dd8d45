import { decodeFunctionResult, encodeFunctionData, getAbiItem } from "viem";
import type { GenesisChain } from "../core/genesis.ts";
import { LIMITS } from "../core/limits.ts";
import type { Hash } from "../core/primitives.ts";
import type {
  ChainDispute,
  DisputeReads,
  DisputeStatus,
  DisputeTerms,
  Juror,
} from "../ports/chain-disputes.ts";
import { disputesAbi } from "./abi/disputes.ts";
import { type AnchoredReads, hashOf } from "./anchored.ts";
import { ChallengeReads } from "./challenges.ts";
import { isRefusal } from "./errors.ts";
import { sentenceOf } from "./evidence.ts";
import { lowerCase, with0x, without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";
import { readPinned } from "./pinned.ts";

/** As IDisputes.Status counts them; the first is that of no dispute. */
const STATUSES: readonly (DisputeStatus | undefined)[] = [
  undefined,
  "drawing",
  "ruling",
  "upheld",
  "overturned",
  "expired",
  "moot",
];

/** Of which jurors are paid. */
const PAID: ReadonlySet<DisputeStatus | undefined> = new Set(["upheld", "overturned"]);

type DisputeStruct = Awaited<ReturnType<Reads["struct"]>>;

/** Reads of the Disputes contract, and of what it disputes. Errors are viem's. */
export function createDisputeReads(
  client: ReadClient,
  contracts: GenesisChain,
  { anchored, hasMulticall }: { anchored: AnchoredReads; hasMulticall: () => Promise<boolean> },
): DisputeReads {
  const { epochAnchor, disputes } = contracts;
  const reads = new Reads(client, hasMulticall, disputes);
  const challenges = new ChallengeReads(client, hasMulticall, epochAnchor, anchored);
  return {
    anchoredRecord: (epoch) => anchored.record(epoch),
    challengesOf: (epochs) => challenges.of(epochs),
    disputeTerms: () => reads.terms(),
    disputes: () => reads.newest(),
    jurorOf: (dispute, juror) => reads.juror(dispute, juror),
    sentenceOf: (evidence) => sentenceOf(client, contracts, evidence),
  };
}

class Reads {
  readonly #client: ReadClient;
  readonly #hasMulticall: () => Promise<boolean>;
  readonly #contract: { readonly address: `0x${string}`; readonly abi: typeof disputesAbi };
  /** How many there were at the last look. */
  #known = 0;
  /** By dispute: what it was opened with, and in which block. */
  readonly #reasons = new Map<number, { readonly reason: Hash; readonly blockHash: Hash }>();
  /** Seats follow from the jury's seed, and that from a block's hash; a share that cannot be collected comes with no rulings. */
  readonly #seats = new Map<string, number>();
  readonly #withoutShare = new Set<string>();

  constructor(client: ReadClient, hasMulticall: () => Promise<boolean>, address: `0x${string}`) {
    this.#client = client;
    this.#hasMulticall = hasMulticall;
    this.#contract = { address, abi: disputesAbi };
  }

  async terms(): Promise<DisputeTerms> {
    const terms = await this.#client.readContract({ ...this.#contract, functionName: "terms" });
    return {
      bondWei: terms.bondWei,
      drawMs: terms.drawSeconds * 1_000,
      rulingMs: terms.rulingSeconds * 1_000,
      jurySeats: terms.jurySeats,
      expiryPpm: terms.expiryPpm,
    };
  }

  /** As many as there were at the last look are read with the next one, in one call; counted anew only when it is there. */
  async newest(): Promise<readonly ChainDispute[]> {
    let read = await this.#readUpTo(this.#known);
    if (read === undefined) {
      this.#known = await this.#count();
      read = await this.#readUpTo(this.#known);
    }
    const { structs, headNumber } = read ?? { structs: [], headNumber: 0 };
    const shown = structs.map(({ dispute, struct }) => this.#shown(dispute, struct, headNumber));
    return (await Promise.all(shown)).filter((one) => one !== undefined).reverse();
  }

  /** The newest ones of so many, all of one block; undefined when there are more, or fewer. */
  async #readUpTo(count: number) {
    const first = Math.max(1, count - LIMITS.listedDisputes + 1);
    const of = { abi: disputesAbi, functionName: "disputeOf" } as const;
    const { block, value } = await readPinned(this.#client, this.#hasMulticall, (calls) =>
      Array.from({ length: count - first + 2 }, (_, index) => {
        const dispute = first + index;
        const data = encodeFunctionData({ ...of, args: [BigInt(dispute)] });
        const result = calls.add(this.#contract.address, data, (bytes) =>
          decodeFunctionResult({ ...of, data: bytes }),
        );
        return { dispute, result };
      }),
    );
    const read = value.map(({ dispute, result }) => ({ dispute, struct: result() }));
    const structs = read.filter(({ struct }) => struct.status !== 0);
    const isAll = structs.length === read.length - 1 && read.at(-1)?.struct.status === 0;
    return isAll ? { structs, headNumber: Number(block.number) } : undefined;
  }

  async juror(dispute: number, { operator, nodeId }: Juror) {
    const struct = await this.struct(dispute);
    const seats = await this.#seatsOf(dispute, struct, operator);
    if (seats === 0 || !PAID.has(STATUSES[struct.status])) return { seats, dueWei: 0n };
    const { seed, status, upholdSeats, overturnSeats } = struct;
    const key = [dispute, seed, status, upholdSeats, overturnSeats, operator, nodeId].join(" ");
    if (this.#withoutShare.has(key)) return { seats, dueWei: 0n };
    const canCollect = await this.#canCollect(dispute, { operator, nodeId });
    if (!canCollect) this.#withoutShare.add(key);
    const ruled = STATUSES[status] === "upheld" ? upholdSeats : overturnSeats;
    const dueWei = canCollect && ruled > 0 ? (struct.potWei * BigInt(seats)) / BigInt(ruled) : 0n;
    return { seats, dueWei };
  }

  async #seatsOf(dispute: number, { seed }: DisputeStruct, operator: `0x${string}`): Promise<number> {
    if (BigInt(seed) === 0n) return 0;
    const key = `${dispute} ${seed} ${operator}`;
    const known = this.#seats.get(key);
    if (known !== undefined) return known;
    const args = [BigInt(dispute), operator] as const;
    const seats = Number(
      await this.#client.readContract({ ...this.#contract, functionName: "seatsOf", args }),
    );
    this.#seats.set(key, seats);
    return seats;
  }

  async #canCollect(dispute: number, { operator, nodeId }: Juror): Promise<boolean> {
    const args = [BigInt(dispute), operator, with0x(nodeId)] as const;
    try {
      await this.#client.simulateContract({ ...this.#contract, functionName: "collect", args });
      return true;
    } catch (thrown) {
      if (isRefusal(thrown)) return false;
      throw thrown;
    }
  }

  /** The contract does not tell how many there are: doubled until there is none, then halved. */
  async #count(): Promise<number> {
    let beyond = 1;
    while ((await this.struct(beyond)).status !== 0) beyond *= 2;
    let known = Math.floor(beyond / 2);
    while (beyond - known > 1) {
      const middle = Math.floor((known + beyond) / 2);
      if ((await this.struct(middle)).status === 0) beyond = middle;
      else known = middle;
    }
    return known;
  }

  struct(dispute: number) {
    return this.#client.readContract({
      ...this.#contract,
      functionName: "disputeOf",
      args: [BigInt(dispute)],
    });
  }

  async #shown(dispute: number, one: DisputeStruct, headNumber: number): Promise<ChainDispute | undefined> {
    const status = STATUSES[one.status];
    if (status === undefined) return undefined;
    return {
      dispute,
      epoch: Number(one.epoch),
      status,
      stage: one.stage,
      deadlineMs: one.deadline * 1_000,
      drawBlock: one.drawBlock,
      disputer: lowerCase(one.disputer),
      reason: await this.#reasonOf(dispute, one.snapshotBlock + 1, headNumber),
      seats: { uphold: one.upholdSeats, overturn: one.overturnSeats, deeper: one.deeperSeats },
    };
  }

  /**
   * Told when it was opened, which was in the block after the one whose stakes make the jury. That block is looked at again
   * as long as a reorganisation could replace it.
   */
  async #reasonOf(dispute: number, openedInBlock: number, headNumber: number): Promise<Hash> {
    const known = this.#reasons.get(dispute);
    const isDeep = headNumber - openedInBlock >= LIMITS.keptBlocks;
    if (known !== undefined && (isDeep || known.blockHash === (await hashOf(this.#client, openedInBlock)))) {
      return known.reason;
    }
    const block = BigInt(openedInBlock);
    const [opened] = await this.#client.getLogs({
      address: this.#contract.address,
      event: getAbiItem({ abi: disputesAbi, name: "DisputeOpened" }),
      args: { dispute: BigInt(dispute) },
      fromBlock: block,
      toBlock: block,
      strict: true,
    });
    if (opened === undefined) return "0".repeat(64);
    const reason = without0x(opened.args.reason);
    this.#reasons.set(dispute, { reason, blockHash: without0x(opened.blockHash) });
    return reason;
  }
}
