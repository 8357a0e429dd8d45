import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { IceServer } from "../../src/p2p/libp2p.ts";
import { Coturn } from "./coturn.ts";
import { HomeTab } from "./home-tab.ts";
import { Namespaces } from "./namespaces.ts";
import { PAGE_PORT } from "./ports.ts";
import { type Service, startService } from "./service.ts";
import { buildTopology, type RouterKind, type Topology } from "./topology.ts";

export interface LabOptions {
  readonly routers: RouterKind;
  /** What the tabs are told of: servers that say where one is seen, or that carry bytes too. */
  readonly ice: "stun" | "stun-and-turn";
  /** With the page in it. */
  readonly pageFolder: string;
  readonly folder: string;
  readonly chromium: string;
}

/** Two homes and what they meet through, in one run of one scenario. */
export class Lab {
  readonly topology: Topology;
  readonly coturn: Coturn;
  readonly #options: LabOptions;
  readonly #tabs: HomeTab[] = [];
  #services: readonly Service[] = [];
  #relays: readonly string[] = [];

  private constructor(options: LabOptions, namespaces: Namespaces) {
    this.#options = options;
    this.topology = buildTopology(namespaces, options.routers);
    this.coturn = new Coturn(this.topology, join(options.folder, "coturn"), randomBytes(16).toString("hex"));
  }

  /** `stop` also after an error. */
  static async with<T>(options: LabOptions, use: (lab: Lab) => Promise<T>): Promise<T> {
    const namespaces = new Namespaces();
    const removeAll = (): void => namespaces.removeAll();
    process.on("exit", removeAll);
    let lab: Lab | undefined;
    try {
      lab = new Lab(options, namespaces);
      await lab.#start();
      return await use(lab);
    } finally {
      if (lab !== undefined) await lab.#stop();
      removeAll();
      process.off("exit", removeAll);
    }
  }

  /** Opens the page in both homes and starts their nodes there, at the same time. */
  async openTabs(): Promise<readonly [HomeTab, HomeTab]> {
    const [homeA, homeB] = this.topology.homes;
    const url = `http://${inUrl(this.topology.public.address)}:${PAGE_PORT}/`;
    const { folder, chromium } = this.#options;
    const open = async (home: typeof homeA): Promise<HomeTab> => {
      const tab = await HomeTab.open(home, folder, chromium, url);
      this.#tabs.push(tab);
      return tab;
    };
    return [await open(homeA), await open(homeB)];
  }

  async startNodes([tabA, tabB]: readonly [HomeTab, HomeTab]): Promise<void> {
    const options = { relays: this.#relays, networkName: "nat-lab", iceServers: this.#iceServers() };
    await Promise.all([tabA.start({ seed: 1, ...options }), tabB.start({ seed: 2, ...options })]);
  }

  /** As when its machine loses power. */
  async killRelay(): Promise<void> {
    await this.#services[1]?.kill();
  }

  #iceServers(): readonly IceServer[] {
    const { stun, turn } = this.coturn;
    return this.#options.ice === "stun" ? [stun] : [stun, turn];
  }

  async #start(): Promise<void> {
    const { namespace, address } = this.topology.public;
    const { pageFolder, folder } = this.#options;
    this.#services = await Promise.all([
      startService(namespace, "page", address, pageFolder),
      startService(namespace, "relay", address, join(folder, "relay.key")),
    ]);
    this.#relays = this.#services[1]?.addresses ?? [];
  }

  async #stop(): Promise<void> {
    await Promise.allSettled(this.#tabs.map((tab) => tab.close()));
    this.coturn.stop();
  }
}

function inUrl(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
