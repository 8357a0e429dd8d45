import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { privateKeyToAccount } from "viem/accounts";
import { keptGenesis } from "../relay/genesis.ts";
import { modelFacts } from "../relay/model-facts.ts";
import { connectChain, deploy, missingSteps } from "../src/chain/deploy/deploy.ts";
import { contractParameters } from "../src/chain/deploy/parameters.ts";
import { type DeploymentPlan, planDeployment } from "../src/chain/deploy/plan.ts";
import { verifyDeployment } from "../src/chain/deploy/verify.ts";
import type { ReadClient } from "../src/chain/network.ts";
import { failure } from "../src/core/errors.ts";
import type { Genesis, GenesisModel } from "../src/core/genesis.ts";
import { type NetworkConfig, parseNetworkConfig } from "./genesis/config.ts";
import { deployerKey } from "./genesis/deployer-key.ts";
import { genesisFile, requireSameNetwork, writeNetworkFiles } from "./genesis/files.ts";
import type { GenesisOptions } from "./genesis/options.ts";

/** Where what is computed from the model is kept between runs, as `npm start` keeps it. */
const FACTS_CACHE = ".parley/model-facts";

/** Carries the command out and resolves with its exit status. Errors: bad-config, those of the deployment. */
export async function makeNetwork(options: GenesisOptions): Promise<number> {
  const config = parseNetworkConfig(await configText(options.config));
  const plan = planDeployment(config.name, contractParameters(config.parameters, config.contracts));
  const rpcUrl = options.rpcUrl ?? config.rpcUrls[0] ?? "";
  const client = await chainOf(rpcUrl, config.chainId);
  if (options.plan) return printPlan(client, config, plan);

  const key = await deployerKey(options, say);
  if (key === undefined) await requireAll(client, plan);
  // Before anything is paid: a model that cannot be read, or a folder of another network, ends here.
  const genesis = genesisOf(config, plan, await modelFacts(options.model, FACTS_CACHE, say));
  await requireSameNetwork(options.out, genesis);
  if (key !== undefined) {
    await deploy({ client, rpcUrl, signer: privateKeyToAccount(key), onStep: sayStep }, plan);
  }
  await verifyDeployment(client, plan);
  say(`verified: ${plan.steps.length} contracts are what the plan says, byte by byte`);
  const file = await keptGenesis(genesisFile(options.out), async () => genesis);
  await writeNetworkFiles(options.out, file, config, plan);
  process.stdout.write(`${file.cid}\n`);
  say(`the network's files are in ${options.out}`);
  return 0;
}

function genesisOf(config: NetworkConfig, plan: DeploymentPlan, model: GenesisModel): Genesis {
  const { name, startMs, chainId, relays, parameters } = config;
  return {
    version: 1,
    name,
    startMs,
    model,
    chain: { ...plan.addresses, chainId },
    parameters: { ...parameters, foundationAccount: plan.addresses.treasury },
    ...(relays.length === 0 ? {} : { relays }),
  };
}

/** Errors: wrong-chain, chain-unreachable. */
async function chainOf(rpcUrl: string, expected: number): Promise<ReadClient> {
  const { client, chainId } = await connectChain(rpcUrl);
  if (chainId === expected) return client;
  throw failure("wrong-chain", "Another chain answers", `chain ${expected}`, `chain ${chainId}`);
}

async function printPlan(client: ReadClient, config: NetworkConfig, plan: DeploymentPlan): Promise<number> {
  const missing = await missingSteps(client, plan);
  const transactions = missing.map(({ contract, address, to, data }) => ({
    creates: contract,
    at: address,
    to,
    value: "0x0",
    data,
  }));
  const printed = { chainId: config.chainId, addresses: plan.addresses, transactions };
  await writeOut(`${JSON.stringify(printed, null, 2)}\n`);
  say(
    `${missing.length} of ${plan.steps.length} contracts are missing; the first of these comes first, the others in any order, from any account`,
  );
  return 0;
}

/** Resolves when a pipe has taken all of it: the process ends right after. */
function writeOut(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

/** Errors: contract-missing. */
async function requireAll(client: ReadClient, plan: DeploymentPlan): Promise<void> {
  const [first] = await missingSteps(client, plan);
  if (first === undefined) return;
  const expected = "all contracts, or the key of an account that makes them";
  throw failure("contract-missing", `${first.contract} is not on the chain yet`, expected, first.address);
}

async function configText(file: string): Promise<string> {
  if (!existsSync(file)) throw failure("bad-config", "There is no such file", "--config FILE", file);
  return readFile(file, "utf8");
}

function sayStep({ contract }: { contract: string }, state: string, detail: string): void {
  say(`${contract} ${state}: ${detail}`);
}

/** Progress goes to stderr: stdout has the result. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
