import type { Address } from "../src/core/primitives.ts";
import { type DevChain, startDevChain } from "./dev-chain.ts";
import { type GenesisFile, readableGenesis } from "./genesis.ts";
import type { NetworkState } from "./network-state.ts";
import { type Relay, startRelay } from "./relay.ts";
import { type StaticHost, startStaticHost } from "./static-host.ts";

export interface Ports {
  readonly page: number;
  readonly chain: number;
  readonly relay: number;
}

/** What a page asks first: which network this is and how to reach it. Served as /network.json. */
export interface NetworkFile {
  readonly genesisCid: string;
  readonly relays: readonly string[];
  readonly rpcUrls: readonly string[];
  readonly chainId: number;
  readonly demoWallet: boolean;
  /** Fills demo wallets; absent where there is no demo wallet. */
  readonly faucet?: Address;
  /** Where signed messages are taken by HTTP. */
  readonly mailboxes?: readonly string[];
}

/** The services of a local network, each of which can be stopped and started again on its port. */
export class Parts {
  readonly #state: NetworkState;
  readonly #ports: Ports;
  #chain: Promise<DevChain> | undefined;
  #relay: Promise<Relay> | undefined;
  #host: StaticHost | undefined;
  #relays: readonly string[] = [];

  constructor(state: NetworkState, ports: Ports) {
    this.#state = state;
    this.#ports = ports;
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.#ports.chain}`;
  }

  /** Addresses of the relay, also while it is stopped: they stay the same. */
  get relays(): readonly string[] {
    return this.#relays;
  }

  async startChain(): Promise<void> {
    this.#chain ??= startDevChain({ stateFile: this.#state.chain, port: this.#ports.chain });
    await this.#chain;
  }

  async stopChain(): Promise<void> {
    const chain = this.#chain;
    this.#chain = undefined;
    await stopStarted(chain);
  }

  async startRelay(): Promise<void> {
    this.#relay ??= startRelay({
      port: this.#ports.relay,
      host: "127.0.0.1",
      privateKeyFile: this.#state.relayKey,
    });
    this.#relays = (await this.#relay).multiaddrs;
  }

  async stopRelay(): Promise<void> {
    const relay = this.#relay;
    this.#relay = undefined;
    await stopStarted(relay);
  }

  async startHost(
    root: string,
    genesis: GenesisFile,
    faucet: Address,
    mailboxes: readonly string[] = [],
  ): Promise<void> {
    const network = (): NetworkFile => ({
      genesisCid: genesis.cid,
      relays: this.#relays,
      rpcUrls: [this.rpcUrl],
      chainId: genesis.genesis.chain.chainId,
      demoWallet: true,
      faucet,
      ...(mailboxes.length === 0 ? {} : { mailboxes }),
    });
    const extra = {
      "/network.json": network,
      "/genesis.json": () => Buffer.from(readableGenesis(genesis)),
      "/genesis.cbor": () => Buffer.from(genesis.bytes),
    };
    // On all addresses: the page may be opened from other devices, relay and chain may not.
    this.#host = await startStaticHost({ root, port: this.#ports.page, host: "0.0.0.0", extra });
  }

  /** Ends everything, in the order that lets peers and chain save what they hold. */
  async stop(): Promise<void> {
    const host = this.#host;
    this.#host = undefined;
    await Promise.allSettled([host?.stop(), this.stopRelay(), this.stopChain()]);
  }
}

/** Waits for a service that may still be starting and stops it; one that never started needs nothing. */
async function stopStarted(service: Promise<{ stop(): Promise<void> }> | undefined): Promise<void> {
  const started = await service?.catch(() => undefined);
  await started?.stop();
}
