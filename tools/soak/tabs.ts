import type { Browser, BrowserContext, CDPSession, Page } from "@playwright/test";
import { nodeReady, openTab } from "../../e2e/support/app.ts";
import { connectWallet, donate, openMember } from "../../e2e/support/donors.ts";
import type { LocalNetwork } from "../../relay/local-network.ts";

/** Thirty tabs start on one machine. */
const STARTING_MS = 300_000;

export interface TabState {
  readonly epoch: number;
  readonly root: string;
  /** Messages held of every author. */
  readonly held: number;
  readonly peers: number;
  readonly linksUsed: number;
}

/** A browser profile whose tab comes and goes; what it stored stays. */
export class SoakTab {
  readonly name: string;
  readonly donates: boolean;
  /** Never closed or reloaded: its memory is compared over the run. */
  readonly isSteady: boolean;
  readonly #context: BrowserContext;
  readonly #url: string;
  #page: Page | undefined;

  private constructor(
    { name, donates, isSteady }: { name: string; donates: boolean; isSteady: boolean },
    context: BrowserContext,
    page: Page,
    url: string,
  ) {
    this.name = name;
    this.donates = donates;
    this.isSteady = isSteady;
    this.#context = context;
    this.#page = page;
    this.#url = url;
  }

  static async open(
    browser: Browser,
    network: LocalNetwork,
    faucet: `0x${string}`,
    role: { name: string; donates: boolean; isSteady: boolean },
  ): Promise<SoakTab> {
    if (!role.donates) {
      const { context, page } = await openTab(browser, network.url);
      await nodeReady(page);
      return new SoakTab(role, context, page, network.url);
    }
    const { context, page } = await openMember(browser, network, faucet);
    context.setDefaultTimeout(STARTING_MS);
    await connectWallet(page);
    await donate(page);
    return new SoakTab(role, context, page, network.url);
  }

  get isOpen(): boolean {
    return this.#page !== undefined;
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error(`${this.name} is closed`);
    return this.#page;
  }

  /** As when the browser ends the tab's process: no handler of the page runs. */
  async kill(): Promise<void> {
    const page = this.page;
    this.#page = undefined;
    const session = await this.#context.newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    // Answers nothing: the page is gone before it could.
    void session.send("Page.crash").catch(() => undefined);
    // Not closed: Playwright waits for ever for an answer of the dead page. It ends with its context.
    await crashed;
  }

  async reopen(): Promise<void> {
    const page = await this.#context.newPage();
    await page.goto(this.#url);
    await nodeReady(page);
    this.#page = page;
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await nodeReady(this.page);
  }

  /** Takes it off the network: no relay, no chain, and every link closed. */
  async isolate(): Promise<void> {
    await this.#context.setOffline(true);
    await this.page.evaluate(() => parley.network.leave());
  }

  async rejoin(): Promise<void> {
    await this.#context.setOffline(false);
  }

  state(): Promise<TabState> {
    return this.page.evaluate(async () => {
      const { ledger, network } = parley.node;
      const heads = await parley.dependencies.store.logHeads();
      return {
        epoch: ledger.head.value.state.epoch,
        root: ledger.head.value.root,
        held: [...heads.values()].reduce((sum, count) => sum + count, 0),
        peers: network.value.peers.length,
        linksUsed: network.value.budget?.used ?? 0,
      };
    });
  }

  /** Signs a message of no consequence; its CID once it is durable. */
  sign(): Promise<string> {
    return this.page.evaluate(async () => {
      const proposal = `bafyrei${"a".repeat(52)}`;
      const { message } = await parley.node.log.append("ballot", { proposal, choice: "abstain" });
      return message.cid;
    });
  }

  /** A correction, and training on all so far, as a person would press it; a run under way goes on. */
  teach(prompt: string, answer: string): Promise<void> {
    return this.page.evaluate(
      async (pair) => {
        await parley.corrections.add(pair.prompt, pair.answer);
        void parley.node.train().catch(() => undefined);
      },
      { prompt, answer },
    );
  }

  /** Which of these messages it does not hold. */
  missing(cids: readonly string[]): Promise<string[]> {
    return this.page.evaluate(async (wanted) => {
      const held = await Promise.all(wanted.map((cid) => parley.dependencies.store.getMessage(cid)));
      return wanted.filter((_, index) => held[index] === undefined);
    }, cids);
  }

  /** JavaScript heap of the page's own thread after a collection, in bytes. */
  async heapBytes(): Promise<number> {
    const session = await this.#context.newCDPSession(this.page);
    try {
      await session.send("HeapProfiler.collectGarbage");
      return await usedHeapBytes(session);
    } finally {
      await session.detach();
    }
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

async function usedHeapBytes(session: CDPSession): Promise<number> {
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN;
}
