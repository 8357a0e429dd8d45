import { createHash } from "node:crypto";
import { createPublicClient, createWalletClient, http, type Hex as PrefixedHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { BYTECODE } from "../src/chain/abi/bytecode.ts";
import {
  CONTRACT_ORDER,
  type ContractSettings,
  creationData,
  predictAddresses,
} from "../src/chain/deployment.ts";
import { viemChain } from "../src/chain/network.ts";
import { failure } from "../src/core/errors.ts";
import type { GenesisChain } from "../src/core/genesis.ts";
import type { Address } from "../src/core/primitives.ts";

/** First account of anvil's public test mnemonic: holds test ether on local chains only. */
const ANVIL_ACCOUNT_0_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

export interface DeployOptions extends ContractSettings {
  readonly rpcUrl: string;
  /** Pays for the deployment; its next four nonces make the addresses. Default: anvil's account 0. */
  readonly deployerKey?: PrefixedHex;
  /** Receives the initial supply. Default: the deployer. */
  readonly foundation?: Address;
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
  const addresses = predictAddresses(lower(deployer.address), chainId);
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

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
