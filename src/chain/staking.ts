import { decodeFunctionResult, encodeFunctionData } from "viem";
import type { ParleyError } from "../core/errors.ts";
import type { GenesisChain } from "../core/genesis.ts";
import type { Address } from "../core/primitives.ts";
import type {
  Delegation,
  DelegationState,
  StakeHoldings,
  StakingReads,
  StakingTerms,
} from "../ports/chain-staking.ts";
import { stakingAbi } from "./abi/staking.ts";
import { toChainError } from "./errors.ts";
import { without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";
import { type PinnedBlock, readPinnedSteps } from "./pinned.ts";
import { type StakeStruct, stakeEntry, unbondingEntry } from "./stake-entry.ts";

/** Nodes of one read: a page of 256 costs about ten million gas to read, a fifth of what nodes allow to a call. */
const STAKES_AT_ONCE = 256;
const DELEGATIONS_AT_ONCE = 512;

/** Reads of the Staking contract for whoever delegates or locks. */
export function createStakingReads(
  client: ReadClient,
  { staking }: GenesisChain,
  hasMulticall: () => Promise<boolean>,
): StakingReads {
  let terms: StakingTerms | undefined;
  const stakingTerms = async () => {
    terms ??= await readTerms(client, staking);
    return terms;
  };
  return {
    stakingTerms,
    async stakeHoldings(account) {
      const { minimumDelegationWei } = await stakingTerms();
      return readPinnedSteps(client, hasMulticall, (at) =>
        readHoldings({ client, staking, account, at, minimumDelegationWei }),
      );
    },
  };
}

async function readTerms(client: ReadClient, staking: Address): Promise<StakingTerms> {
  const contract = { address: staking, abi: stakingAbi } as const;
  const [minimumStakeWei, minimumDelegationWei, unbondingSeconds, maximumLockSeconds] = await Promise.all([
    client.readContract({ ...contract, functionName: "minimumStake" }),
    client.readContract({ ...contract, functionName: "minimumDelegation" }),
    client.readContract({ ...contract, functionName: "unbondingSeconds" }),
    client.readContract({ ...contract, functionName: "maximumLockSeconds" }),
  ]);
  return {
    minimumStakeWei,
    minimumDelegationWei,
    unbondingMs: unbondingSeconds * 1_000,
    maximumLockMs: maximumLockSeconds * 1_000,
  };
}

interface Reading {
  readonly client: ReadClient;
  readonly staking: Address;
  readonly account: Address;
  readonly at: PinnedBlock;
  readonly minimumDelegationWei: bigint;
}

/** What a delegation is worth, by the node that it was made to. */
interface Found {
  readonly stake: StakeStruct;
  readonly shares: bigint;
  readonly amountWei: bigint;
}

/**
 * The contract keeps no list of an account's delegations, so each node that ever had a stake is asked for: it knows them
 * without events, of which endpoints give only some.
 */
async function readHoldings(reading: Reading): Promise<StakeHoldings> {
  const { block } = reading.at;
  const stakes = await readStakes(reading);
  const [found, unbonding] = await Promise.all([readDelegations(reading, stakes), readUnbonding(reading)]);
  const delegations = found.map(async ({ stake, shares, amountWei }): Promise<Delegation> => {
    const state = await stateOf(reading, stake);
    return { nodeId: without0x(stake.nodeId), shares, amountWei, state };
  });
  return {
    block: {
      number: Number(block.number),
      hash: without0x(block.hash),
      timestampMs: Number(block.timestampSeconds) * 1_000,
    },
    nodes: stakes
      .filter(({ amount }) => amount > 0n)
      .map(stakeEntry)
      .sort(byNode),
    delegations: (await Promise.all(delegations)).sort(byNode),
    unbonding: unbonding.map(unbondingEntry),
  };
}

/** All nodes that ever had a stake, as they are at the block. */
async function readStakes({ staking, at }: Reading): Promise<readonly StakeStruct[]> {
  const count = { abi: stakingAbi, functionName: "everStakedCount" } as const;
  const page = { abi: stakingAbi, functionName: "registryAt" } as const;
  const everStaked = await at.ask((calls) =>
    calls.add(staking, encodeFunctionData(count), (data) => decodeFunctionResult({ ...count, data })),
  );
  const stakes: StakeStruct[] = [];
  for (let offset = 0; offset < everStaked(); offset += STAKES_AT_ONCE) {
    const args = [at.block.number, BigInt(offset), BigInt(STAKES_AT_ONCE)] as const;
    const read = await at.ask((calls) =>
      calls.add(staking, encodeFunctionData({ ...page, args }), (data) =>
        decodeFunctionResult({ ...page, data }),
      ),
    );
    stakes.push(...read());
  }
  return stakes;
}

async function readDelegations(
  { staking, account, at }: Reading,
  stakes: readonly StakeStruct[],
): Promise<readonly Found[]> {
  const of = { abi: stakingAbi, functionName: "delegationOf" } as const;
  const found: Found[] = [];
  for (let first = 0; first < stakes.length; first += DELEGATIONS_AT_ONCE) {
    const read = await at.ask((calls) =>
      stakes.slice(first, first + DELEGATIONS_AT_ONCE).map((stake) => ({
        stake,
        delegation: calls.add(staking, encodeFunctionData({ ...of, args: [stake.nodeId, account] }), (data) =>
          decodeFunctionResult({ ...of, data }),
        ),
      })),
    );
    for (const { stake, delegation } of read) {
      const [shares, amountWei] = delegation();
      if (amountWei > 0n) found.push({ stake, shares, amountWei });
    }
  }
  return found;
}

async function readUnbonding({ staking, account, at }: Reading) {
  const of = { abi: stakingAbi, functionName: "unbondingsOf" } as const;
  const read = await at.ask((calls) =>
    calls.add(staking, encodeFunctionData({ ...of, args: [account] }), (data) =>
      decodeFunctionResult({ ...of, data }),
    ),
  );
  return read();
}

/** The contract does not show under which owner a delegation was made; what it says to another one tells. */
async function stateOf(reading: Reading, { nodeId, amount }: StakeStruct): Promise<DelegationState> {
  if (amount === 0n) return "node-left";
  const { client, staking, account, at, minimumDelegationWei } = reading;
  const leastWei = minimumDelegationWei > 0n ? minimumDelegationWei : 1n;
  const args = [nodeId, leastWei] as const;
  try {
    await client.call({
      account,
      to: staking,
      data: encodeFunctionData({ abi: stakingAbi, functionName: "delegate", args }),
      blockHash: at.block.hash,
      requireCanonical: true,
    });
    return "counts";
  } catch (thrown) {
    const error = toChainError(thrown);
    // Nothing is approved here, so that one whose delegation counts is refused too, by the token.
    if (error.data.code !== "reverted" && error.data.code !== "insufficient-funds") throw thrown;
    return isRefusedAs(error, "DelegatedToFormerOwner") ? "former-owner" : "counts";
  }
}

function isRefusedAs({ data }: ParleyError, name: string): boolean {
  return data.received?.startsWith(name) ?? false;
}

const byNode = (a: { readonly nodeId: string }, b: { readonly nodeId: string }): number =>
  a.nodeId < b.nodeId ? -1 : 1;
