import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { appStyles } from "./app-styles.ts";
import type { Services } from "./services.ts";
import "./chat/chat-page.ts";
import { plural, shorten } from "./format.ts";
import { type IconName, icon, registerIcons } from "./icons.ts";
import { hrefOf, onPage, PAGES, type Page, pageOf } from "./route.ts";
import { shared } from "./styles.ts";
import { applyTheme, chooseTheme, nextTheme, theme } from "./theme.ts";
import { updateReady, useUpdate } from "./update.ts";
import { Watch } from "./watch.ts";

registerIcons();
applyTheme();

const TITLES: Readonly<Record<Page, string>> = {
  chat: "Chat",
  donate: "Donate",
  network: "Network",
  vote: "Vote",
  simulator: "Simulator",
};

/** Pages other than the chat are fetched when first opened. */
const LOADERS: Readonly<Record<Page, () => Promise<unknown>>> = {
  chat: async () => {},
  donate: () => import("./donate/donate-page.ts"),
  network: () => import("./network/network-page.ts"),
  vote: () => import("./vote/vote-page.ts"),
  simulator: () => import("./simulator/simulator-page.ts"),
};

/** The whole page. Until `parley` is set it shows the shell and that it is starting. */
@customElement("parley-app")
export class ParleyApp extends LitElement {
  static override styles = [shared, appStyles];

  @property({ attribute: false }) parley: Services | undefined;
  @state() private page: Page = pageOf(location.hash);
  @state() private loaded: ReadonlySet<Page> = new Set<Page>(["chat"]);
  @state() private failed: Page | undefined;
  @state() private walletOpen = false;

  private readonly wallet = new Watch(this, () => this.parley?.wallet?.status);
  private readonly network = new Watch(this, () => this.parley?.node?.network);
  private readonly node = new Watch(this, () => this.parley?.node?.status);
  private readonly tab = new Watch(this, () => this.parley?.tab?.status);
  private readonly theme = new Watch(this, () => theme);
  private readonly newVersion = new Watch(this, () => updateReady);
  private stopRouting: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopRouting = onPage((page) => {
      this.page = page;
      void this.load(page);
      void this.updateComplete.then(() => this.main?.focus());
    });
    void this.load(this.page);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopRouting?.();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.parley?.alone !== undefined) void import("./alone/alone-bar.ts");
    document.title = this.page === "chat" ? "Parley" : `${TITLES[this.page]} · Parley`;
  }

  protected override render() {
    return html`<a class="skip" href=${hrefOf(this.page)} @click=${this.skip}>Skip to content</a>
      <header>
        <a class="brand" href=${hrefOf("chat")} aria-label="Parley, home">
          <img src="/icons/parley.svg" alt="" width="28" height="28" /><span>Parley</span>
        </a>
        <div class="tools">${this.windowLabel()} ${this.peersPill()} ${this.themeButton()} ${this.walletButton()}</div>
      </header>
      ${this.aloneBar()}
      <nav aria-label="Main">${PAGES.map((page) => this.link(page))}</nav>
      <main tabindex="-1" aria-label=${TITLES[this.page]}>${this.updateNotice()} ${this.tabNotice()} ${this.pendingNotice()} ${this.pageView()}</main>
      ${
        this.walletOpen
          ? html`<parley-wallet-dialog
            .wallet=${this.parley?.wallet}
            .governance=${this.parley?.governance}
            .book=${this.parley?.addressBook}
            @wallet-closed=${() => {
              this.walletOpen = false;
            }}
          ></parley-wallet-dialog>`
          : nothing
      }`;
  }

  /** Only where the page was served without a network; its code loads then. */
  private aloneBar(): TemplateResult | typeof nothing {
    const alone = this.parley?.alone;
    return alone === undefined ? nothing : html`<parley-alone class="alone" .alone=${alone}></parley-alone>`;
  }

  private link(page: Page): TemplateResult {
    const names: Record<Page, IconName> = {
      chat: "chat",
      donate: "donate",
      network: "network",
      vote: "vote",
      simulator: "simulator",
    };
    const donating = page === "donate" && this.node.value?.donating === true;
    return html`<a href=${hrefOf(page)} aria-current=${page === this.page ? "page" : nothing}>
      <span class="symbol">${icon(names[page])}${donating ? html`<i class="live"></i>` : nothing}</span>
      <span>${TITLES[page]}</span>
    </a>`;
  }

  private pageView(): TemplateResult {
    const { parley } = this;
    if (!this.loaded.has(this.page)) return this.openingView();
    switch (this.page) {
      case "chat":
        return html`<parley-chat .parley=${parley}></parley-chat>`;
      case "donate":
        return html`<parley-donate .parley=${parley} @open-wallet=${this.openWallet}></parley-donate>`;
      case "network":
        return html`<parley-network .parley=${parley} @open-wallet=${this.openWallet}></parley-network>`;
      case "vote":
        return html`<parley-vote .parley=${parley} @open-wallet=${this.openWallet}></parley-vote>`;
      case "simulator":
        return html`<parley-simulator .parley=${parley}></parley-simulator>`;
    }
  }

  private openingView(): TemplateResult {
    if (this.failed !== this.page) return html`<p class="loading quiet" role="status">Opening…</p>`;
    return html`<div class="loading quiet" role="alert">
      <p>This page could not be loaded. Is the network there?</p>
      <button class="plain" @click=${() => this.load(this.page)}>${icon("retry")}Try again</button>
    </div>`;
  }

  private peersPill(): TemplateResult | typeof nothing {
    const network = this.network.value;
    // Who is alone looks for nobody.
    if (network === undefined || this.parley?.alone !== undefined) return nothing;
    const words = {
      offline: "Offline",
      connecting: "Connecting",
      online: plural(network.peers.length, "peer"),
    }[network.state];
    const tone = { offline: "", connecting: "wait", online: "good" }[network.state];
    return html`<span class="pill number ${tone}" data-testid="network-state"><i class="dot"></i>${words}</span>`;
  }

  /** Quietly: what is done here is done by the node in another tab. */
  private windowLabel(): TemplateResult | typeof nothing {
    if (this.tab.value?.role !== "window") return nothing;
    const words = "Your node runs in another tab. This tab shows and controls it.";
    return html`<span class="window-of small quiet" title=${words} data-testid="window-label">
      <span aria-hidden="true">window</span><span class="visually-hidden">${words}</span>
    </span>`;
  }

  private themeButton(): TemplateResult {
    const current = this.theme.value ?? "system";
    const label = `Theme: ${current}`;
    return html`<button
      class="plain"
      aria-label=${label}
      title=${label}
      @click=${() => chooseTheme(nextTheme(current))}
    >
      ${icon(current)}
    </button>`;
  }

  private walletButton(): TemplateResult {
    const status = this.wallet.value;
    const account = status?.account;
    const shown = account === undefined ? "Wallet" : shorten(account, 6, 4);
    const label = account === undefined ? "Wallet, not connected" : `Wallet, ${account}`;
    return html`<button
      class="plain wallet"
      aria-label=${label}
      ?disabled=${this.parley?.wallet === undefined}
      @click=${this.openWallet}
    >
      ${icon("wallet")}<span class=${account === undefined ? "" : "mono"}>${shown}</span>
      ${status?.demo === true && account !== undefined ? html`<span class="pill wait">demo</span>` : nothing}
    </button>`;
  }

  private updateNotice(): TemplateResult | typeof nothing {
    if (this.newVersion.value !== true) return nothing;
    return html`<div class="update" role="status">
      <span>A new version of Parley is ready.</span>
      <button class="plain" @click=${useUpdate}>${icon("retry")}Reload</button>
    </div>`;
  }

  /** What its person must know about this tab. */
  private tabNotice(): TemplateResult | typeof nothing {
    const notice = this.tab.value?.notice;
    if (notice === undefined) return nothing;
    return html`<div class="update" role="alert" data-code=${notice.code}>
      <span>${notice.message}</span>
      <button class="plain" @click=${() => location.reload()}>${icon("retry")}Reload</button>
    </div>`;
  }

  /** The transaction under way, on whatever page the person is. */
  private pendingNotice(): TemplateResult | typeof nothing {
    const pending = this.wallet.value?.pending;
    if (pending === undefined) return nothing;
    return html`<div class="pending" role="status">
      <span class="working"></span><span>${pending}</span>
    </div>`;
  }

  private async load(page: Page): Promise<void> {
    this.failed = undefined;
    try {
      await LOADERS[page]();
      this.loaded = new Set([...this.loaded, page]);
    } catch {
      this.failed = page;
    }
  }

  private async openWallet(): Promise<void> {
    await import("./wallet/wallet-dialog.ts");
    this.walletOpen = true;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.main?.focus();
  }

  private get main(): HTMLElement | null {
    return this.renderRoot.querySelector("main");
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-app": ParleyApp;
  }
}
