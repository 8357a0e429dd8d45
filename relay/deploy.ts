import { createHash } from "node:crypto";
import {
  createPublicClient,
  createWalletClient,
  encodeDeployData,
  getContractAddress,
  http,
  type Hex as PrefixedHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { BYTECODE } from "../src/chain/abi/bytecode.ts";
import { claimsAbi } from "../src/chain/abi/claims.ts";
import { epochAnchorAbi } from "../src/chain/abi/epoch-anchor.ts";
import { parleyTokenAbi } from "../src/chain/abi/parley-token.ts";
import { stakingAbi } from "../src/chain/abi/staking.ts";
import { viemChain } from "../src/chain/network.ts";
import { failure } from "../src/core/errors.ts";
import type { GenesisChain } from "../src/core/genesis.ts";
import { LIMITS } from "../src/core/limits.ts";
import type { Address } from "../src/core/primitives.ts";

/** First account of anvil's public test mnemonic: holds test ether on local chains only. */
const ANVIL_ACCOUNT_0_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

const TOKEN = 10n ** 18n;

export interface DeployOptions {
  readonly rpcUrl: string;
  /** Pays for the deployment; its next four nonces make the addresses. Default: anvil's account 0. */
  readonly deployerKey?: PrefixedHex;
  /** Receives the initial supply. Default: the deployer. */
  readonly foundation?: Address;
  readonly initialSupplyWei?: bigint;
  readonly supplyCapWei?: bigint;
  readonly minimumStakeWei?: bigint;
  readonly unbondingSeconds?: number;
  /** Seconds between anchoring and finality. */
  readonly challengeSeconds?: number;
}

export interface Deployment extends GenesisChain {
  /** Holds the initial supply; on local chains the demo wallets are filled from it. */
  readonly faucet: Address;
}

/**
 * Deploys the four contracts from a fresh account, or finds them where a former run put them (addresses follow from
 * the deployer alone). Errors: deployer-used (other transactions came first), reverted, chain-unreachable.
 */
export async function deployContracts(options: DeployOptions): Promise<Deployment> {
  const deployer = privateKeyToAccount(options.deployerKey ?? ANVIL_ACCOUNT_0_KEY);
  const client = createPublicClient({ transport: http(options.rpcUrl), pollingInterval: 50, cacheTime: 0 });
  const chainId = await client.getChainId();
  const addresses = predictAddresses(deployer.address, chainId);
  const faucet = options.foundation ?? lower(deployer.address);
  const deployment = { ...addresses, faucet };
  // Claims is the last to be deployed: where it is, the others are.
  if ((await client.getCode({ address: addresses.claims })) !== undefined) return deployment;

  const first = await client.getTransactionCount({ address: deployer.address });
  if (first >= CONTRACT_ORDER.length) {
    throw failure(
      "deployer-used",
      "The deployer has sent other transactions before",
      "nonce 0",
      `nonce ${first}`,
    );
  }
  const wallet = createWalletClient({
    account: deployer,
    chain: viemChain(chainId, [options.rpcUrl]),
    transport: http(options.rpcUrl),
  });
  const creations = creationData(options, faucet, addresses);
  for (let nonce = first; nonce < CONTRACT_ORDER.length; nonce++) {
    const data = creations[nonce];
    if (data === undefined) break;
    const hash = await wallet.sendTransaction({ data, nonce });
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== "success") {
      throw failure("reverted", `Deployment of ${CONTRACT_ORDER[nonce]} failed`, undefined, hash);
    }
  }
  return deployment;
}

/** Changes whenever the bytecode of any contract does: names the state that a local chain may be reused with. */
export function contractsDigest(): string {
  return createHash("sha256").update(Object.values(BYTECODE).join("")).digest("hex");
}

const CONTRACT_ORDER = ["token", "staking", "epochAnchor", "claims"] as const;

function predictAddresses(from: Address, chainId: number): GenesisChain {
  const at = (nonce: number) => lower(getContractAddress({ from, nonce: BigInt(nonce) }));
  return { chainId, token: at(0), staking: at(1), epochAnchor: at(2), claims: at(3) };
}

/** Creation code with constructor arguments, in CONTRACT_ORDER. */
function creationData(options: DeployOptions, foundation: Address, at: GenesisChain): PrefixedHex[] {
  return [
    encodeDeployData({
      abi: parleyTokenAbi,
      bytecode: BYTECODE.ParleyToken,
      args: [
        foundation,
        options.initialSupplyWei ?? 100_000_000n * TOKEN,
        options.supplyCapWei ?? 1_000_000_000n * TOKEN,
        at.claims,
      ],
    }),
    encodeDeployData({
      abi: stakingAbi,
      bytecode: BYTECODE.Staking,
      args: [
        at.token,
        options.minimumStakeWei ?? 100n * TOKEN,
        options.unbondingSeconds ?? 60,
        BigInt(LIMITS.registryEntries),
      ],
    }),
    encodeDeployData({
      abi: epochAnchorAbi,
      bytecode: BYTECODE.EpochAnchor,
      args: [at.staking, BigInt(options.challengeSeconds ?? 0)],
    }),
    encodeDeployData({ abi: claimsAbi, bytecode: BYTECODE.Claims, args: [at.token, at.epochAnchor] }),
  ];
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
