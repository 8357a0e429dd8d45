import { failure } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import type { Chain, RegistrySnapshot, Unbonding } from "../ports/chain.ts";
import { claimsAbi } from "./abi/claims.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { parleyTokenAbi } from "./abi/parley-token.ts";
import { stakingAbi } from "./abi/staking.ts";
import { readAnchorRewards } from "./anchor-rewards.ts";
import { AnchoredReads } from "./anchored.ts";
import { lastBlockAt, readBlock } from "./blocks.ts";
import { createDisputeReads } from "./disputes.ts";
import { toReadError } from "./errors.ts";
import { with0x, without0x } from "./hex.ts";
import { type ChainNetwork, createReadClient, type ReadClient, withEndpoints } from "./network.ts";
import { readOverview } from "./overview.ts";
import { multicallFinder } from "./pinned.ts";
import { readRegistry } from "./registry.ts";
import { stakeEntry, unbondingEntry } from "./stake-entry.ts";
import { createStakingReads } from "./staking.ts";

/** Reads over JSON-RPC. Every read throws chain-unreachable when no URL answers, or one answers what cannot be read. */
export function createChain(network: ChainNetwork): Chain {
  const reached = withEndpoints(network);
  const client = createReadClient(reached);
  const { chain: contracts, endpoints } = reached;
  const hasMulticall = multicallFinder(client);
  const anchored = new AnchoredReads(client, contracts.epochAnchor);
  const reads: Chain = {
    async head() {
      const { number, hash, timestampSeconds } = await readBlock(client);
      return {
        blockNumber: Number(number),
        blockHash: without0x(hash),
        timestampMs: Number(timestampSeconds) * 1_000,
      };
    },
    registryAt: (timestampMs) => registryAt(client, contracts.staking, timestampMs),
    anchoredEpoch: (epoch) => anchored.epoch(epoch),
    async lastAnchoredEpoch() {
      const [exists, epoch] = await client.readContract({
        address: contracts.epochAnchor,
        abi: epochAnchorAbi,
        functionName: "last",
      });
      return exists ? Number(epoch) : undefined;
    },
    tokenBalanceWei: (account) =>
      client.readContract({
        address: contracts.token,
        abi: parleyTokenAbi,
        functionName: "balanceOf",
        args: [account],
      }),
    async stakeOf(nodeId) {
      const stake = await client.readContract({
        address: contracts.staking,
        abi: stakingAbi,
        functionName: "stakeOf",
        args: [with0x(nodeId)],
      });
      return stake.amount === 0n ? undefined : stakeEntry(stake);
    },
    unbondingOf: (account) => unbondingOf(client, contracts.staking, account),
    claimedWei: (account) =>
      client.readContract({
        address: contracts.claims,
        abi: claimsAbi,
        functionName: "claimedWei",
        args: [account],
      }),
    anchorRewards: (epochs) => readAnchorRewards(client, contracts, epochs),
    overview: (nodeId, account) => readOverview(client, contracts, hasMulticall, nodeId, account),
    ...createDisputeReads(client, contracts, { anchored, hasMulticall }),
    ...createStakingReads(client, contracts, hasMulticall),
    endpoints: () => endpoints?.health() ?? [],
  };
  return explained(reads);
}

async function unbondingOf(
  client: ReadClient,
  staking: `0x${string}`,
  account: `0x${string}`,
): Promise<readonly Unbonding[]> {
  const parts = await client.readContract({
    address: staking,
    abi: stakingAbi,
    functionName: "unbondingsOf",
    args: [account],
  });
  return parts.map(unbondingEntry);
}

async function registryAt(
  client: ReadClient,
  staking: `0x${string}`,
  timestampMs: number,
): Promise<RegistrySnapshot> {
  const block = await lastBlockAt(client, BigInt(Math.floor(timestampMs / 1_000)));
  return {
    blockNumber: Number(block.number),
    blockHash: without0x(block.hash),
    entries: await registryEntries(client, staking, block.number),
  };
}

async function registryEntries(client: ReadClient, staking: `0x${string}`, blockNumber: bigint) {
  const stakes = await readRegistry(client, staking, blockNumber);
  if (stakes.length > LIMITS.registryEntries) {
    const [expected, received] = [`at most ${LIMITS.registryEntries} nodes`, String(stakes.length)];
    throw failure(
      "registry-too-large",
      "More nodes have a stake than the protocol admits",
      expected,
      received,
    );
  }
  return stakes.map(stakeEntry).sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
}

/** The same reads with errors as the port names them. */
function explained(reads: Chain): Chain {
  const explain = <Arguments extends readonly unknown[], Result>(
    read: (...args: Arguments) => Promise<Result>,
  ) => {
    return async (...args: Arguments): Promise<Result> => {
      try {
        return await read(...args);
      } catch (thrown) {
        throw toReadError(thrown);
      }
    };
  };
  return {
    head: explain(reads.head),
    registryAt: explain(reads.registryAt),
    anchoredEpoch: explain(reads.anchoredEpoch),
    lastAnchoredEpoch: explain(reads.lastAnchoredEpoch),
    tokenBalanceWei: explain(reads.tokenBalanceWei),
    stakeOf: explain(reads.stakeOf),
    unbondingOf: explain(reads.unbondingOf),
    claimedWei: explain(reads.claimedWei),
    anchorRewards: explain(reads.anchorRewards),
    overview: explain(reads.overview),
    anchoredRecord: explain(reads.anchoredRecord),
    challengesOf: explain(reads.challengesOf),
    disputeTerms: explain(reads.disputeTerms),
    disputes: explain(reads.disputes),
    jurorOf: explain(reads.jurorOf),
    stakingTerms: explain(reads.stakingTerms),
    stakeHoldings: explain(reads.stakeHoldings),
    sentenceOf: explain(reads.sentenceOf),
    endpoints: reads.endpoints,
  };
}
