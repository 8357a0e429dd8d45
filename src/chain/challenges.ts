import { decodeFunctionResult, encodeFunctionData } from "viem";
import type { AnchoredRoot } from "../ports/anchor-rewards.ts";
import type { Challenge } from "../ports/chain-disputes.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { anchoredArguments } from "./anchor-rewards.ts";
import type { AnchoredReads } from "./anchored.ts";
import type { ReadClient } from "./network.ts";
import { type PinnedCalls, readPinned } from "./pinned.ts";

/**
 * Until when anchored roots can be disputed: all of one block, in one call where the chain has Multicall3. What was anchored
 * is remembered; the contract is asked in the same call whether it still is just that.
 */
export class ChallengeReads {
  readonly #client: ReadClient;
  readonly #hasMulticall: () => Promise<boolean>;
  readonly #epochAnchor: `0x${string}`;
  readonly #anchored: AnchoredReads;
  /** Of the epochs of the last look. */
  #records: ReadonlyMap<number, AnchoredRoot> = new Map();
  /** Fixed when the contract was deployed. */
  #challengeSeconds: bigint | undefined;

  constructor(
    client: ReadClient,
    hasMulticall: () => Promise<boolean>,
    epochAnchor: `0x${string}`,
    anchored: AnchoredReads,
  ) {
    this.#client = client;
    this.#hasMulticall = hasMulticall;
    this.#epochAnchor = epochAnchor;
    this.#anchored = anchored;
  }

  async of(epochs: readonly number[]): Promise<ReadonlyMap<number, Challenge>> {
    if (epochs.length === 0) return new Map();
    const { value } = await readPinned(this.#client, this.#hasMulticall, (calls) => ({
      seconds: this.#challengeSeconds === undefined ? this.#secondsCall(calls) : undefined,
      epochs: epochs.map((epoch) => ({ epoch, ...this.#calls(calls, epoch) })),
    }));
    this.#challengeSeconds ??= value.seconds?.() ?? 0n;
    const found = new Map<number, Challenge>();
    for (const { epoch, anchoredAt, isFinal, isFrozen, isStill } of value.epochs) {
      if (anchoredAt() === 0n) continue;
      const known = isStill?.() ? this.#records.get(epoch) : undefined;
      const anchored = known ?? (await this.#anchored.record(epoch));
      if (anchored === undefined) continue;
      const untilMs = Number(anchoredAt() + this.#challengeSeconds) * 1_000;
      found.set(epoch, { untilMs, isFinal: isFinal(), isHeldUp: isFrozen(), anchored });
    }
    this.#records = new Map([...found].map(([epoch, { anchored }]) => [epoch, anchored]));
    return found;
  }

  #calls(calls: PinnedCalls, epoch: number) {
    const anchoredAt = { abi: epochAnchorAbi, functionName: "anchoredAt" } as const;
    const isFinal = { abi: epochAnchorAbi, functionName: "isFinal" } as const;
    const isFrozen = { abi: epochAnchorAbi, functionName: "isFrozen" } as const;
    const args = [BigInt(epoch)] as const;
    const known = this.#records.get(epoch);
    const to = this.#epochAnchor;
    return {
      anchoredAt: calls.add(to, encodeFunctionData({ ...anchoredAt, args }), (data) =>
        decodeFunctionResult({ ...anchoredAt, data }),
      ),
      isFinal: calls.add(to, encodeFunctionData({ ...isFinal, args }), (data) =>
        decodeFunctionResult({ ...isFinal, data }),
      ),
      isFrozen: calls.add(to, encodeFunctionData({ ...isFrozen, args }), (data) =>
        decodeFunctionResult({ ...isFrozen, data }),
      ),
      isStill: known && this.#isStillCall(calls, known),
    };
  }

  #isStillCall(calls: PinnedCalls, record: AnchoredRoot): () => boolean {
    const of = { abi: epochAnchorAbi, functionName: "isAnchored" } as const;
    const data = encodeFunctionData({ ...of, args: [anchoredArguments(record)] });
    return calls.add(this.#epochAnchor, data, (result) => decodeFunctionResult({ ...of, data: result }));
  }

  #secondsCall(calls: PinnedCalls): () => bigint {
    const of = { abi: epochAnchorAbi, functionName: "challengeSeconds" } as const;
    return calls.add(this.#epochAnchor, encodeFunctionData(of), (data) =>
      decodeFunctionResult({ ...of, data }),
    );
  }
}
