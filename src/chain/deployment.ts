import { encodeDeployData, getContractAddress } from "viem";
import type { GenesisChain } from "../core/genesis.ts";
import { LIMITS } from "../core/limits.ts";
import type { Address } from "../core/primitives.ts";
import { BYTECODE } from "./abi/bytecode.ts";
import { claimsAbi } from "./abi/claims.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { parleyTokenAbi } from "./abi/parley-token.ts";
import { stakingAbi } from "./abi/staking.ts";
import { lowerCase } from "./hex.ts";

const TOKEN = 10n ** 18n;

/** What a network's contracts are told once and for ever. */
export interface ContractSettings {
  readonly initialSupplyWei?: bigint | undefined;
  readonly supplyCapWei?: bigint | undefined;
  readonly minimumStakeWei?: bigint | undefined;
  readonly unbondingSeconds?: number | undefined;
  /** Seconds between anchoring and finality. */
  readonly challengeSeconds?: number | undefined;
}

/** By the deployer's nonces, from 0. */
export const CONTRACT_ORDER = ["token", "staking", "epochAnchor", "claims"] as const;

/** Addresses follow from the deployer alone. */
export function predictAddresses(from: Address, chainId: number): GenesisChain {
  const at = (nonce: number) => lowerCase(getContractAddress({ from, nonce: BigInt(nonce) }));
  return { chainId, token: at(0), staking: at(1), epochAnchor: at(2), claims: at(3) };
}

/** Creation code with constructor arguments, in CONTRACT_ORDER. `foundation` receives the initial supply. */
export function creationData(
  settings: ContractSettings,
  foundation: Address,
  at: GenesisChain,
): `0x${string}`[] {
  return [
    encodeDeployData({
      abi: parleyTokenAbi,
      bytecode: BYTECODE.ParleyToken,
      args: [
        foundation,
        settings.initialSupplyWei ?? 100_000_000n * TOKEN,
        settings.supplyCapWei ?? 1_000_000_000n * TOKEN,
        at.claims,
      ],
    }),
    encodeDeployData({
      abi: stakingAbi,
      bytecode: BYTECODE.Staking,
      args: [
        at.token,
        settings.minimumStakeWei ?? 100n * TOKEN,
        settings.unbondingSeconds ?? 60,
        BigInt(LIMITS.registryEntries),
      ],
    }),
    encodeDeployData({
      abi: epochAnchorAbi,
      bytecode: BYTECODE.EpochAnchor,
      args: [at.staking, BigInt(settings.challengeSeconds ?? 0)],
    }),
    encodeDeployData({ abi: claimsAbi, bytecode: BYTECODE.Claims, args: [at.token, at.epochAnchor] }),
  ];
}
