import type { NodeDependencies } from "../../src/app/node/dependencies.ts";
import { hasPacked } from "../../src/app/node/duties/submit.ts";
import type { NodeRunner } from "../../src/app/node/node-runner.ts";
import { LOCAL_CHAIN_ID } from "../../src/chain/network.ts";
import type { Waits } from "../../src/chain/waits.ts";
import { fillFromFaucet } from "../../src/chain/wallet/faucet.ts";
import { accountOfKey, KEY_WALLET_ID } from "../../src/chain/wallet/key-wallet.ts";
import { createLocalRpc } from "../../src/chain/wallet/local-rpc.ts";
import { failure, ParleyError, toErrorData } from "../../src/core/errors.ts";
import { stakeRequest } from "../../src/ports/chain.ts";
import { type NodeCourt, nodeCourt } from "./court.ts";
import { HeldOutFile } from "./held-out.ts";
import type { KeptNetwork } from "./kept-network.ts";
import { type Log, logError } from "./log.ts";
import type { DonateOptions } from "./options.ts";
import { PairsFile } from "./pairs.ts";
import { isReadByOthers, keptKey, readKey, type StateFolder } from "./state-folder.ts";

const LOOK_MS = 2_000;
const RETRY_MS = 5_000;
/** Rewards that are collected together: each alone would cost more gas. */
const COLLECTED_TOGETHER = 8;
/** After an attempt to anchor or to collect. */
const ANCHOR_AGAIN_MS = 8_000;
const COLLECT_AGAIN_MS = 600_000;

interface DonorParts {
  readonly dependencies: NodeDependencies;
  readonly node: NodeRunner;
  readonly network: KeptNetwork;
  readonly options: DonateOptions;
  readonly log: Log;
  readonly waits: Waits;
  /** The stake could not be made, and will not be by waiting. */
  readonly onRefused: (thrown: unknown) => void;
}

/** The private key that stakes. Errors: key-file-missing, key-file-malformed, wallet-key, faucet-not-local. */
export async function donorKey(
  options: DonateOptions,
  folder: StateFolder,
  network: KeptNetwork,
  log: Log,
): Promise<`0x${string}`> {
  const isLocal = network.genesis.chain.chainId === LOCAL_CHAIN_ID;
  if (options.faucet && !isLocal) {
    throw failure("faucet-not-local", "There is a faucet in local networks only", "--key-file FILE");
  }
  const { keyFile } = options;
  const bytes = keyFile === undefined ? await keptKey(folder.walletKey) : await readKey(keyFile);
  if (keyFile !== undefined && (await isReadByOthers(keyFile))) {
    log("warn", `Others on this machine may read ${keyFile}: chmod 600 it`);
  }
  const key = `0x${Buffer.from(bytes).toString("hex")}` as const;
  accountOfKey(key);
  return key;
}

/** What a person does in the app, done by rule: stakes, trains when there are corrections, anchors in the drawn order, collects, judges. */
export class Donor {
  readonly #parts: DonorParts;
  readonly #pairs: PairsFile | undefined;
  readonly #heldOut: HeldOutFile | undefined;
  readonly #court: NodeCourt;
  #anchorAgainAtMs = 0;
  #collectAgainAtMs = 0;
  /** Version and pairs of the last attempt to train: the same attempt would end the same way. */
  #trainedFor = "";
  #cancelNext: (() => void) | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: DonorParts) {
    this.#parts = parts;
    const { pairsFile } = parts.options;
    this.#court = nodeCourt(parts.dependencies, parts.node, parts.log);
    this.#pairs = pairsFile === undefined ? undefined : new PairsFile(pairsFile);
    this.#heldOut = heldOutOf(parts);
  }

  start(): void {
    this.#looking = this.#begin();
  }

  /** Begins nothing new: what is under way ends with what it waits for, see `settled`. */
  stop(): void {
    this.#stopped = true;
    this.#cancelNext?.();
    this.#court.stop();
  }

  /** After `stop`: resolves when nothing of it is under way any more. */
  settled(): Promise<void> {
    return this.#looking;
  }

  /** Stakes, waiting for a chain that is away. */
  async #begin(): Promise<void> {
    const { node, options, log, onRefused } = this.#parts;
    try {
      await this.#stake();
      await node.setAnchorGasLimit(options.gasLimitWei);
      await node.startDonating();
      log("good", "Donating: this node takes part in every duty");
      this.#court.start();
      this.#schedule(0, () => this.#look());
    } catch (thrown) {
      if (this.#stopped) return;
      const { code } = toErrorData(thrown);
      if (code !== "chain-unreachable") return onRefused(thrown);
      logError(log, "warn", "Not donating yet", toErrorData(thrown));
      this.#schedule(RETRY_MS, () => this.#begin());
    }
  }

  async #stake(): Promise<void> {
    const { dependencies, network, options, log, waits } = this.#parts;
    const { wallet, chain, identity, operator } = dependencies;
    const { faucet, rpcUrls } = network.file;
    const [rpcUrl] = rpcUrls;
    const account = await wallet.connect(KEY_WALLET_ID);
    log("info", `Account ${account} stakes for node ${identity.nodeId.slice(0, 8)}`, { account });
    if (options.faucet && faucet !== undefined && rpcUrl !== undefined) {
      const { token } = network.genesis.chain;
      await waits.until(() => fillFromFaucet(createLocalRpc(rpcUrl), { token, faucet }, account));
    }
    const { stakeWei: wantedWei } = options;
    if (wantedWei === undefined) return;
    const stakedWei = (await chain.stakeOf(identity.nodeId))?.stakeWei ?? 0n;
    if (stakedWei >= wantedWei) return;
    const amountWei = wantedWei - stakedWei;
    await wallet.stake(await stakeRequest(operator, { nodeId: identity.nodeId, account, amountWei }));
  }

  #schedule(afterMs: number, work: () => Promise<void>): void {
    if (this.#stopped) return;
    const { clock } = this.#parts.dependencies;
    this.#cancelNext = clock.at(clock.nowMs() + afterMs, () => {
      this.#looking = work();
    });
  }

  async #look(): Promise<void> {
    try {
      await this.#importPairs();
      await this.#heldOut?.look();
      await this.#trainWhenNeeded();
      await this.#anchorInTurn();
      await this.#collectRewards();
      await this.#court.look();
    } catch (thrown) {
      if (!this.#stopped) logError(this.#parts.log, "warn", "Looked in vain", toErrorData(thrown));
    }
    this.#schedule(LOOK_MS, () => this.#look());
  }

  async #importPairs(): Promise<void> {
    const { dependencies, log } = this.#parts;
    try {
      const added = await this.#pairs?.importInto(dependencies.store, dependencies.clock.nowMs());
      if (added !== undefined) log("info", `${added} new corrections to train on`);
    } catch (thrown) {
      if (!(thrown instanceof ParleyError)) throw thrown;
      logError(log, "warn", "No corrections from the file", thrown.data);
    }
  }

  /** One run for what the network has not taken in yet; again when corrections or the shared version are others. */
  async #trainWhenNeeded(): Promise<void> {
    const { node, dependencies } = this.#parts;
    const { status, ledger } = node;
    if (status.value.work !== undefined) return;
    const open = (await dependencies.store.listPairs()).filter(
      ({ adoptedInEpoch }) => adoptedInEpoch === undefined,
    );
    if (open.length === 0) return;
    const isPending = await hasPacked(dependencies.store);
    const attempt = [ledger.head.value.state.modelVersion, ...open.map(({ id }) => id)].join(" ");
    if (isPending || attempt === this.#trainedFor) return;
    this.#trainedFor = attempt;
    // Failures stand in the node's events.
    void node.train().catch(() => undefined);
  }

  /** Signs by itself what a person would be asked: when it is this node's turn, and gas is not dearer than allowed. */
  async #anchorInTurn(): Promise<void> {
    const { node, dependencies } = this.#parts;
    const { clock } = dependencies;
    if (node.status.value.anchoring?.state !== "your-turn" || clock.nowMs() < this.#anchorAgainAtMs) return;
    // Failures stand in the node's events; another look brings another try.
    await node.anchor().catch(() => undefined);
    this.#anchorAgainAtMs = clock.nowMs() + ANCHOR_AGAIN_MS;
  }

  async #collectRewards(): Promise<void> {
    const { node, dependencies } = this.#parts;
    const { clock } = dependencies;
    const due = node.status.value.anchorRewards?.epochs ?? 0;
    if (due < COLLECTED_TOGETHER || clock.nowMs() < this.#collectAgainAtMs) return;
    this.#collectAgainAtMs = clock.nowMs() + COLLECT_AGAIN_MS;
    await node.collectAnchorRewards().catch((thrown: unknown) => {
      if (!this.#stopped) logError(this.#parts.log, "warn", "Rewards wait", toErrorData(thrown));
    });
  }
}

function heldOutOf({ options, dependencies, node, log }: DonorParts): HeldOutFile | undefined {
  const { heldOutFile: file } = options;
  if (file === undefined) return undefined;
  return new HeldOutFile({
    file,
    store: dependencies.store,
    self: dependencies.identity.nodeId,
    keeper: () => node.ledger.head.value.state.parameters.heldOutKeeper,
    keep: (pairs) => node.keepHeldOut(pairs),
    log,
  });
}
