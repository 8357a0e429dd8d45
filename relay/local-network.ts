import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { failure } from "../src/core/errors.ts";
import type { Genesis, GenesisModel } from "../src/core/genesis.ts";
import type { PresetName } from "../src/core/presets.ts";
import type { Address, Cid } from "../src/core/primitives.ts";
import { deployContracts } from "./dev-chain.ts";
import { freePort } from "./free-port.ts";
import { type GenesisFile, keptGenesis } from "./genesis.ts";
import { lanAddresses } from "./lan.ts";
import { lock } from "./lock.ts";
import { modelFacts } from "./model-facts.ts";
import { forget, networkState } from "./network-state.ts";
import { networkParameters } from "./parameters.ts";
import { Parts, type Ports } from "./parts.ts";

const ROOT = resolve(import.meta.dirname, "..");
const CHAIN_ID = 31_337;
/** Second account of anvil's public test mnemonic: receives the foundation's share on local networks. */
const FOUNDATION: Address = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

const WANTED_PORTS: Ports = { page: 8080, chain: 8545, relay: 9090 };

export interface LocalNetworkOptions {
  /** Port of the page, 8080 unless said; 0 takes any free ports, also for chain and relay. */
  readonly port?: number;
  /** Built page to serve, dist/ unless said. */
  readonly dist?: string;
  /** Folder of model.json; unless said, the model inside the built page. */
  readonly model?: string;
  /** Kept state, .parley/ unless said. */
  readonly stateFolder?: string;
  /** Forget what this network did so far. */
  readonly fresh?: boolean;
  /** Rules of the network, those of a local one unless said. */
  readonly preset?: PresetName;
  /** Length of an epoch, the preset's own unless said; every other duration is scaled with it. */
  readonly epochSeconds?: number;
  /** How long an anchored root can be disputed; unless said it is final at once. */
  readonly challengeSeconds?: number;
  /** Facts of the model, when the caller has them; else they are computed once and kept. */
  readonly facts?: GenesisModel;
  /** Mailboxes that network.json names. */
  readonly mailboxes?: readonly string[];
  /** Told what a person should know: a port replaced, a model evaluated. */
  readonly print?: (line: string) => void;
}

export interface LocalNetwork {
  /** Where the page is, on this machine: a secure context. */
  readonly url: string;
  /** The page by the addresses of this machine in its network; not a secure context. */
  readonly lanUrls: readonly string[];
  readonly rpcUrl: string;
  readonly relays: readonly string[];
  readonly genesis: Genesis;
  readonly genesisCid: Cid;
  stopRelay(): Promise<void>;
  /** On the same port and with the same peer id as before. */
  startRelay(): Promise<void>;
  stopChain(): Promise<void>;
  /** On the same port, with the state that it had. */
  startChain(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A whole network on this machine: dev chain with the contracts, relay, page with its genesis. Chain and relay can be
 * stopped and started one by one. Errors: page-missing, already-running, those of the parts.
 */
export async function startLocalNetwork(options: LocalNetworkOptions = {}): Promise<LocalNetwork> {
  const print = options.print ?? (() => undefined);
  const dist = options.dist ?? join(ROOT, "dist");
  if (!existsSync(join(dist, "index.html"))) {
    throw failure("page-missing", "the page is not built", join(dist, "index.html"), "nothing");
  }
  const { challengeSeconds = 0 } = options;
  const stateFolder = options.stateFolder ?? join(ROOT, ".parley");
  const parameters = networkParameters(options.preset ?? "local", FOUNDATION, options.epochSeconds);
  const modelFolder = options.model ?? join(dist, "model");
  const model = options.facts ?? (await modelFacts(modelFolder, join(stateFolder, "model-facts"), print));
  const state = networkState(stateFolder, { model, parameters });
  const release = lock(state.lock);
  if (options.fresh) forget(state);
  const ports = await choosePorts(options.port ?? WANTED_PORTS.page, print);
  const parts = new Parts(state, ports);
  const stop = async () => {
    await parts.stop();
    release();
  };

  try {
    const [{ faucet, ...contracts }] = await Promise.all([
      parts
        .startChain()
        .then(() => deployContracts({ rpcUrl: parts.rpcUrl, rules: parameters, challengeSeconds })),
      parts.startRelay(),
    ]);
    const genesis = await keptGenesis(state.genesis, async () => ({
      version: 1,
      name: "local",
      startMs: Date.now(),
      model,
      chain: { ...contracts, chainId: CHAIN_ID },
      parameters,
    }));
    await parts.startHost(dist, genesis, faucet, options.mailboxes);
    return asNetwork(parts, ports.page, genesis, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function asNetwork(parts: Parts, port: number, file: GenesisFile, stop: () => Promise<void>): LocalNetwork {
  return {
    url: `http://localhost:${port}/`,
    lanUrls: lanAddresses().map((address) => `http://${address}:${port}/`),
    rpcUrl: parts.rpcUrl,
    relays: parts.relays,
    genesis: file.genesis,
    genesisCid: file.cid,
    stopRelay: () => parts.stopRelay(),
    startRelay: () => parts.startRelay(),
    stopChain: () => parts.stopChain(),
    startChain: () => parts.startChain(),
    stop,
  };
}

/** The wanted ports, or free ones in the place of those that are taken, which is said. */
async function choosePorts(page: number, print: (line: string) => void): Promise<Ports> {
  const anywhere = page === 0;
  const chosen: number[] = [];
  const choose = async (what: string, wanted: number): Promise<number> => {
    const port = await freePort(anywhere ? 0 : wanted, chosen);
    if (!anywhere && port !== wanted) print(`port ${wanted} is taken: the ${what} is on ${port}`);
    chosen.push(port);
    return port;
  };
  return {
    page: await choose("page", page),
    chain: await choose("chain", WANTED_PORTS.chain),
    relay: await choose("relay", WANTED_PORTS.relay),
  };
}
