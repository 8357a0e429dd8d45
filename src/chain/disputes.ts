import { ContractFunctionRevertedError, getAbiItem } from "viem";
import type { GenesisChain } from "../core/genesis.ts";
import { LIMITS } from "../core/limits.ts";
import type { Hash } from "../core/primitives.ts";
import type {
  ChainDispute,
  Challenge,
  DisputeReads,
  DisputeStatus,
  DisputeTerms,
  Juror,
} from "../ports/chain-disputes.ts";
import { disputesAbi } from "./abi/disputes.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { anchoredRecord } from "./anchored.ts";
import { lowerCase, with0x, without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";

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

/** Reads of the Disputes contract, and of what it disputes. Errors are viem's. */
export function createDisputeReads(
  client: ReadClient,
  { epochAnchor, disputes }: GenesisChain,
): DisputeReads {
  const reads = new Reads(client, disputes);
  return {
    anchoredRecord: (epoch) => anchoredRecord(client, epochAnchor, epoch),
    challengeOf: (epoch) => challengeOf(client, epochAnchor, epoch),
    disputeTerms: () => reads.terms(),
    disputes: () => reads.newest(),
    jurorOf: (dispute, juror) => reads.juror(dispute, juror),
  };
}

async function challengeOf(
  client: ReadClient,
  address: `0x${string}`,
  epoch: number,
): Promise<Challenge | undefined> {
  const contract = { address, abi: epochAnchorAbi } as const;
  const args = [BigInt(epoch)] as const;
  const [anchoredAt, challengeSeconds, isFinal, isHeldUp] = await Promise.all([
    client.readContract({ ...contract, functionName: "anchoredAt", args }),
    client.readContract({ ...contract, functionName: "challengeSeconds" }),
    client.readContract({ ...contract, functionName: "isFinal", args }),
    client.readContract({ ...contract, functionName: "isFrozen", args }),
  ]);
  if (anchoredAt === 0n) return undefined;
  return { untilMs: Number(anchoredAt + challengeSeconds) * 1_000, isFinal, isHeldUp };
}

class Reads {
  readonly #client: ReadClient;
  readonly #contract: { readonly address: `0x${string}`; readonly abi: typeof disputesAbi };

  constructor(client: ReadClient, address: `0x${string}`) {
    this.#client = client;
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

  async newest(): Promise<readonly ChainDispute[]> {
    const count = await this.#count();
    const length = Math.min(count, LIMITS.listedDisputes);
    const found = await Promise.all(Array.from({ length }, (_, index) => this.#read(count - index)));
    return found.filter((one) => one !== undefined);
  }

  async juror(dispute: number, { operator, nodeId }: Juror) {
    const of = [BigInt(dispute), operator] as const;
    const [seats, dueWei] = await Promise.all([
      this.#client.readContract({ ...this.#contract, functionName: "seatsOf", args: of }),
      this.#client
        .simulateContract({ ...this.#contract, functionName: "collect", args: [...of, with0x(nodeId)] })
        .then(
          () => this.#shareOf(dispute, operator),
          (thrown: unknown) => {
            if (isRefusal(thrown)) return 0n;
            throw thrown;
          },
        ),
    ]);
    return { seats: Number(seats), dueWei };
  }

  async #shareOf(dispute: number, operator: `0x${string}`): Promise<bigint> {
    const [one, seats] = await Promise.all([
      this.#struct(dispute),
      this.#client.readContract({
        ...this.#contract,
        functionName: "seatsOf",
        args: [BigInt(dispute), operator],
      }),
    ]);
    const ruled = STATUSES[one.status] === "upheld" ? one.upholdSeats : one.overturnSeats;
    return ruled === 0 ? 0n : (one.potWei * seats) / BigInt(ruled);
  }

  /** The contract does not tell how many there are: doubled until there is none, then halved. */
  async #count(): Promise<number> {
    let beyond = 1;
    while ((await this.#struct(beyond)).status !== 0) beyond *= 2;
    let known = Math.floor(beyond / 2);
    while (beyond - known > 1) {
      const middle = Math.floor((known + beyond) / 2);
      if ((await this.#struct(middle)).status === 0) beyond = middle;
      else known = middle;
    }
    return known;
  }

  #struct(dispute: number) {
    return this.#client.readContract({
      ...this.#contract,
      functionName: "disputeOf",
      args: [BigInt(dispute)],
    });
  }

  async #read(dispute: number): Promise<ChainDispute | undefined> {
    const one = await this.#struct(dispute);
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
      reason: await this.#reasonOf(dispute, one.snapshotBlock + 1),
      seats: { uphold: one.upholdSeats, overturn: one.overturnSeats, deeper: one.deeperSeats },
    };
  }

  /** Told when it was opened, which was in the block after the one whose stakes make the jury. */
  async #reasonOf(dispute: number, openedInBlock: number): Promise<Hash> {
    const block = BigInt(openedInBlock);
    const [opened] = await this.#client.getLogs({
      address: this.#contract.address,
      event: getAbiItem({ abi: disputesAbi, name: "DisputeOpened" }),
      args: { dispute: BigInt(dispute) },
      fromBlock: block,
      toBlock: block,
      strict: true,
    });
    return opened === undefined ? "0".repeat(64) : without0x(opened.args.reason);
  }
}

function isRefusal(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    "walk" in thrown &&
    typeof thrown.walk === "function" &&
    thrown.walk((error: unknown) => error instanceof ContractFunctionRevertedError) !== null
  );
}
