import type { Abi } from "viem";
import type { GenesisChain } from "../../core/genesis.ts";
import { accountLinksAbi } from "../abi/account-links.ts";
import { anchorRewardsAbi } from "../abi/anchor-rewards.ts";
import { claimsAbi } from "../abi/claims.ts";
import { commitLogAbi } from "../abi/commit-log.ts";
import { disputesAbi } from "../abi/disputes.ts";
import { epochAnchorAbi } from "../abi/epoch-anchor.ts";
import { guardianAbi } from "../abi/guardian.ts";
import { modelRegistryAbi } from "../abi/model-registry.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { stakingAbi } from "../abi/staking.ts";
import { treasuryAbi } from "../abi/treasury.ts";
import { type Answer, answer } from "./answer.ts";
import { type ContractParameters, NOBODY } from "./parameters.ts";

/** The contracts that a ParleyNetwork creates, in the order of IParleyNetwork.Part. */
export const PARTS = [
  "ParleyToken",
  "Staking",
  "EpochAnchor",
  "Claims",
  "Treasury",
  "Guardian",
  "Disputes",
  "CommitLog",
  "ModelRegistry",
  "AccountLinks",
  "AnchorRewards",
] as const;
export type PartName = (typeof PARTS)[number];

interface PartDetails {
  readonly abi: Abi;
  /** Of the constructor, written a second time beside ParleyNetwork.sol: the two are compared on the chain. */
  readonly args: readonly unknown[];
  /** Every immutable value that has a getter. */
  readonly answers: readonly Answer[];
}

type Addresses = Omit<GenesisChain, "chainId">;

export function partDetails(
  at: Addresses,
  parameters: ContractParameters,
): Readonly<Record<PartName, PartDetails>> {
  return {
    ...moneyParts(at, parameters),
    ...stakeParts(at, parameters),
    ...epochParts(at, parameters),
    ...smallParts(at, parameters),
    ...rewardParts(at, parameters),
  };
}

/** Getters and what they have to answer. */
function answers(abi: Abi, values: Readonly<Record<string, unknown>>): readonly Answer[] {
  return Object.entries(values).map(([name, value]) => answer(abi, name, value));
}

function moneyParts(at: Addresses, parameters: ContractParameters) {
  const { initialSupplyWei, supplyCapWei, schedule } = parameters;
  const { poolWei } = parameters.anchorRewards;
  const holder = parameters.holder === NOBODY ? at.treasury : parameters.holder;
  const configuration = {
    token: at.token,
    epochAnchor: at.epochAnchor,
    treasury: at.treasury,
    guardian: at.guardian,
    accountLinks: at.accountLinks,
    ...parameters.claims,
  };
  return {
    ParleyToken: {
      abi: parleyTokenAbi,
      args: [holder, initialSupplyWei, supplyCapWei, at.claims, schedule, at.anchorRewards, poolWei],
      answers: answers(parleyTokenAbi, { minter: at.claims, cap: supplyCapWei, schedule }),
    },
    Claims: { abi: claimsAbi, args: [configuration], answers: answers(claimsAbi, configuration) },
  };
}

function stakeParts(at: Addresses, { staking }: ContractParameters) {
  const terms = {
    minimumStake: staking.minimumStakeWei,
    minimumDelegation: staking.minimumDelegationWei,
    unbondingSeconds: staking.unbondingSeconds,
    maximumLockSeconds: staking.maximumLockSeconds,
    maximumNodes: staking.maximumNodes,
    claims: at.claims,
  };
  return {
    Staking: {
      abi: stakingAbi,
      args: [at.token, at.disputes, at.treasury, terms],
      answers: answers(stakingAbi, {
        token: at.token,
        slasher: at.disputes,
        treasury: at.treasury,
        ...terms,
      }),
    },
    AccountLinks: {
      abi: accountLinksAbi,
      args: [at.staking, at.claims],
      answers: answers(accountLinksAbi, { staking: at.staking, claims: at.claims }),
    },
  };
}

function epochParts(at: Addresses, { challengeSeconds, bondWei, disputes }: ContractParameters) {
  return {
    EpochAnchor: {
      abi: epochAnchorAbi,
      args: [at.staking, at.token, at.guardian, at.disputes, challengeSeconds, bondWei],
      answers: answers(epochAnchorAbi, {
        staking: at.staking,
        token: at.token,
        guardian: at.guardian,
        disputes: at.disputes,
        challengeSeconds,
        bondWei,
      }),
    },
    Disputes: {
      abi: disputesAbi,
      args: [at.staking, at.epochAnchor, at.commitLog, at.token, at.treasury, disputes],
      answers: answers(disputesAbi, {
        staking: at.staking,
        epochAnchor: at.epochAnchor,
        commitLog: at.commitLog,
        token: at.token,
        treasury: at.treasury,
        terms: disputes,
      }),
    },
  };
}

function smallParts(at: Addresses, { guardian, executor }: ContractParameters) {
  const { keeper, maximumPauseSeconds, gapSeconds } = guardian;
  const [epochAnchor, claims] = [at.epochAnchor, at.claims];
  return {
    Treasury: { abi: treasuryAbi, args: [executor], answers: answers(treasuryAbi, { executor }) },
    Guardian: {
      abi: guardianAbi,
      args: [keeper, executor, maximumPauseSeconds, gapSeconds, epochAnchor, claims],
      answers: answers(guardianAbi, {
        keeper,
        executor,
        maximumPauseSeconds,
        gapSeconds,
        epochAnchor,
        claims,
      }),
    },
    CommitLog: { abi: commitLogAbi, args: [], answers: [] },
    ModelRegistry: {
      abi: modelRegistryAbi,
      args: [epochAnchor],
      answers: answers(modelRegistryAbi, { epochAnchor }),
    },
  };
}

function rewardParts(at: Addresses, { anchorRewards, executor }: ContractParameters) {
  const { rewardWei, maximumRewardWei } = anchorRewards;
  const [token, epochAnchor] = [at.token, at.epochAnchor];
  return {
    AnchorRewards: {
      abi: anchorRewardsAbi,
      args: [token, epochAnchor, executor, rewardWei, maximumRewardWei],
      // The reward is not among them: governance may have set another one.
      answers: answers(anchorRewardsAbi, { token, epochAnchor, executor, maximumRewardWei }),
    },
  };
}
