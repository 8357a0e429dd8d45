import { createHash } from "node:crypto";
import type { Hex as PrefixedHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { BYTECODE } from "../src/chain/abi/bytecode.ts";
import { connectChain, deploy } from "../src/chain/deploy/deploy.ts";
import { type ContractChoices, contractParameters, localChoices } from "../src/chain/deploy/parameters.ts";
import { planDeployment } from "../src/chain/deploy/plan.ts";
import type { GenesisChain } from "../src/core/genesis.ts";
import type { Parameters } from "../src/core/parameters.ts";
import { localParameters } from "../src/core/presets.ts";
import type { Address } from "../src/core/primitives.ts";

/** First account of anvil's public test mnemonic: holds test ether on local chains only. */
const ANVIL_ACCOUNT_0_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** A chain of this machine makes a block for every transaction. */
const POLLING_INTERVAL_MS = 50;

export interface DeployOptions extends Partial<ContractChoices> {
  readonly rpcUrl: string;
  /** Pays for the deployment. Default: anvil's account 0, which then also receives the initial supply. */
  readonly deployerKey?: PrefixedHex;
  /** Default: those of a local network. */
  readonly rules?: Parameters;
}

export interface Deployment extends GenesisChain {
  /** Holds the initial supply; on local chains the demo wallets are filled from it. */
  readonly faucet: Address;
}

/**
 * Puts the contracts on a chain of this machine, or finds them where a former run put them. Errors: those of `deploy`.
 */
export async function deployContracts(options: DeployOptions): Promise<Deployment> {
  const { rpcUrl, deployerKey, rules, ...choices } = options;
  const signer = privateKeyToAccount(deployerKey ?? ANVIL_ACCOUNT_0_KEY);
  const account: Address = `0x${signer.address.slice(2).toLowerCase()}`;
  const chosen = { ...localChoices(account), ...choices };
  const plan = planDeployment("local", contractParameters(rules ?? localParameters(account), chosen));
  const { client, chainId } = await connectChain(rpcUrl, POLLING_INTERVAL_MS);
  await deploy({ client, rpcUrl, signer }, plan);
  return { ...plan.addresses, chainId, faucet: chosen.holder };
}

/** Changes whenever the bytecode of any contract does: names the state that a local chain may be reused with. */
export function contractsDigest(): string {
  return createHash("sha256").update(Object.values(BYTECODE).join("")).digest("hex");
}
