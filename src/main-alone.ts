import { cidOfKept, decodeKeptGenesis } from "./app/alone/kept-genesis.ts";
import type { NetworkFile } from "./app/network-file.ts";
import { Subject } from "./app/observable.ts";
import type { AloneService, AloneStatus } from "./app/parley.ts";
import { NOBODY } from "./chain/deploy/parameters.ts";
import { EMBEDDED_CHAIN_ID } from "./chain/network.ts";
import { ALONE_WALLET_NAME, announceDemoWallet } from "./chain/wallet/demo-wallet.ts";
import { createWallet } from "./chain/wallet/wallet.ts";
import { encodeGenesis, genesisCid } from "./core/artifacts/genesis.ts";
import { failure, toErrorData } from "./core/errors.ts";
import type { Genesis } from "./core/genesis.ts";
import { localParameters } from "./core/presets.ts";
import type { Cid, NodeId } from "./core/primitives.ts";
import { companionNames, meetingPlace, startCompanion } from "./main-companion.ts";
import type { PageParts } from "./main-node.ts";
import { askInDialog, type Companion, type FoundNetwork, showWallets } from "./main-wallet.ts";
import { measureModel } from "./model/facts.ts";
import { fetchFolder } from "./model/folder.ts";
import { placesBeside } from "./model/runtime/places.ts";
import { forgetDatabases, logDatabaseName } from "./store/transaction-log.ts";
import { type EvmClient, evmClient } from "./workers/evm/client.ts";

/** Values of the profile: the genesis of this browser's own network; CIDs of those that were ended, one a line. */
const GENESIS_KEY = "alone-genesis";
const ENDED_KEY = "alone-ended";

/**
 * For a page that was served without a network: waits until its person wants one of this browser alone, or goes on with
 * the one that was begun before. Nothing of the chain loads until then.
 */
export async function offerAlone(parts: PageParts, nodeId: NodeId): Promise<FoundNetwork> {
  const alone = new Alone(parts, nodeId);
  parts.app.parley = parts.app.parley && { ...parts.app.parley, alone };
  await alone.tidy();
  await alone.resume();
  return alone.found;
}

class Alone implements AloneService {
  readonly status = new Subject<AloneStatus>({ state: "offered" });
  readonly found: Promise<FoundNetwork>;
  readonly #parts: PageParts;
  readonly #nodeId: NodeId;
  #find: (found: FoundNetwork) => void = () => undefined;

  constructor(parts: PageParts, nodeId: NodeId) {
    this.#parts = parts;
    this.#nodeId = nodeId;
    this.found = new Promise((resolve) => {
      this.#find = resolve;
    });
  }

  /** Deletes what networks that were ended left; they may still have been open then. */
  async tidy(): Promise<void> {
    const { profile } = this.#parts;
    const ended = linesOf(await profile.getValue(ENDED_KEY));
    if (ended.length === 0) return;
    await forgetDatabases(ended.flatMap(databasesOf));
    await profile.setValue(ENDED_KEY, undefined);
  }

  async resume(): Promise<void> {
    const kept = await this.#parts.profile.getValue(GENESIS_KEY);
    if (kept === undefined) return;
    await this.#begin(async () => {
      const genesis = decodeKeptGenesis(kept);
      await this.#checkModel(genesis);
      return this.#open(genesis, evmClient());
    }).catch((thrown: unknown) => this.status.set({ state: "unopened", error: toErrorData(thrown) }));
  }

  async start(): Promise<void> {
    const before = this.status.value;
    if (before.state !== "offered" && before.state !== "unopened") return;
    try {
      await this.#begin(async () => {
        const evm = evmClient();
        const genesis = await this.#newGenesis(evm);
        const found = await this.#open(genesis, evm);
        // Not before the new one runs: until then the old one stays.
        await this.#endKept();
        await this.#parts.profile.setValue(GENESIS_KEY, encodeGenesis(genesis));
        return found;
      });
    } catch (thrown) {
      this.status.set(before);
      throw thrown;
    }
  }

  async forget(): Promise<void> {
    await this.#endKept();
    location.reload();
  }

  async #begin(find: () => Promise<FoundNetwork>): Promise<void> {
    this.#tell("Starting a chain in this browser");
    const found = await find();
    this.status.set({ state: "running" });
    this.#parts.tab.update((status) => ({ ...status, role: "starting" }));
    this.#find(found);
  }

  #tell(step: string): void {
    this.status.set({ state: "starting", step });
  }

  async #endKept(): Promise<void> {
    const { profile } = this.#parts;
    const kept = await profile.getValue(GENESIS_KEY);
    if (kept === undefined) return;
    const ended = [...linesOf(await profile.getValue(ENDED_KEY)), cidOfKept(kept)];
    await profile.setValue(ENDED_KEY, new TextEncoder().encode(ended.join("\n")));
    await profile.setValue(GENESIS_KEY, undefined);
  }

  async #checkModel({ model }: Genesis): Promise<void> {
    const here = await this.#parts.adapters.baseModel();
    if (model.manifestCid === here) return;
    const message = "This browser's own network was begun with another model";
    throw failure("alone-outdated", message, here, model.manifestCid);
  }

  async #newGenesis(evm: EvmClient): Promise<Genesis> {
    const rules = { ...localParameters(NOBODY), committeeSize: 1, reserveSize: 0 };
    const chain = await evm.contracts(rules);
    this.#tell("Measuring the model, once");
    // Asked for a moment ago, and waited for: it does not make room for other programs.
    this.#parts.scheduler.setUsual({ heedPressure: false });
    const read = fetchFolder(placesBeside(document.baseURI).modelUrl);
    const model = await measureModel(read, this.#parts.training.evaluator);
    return {
      version: 1,
      name: "alone",
      startMs: Date.now(),
      model,
      chain,
      parameters: { ...rules, foundationAccount: chain.treasury },
    };
  }

  async #open(genesis: Genesis, evm: EvmClient): Promise<FoundNetwork> {
    this.#tell("Running what happened on this browser's own chain");
    const cid = genesisCid(genesis);
    await evm.open(cid, genesis.parameters).catch((thrown: unknown) => {
      evm.close();
      throw thrown;
    });
    const { provider } = evm;
    const network = { rpcUrls: [], chain: genesis.chain, provider };
    // Not on the window: a real wallet could never reach this chain, and need not hear of it.
    const wallets = new EventTarget();
    announceDemoWallet({
      rpc: (method, params = []) => provider.request({ method, params }),
      chainId: EMBEDDED_CHAIN_ID,
      contracts: genesis.chain,
      name: ALONE_WALLET_NAME,
      fill: (account) => evm.fill(account),
      target: wallets,
      storage: localStorage,
      confirm: askInDialog(ALONE_WALLET_NAME),
    });
    const file = aloneFile(cid);
    const page = await showWallets(
      { file, genesis, chainNetwork: network, wallet: createWallet(network, wallets) },
      this.#parts.profile,
      this.#nodeId,
    );
    const companion: Companion = {
      meetingPlace: meetingPlace(cid),
      start: (parts, signal) =>
        startCompanion(parts, { chainNetwork: network, fill: (account) => evm.fill(account) }, signal),
    };
    return { file, genesis, page, companion };
  }
}

function databasesOf(cid: Cid): readonly string[] {
  const { store, blocks } = companionNames(cid);
  return [`parley-${cid}`, `parley-blocks-${cid}`, `parley-${store}`, blocks, logDatabaseName(cid)];
}

function aloneFile(cid: Cid): NetworkFile {
  return { genesisCid: cid, relays: [], rpcUrls: [], chainId: EMBEDDED_CHAIN_ID, demoWallet: true };
}

function linesOf(value: Uint8Array | undefined): readonly string[] {
  return value === undefined ? [] : new TextDecoder().decode(value).split("\n").filter(Boolean);
}
