import { failure } from "../../core/errors.ts";
import type { Wallet } from "../../ports/chain.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TabId } from "../../ports/tabs.ts";
import { remoteWallet } from "./remote-wallet.ts";
import { act, members, observableOf } from "./shape.ts";
import type { NodeServices, NodeShapes } from "./shapes.ts";
import type { TabCalls, TabHandler } from "./tab-calls.ts";

/** Changes of an observable within this time are told as one: a training run reports many times a second. */
const GATHER_MS = 100;

/** Actions that need a wallet: done with that of the tab that asks. */
export type WalletActions = Readonly<
  Record<string, (wallet: Wallet, args: readonly unknown[]) => Promise<void>>
>;

export interface NodeHostOptions {
  readonly calls: TabCalls;
  readonly clock: Clock;
  readonly shapes: NodeShapes;
  readonly services: NodeServices;
  readonly walletActions: WalletActions;
}

/** The node's side: shows its services to the profile's other tabs, its windows, and does what they ask. */
export class NodeHost {
  readonly #options: NodeHostOptions;
  readonly #windows = new Map<TabId, () => void>();
  readonly #changed = new Set<string>();
  readonly #stops: (() => void)[] = [];
  #cancelTelling: (() => void) | undefined;

  constructor(options: NodeHostOptions) {
    this.#options = options;
    const { calls, shapes, services } = options;
    for (const [service, name, member] of membersOf(shapes)) {
      const path = `${service}.${name}`;
      if (member.member === "seen") {
        this.#stops.push(observableOf(services[service], name).subscribe(() => this.#note(path)));
      } else {
        this.#stops.push(calls.serve(path, this.#handler(service, name, member)));
      }
    }
    this.#stops.push(
      calls.serve("attach", async (_, { tab }) => this.#attach(tab)),
      calls.onMessage(({ kind }) => {
        if (kind === "seek") calls.say({ kind: "here" });
      }),
    );
    calls.say({ kind: "here" });
  }

  /** Tabs that show this node now. */
  get windows(): number {
    return this.#windows.size;
  }

  stop(): void {
    this.#cancelTelling?.();
    for (const stop of this.#stops.splice(0)) stop();
    for (const forget of this.#windows.values()) forget();
    this.#windows.clear();
  }

  /** All values at once: a window starts from these. */
  #attach(tab: TabId): Readonly<Record<string, unknown>> {
    const { calls, shapes, services } = this.#options;
    this.#windows.get(tab)?.();
    this.#windows.set(
      tab,
      calls.onGone(tab, () => this.#windows.delete(tab)),
    );
    const values = membersOf(shapes).flatMap(([service, name, { member }]) =>
      member === "seen" ? [[`${service}.${name}`, observableOf(services[service], name).value] as const] : [],
    );
    return Object.fromEntries(values);
  }

  #handler(service: keyof NodeServices, name: string, member: ActionMember): TabHandler {
    const { calls, services, walletActions } = this.#options;
    const withWallet = walletActions[`${service}.${name}`];
    return async (args, { tab }) => {
      const checked = member.args.safeParse(args);
      if (!checked.success) {
        throw failure("tab-arguments", "That cannot be asked of the node", `${service}.${name}`);
      }
      if (withWallet !== undefined) return withWallet(await remoteWallet(calls, tab), args);
      return act(services[service], name, args);
    };
  }

  #note(path: string): void {
    if (this.#windows.size === 0) return;
    this.#changed.add(path);
    const { clock } = this.#options;
    this.#cancelTelling ??= clock.at(clock.nowMs() + GATHER_MS, () => this.#tell());
  }

  #tell(): void {
    this.#cancelTelling = undefined;
    const { calls, services, shapes } = this.#options;
    for (const [service, name] of membersOf(shapes)) {
      const path = `${service}.${name}`;
      if (!this.#changed.has(path)) continue;
      calls.say({ kind: "value", name: path, value: observableOf(services[service], name).value });
    }
    this.#changed.clear();
  }
}

type ActionMember = Exclude<ReturnType<typeof members>[number][1], { member: "seen" }>;

/** Named one by one, so that none can be forgotten. */
const SERVICES: { readonly [K in keyof NodeServices]: K } = {
  node: "node",
  governance: "governance",
  disputes: "disputes",
  learning: "learning",
  outbox: "outbox",
  documents: "documents",
  addressBook: "addressBook",
  scheduler: "scheduler",
  relays: "relays",
  kept: "kept",
  shared: "shared",
};

function membersOf(shapes: NodeShapes) {
  return Object.values(SERVICES).flatMap((service) =>
    members(shapes[service]).map(([name, member]) => [service, name, member] as const),
  );
}
