import { existsSync } from "node:fs";
import { join } from "node:path";
import { type GenesisFile, keptGenesis, readableGenesis } from "../../relay/genesis.ts";
import type { DeploymentPlan } from "../../src/chain/deploy/plan.ts";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { failure } from "../../src/core/errors.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import { writeWhole } from "../node/state-folder.ts";
import type { NetworkConfig } from "./config.ts";

/** For everybody to read: it is served. */
const PUBLIC_FILE = 0o644;

/**
 * What is served beside the page, and a record of what was deployed. genesis.cbor is there already and never replaced;
 * network.json says how to reach the network now.
 */
export async function writeNetworkFiles(
  folder: string,
  file: GenesisFile,
  config: NetworkConfig,
  plan: DeploymentPlan,
): Promise<void> {
  const network = { genesisCid: file.cid, ...config.reached };
  const deployment = {
    genesisCid: file.cid,
    chainId: config.chainId,
    network: plan.network,
    contracts: plan.steps.map(({ contract, address }) => ({ contract, address })),
    choices: config.contracts,
  };
  await write(join(folder, "genesis.json"), readableGenesis(file));
  await write(join(folder, "deployment.json"), json(deployment));
  await write(join(folder, "network.json"), json(network));
}

export function genesisFile(folder: string): string {
  return join(folder, "genesis.cbor");
}

/**
 * A folder keeps one network: its messages name the CID of the genesis that is there. Relays may change: the genesis keeps
 * its first ones, network.json names those of today. Errors: genesis-differs, those of decodeGenesis.
 */
export async function requireSameNetwork(folder: string, wanted: Genesis): Promise<void> {
  const file = genesisFile(folder);
  if (!existsSync(file)) return;
  const kept = await keptGenesis(file, async () => wanted);
  const { relays: _, ...fixed } = wanted;
  const { relays } = kept.genesis;
  if (genesisCid(relays === undefined ? fixed : { ...fixed, relays }) === kept.cid) return;
  const [expected, received] = ["--out another folder", `${folder} with ${kept.cid}`];
  throw failure("genesis-differs", "This folder holds another network", expected, received);
}

function json(value: unknown): string {
  const plain = (_key: string, item: unknown) => (typeof item === "bigint" ? item.toString() : item);
  return `${JSON.stringify(value, plain, 2)}\n`;
}

async function write(path: string, text: string): Promise<void> {
  await writeWhole(path, Buffer.from(text), PUBLIC_FILE);
}
