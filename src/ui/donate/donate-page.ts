import "@awesome.me/webawesome/dist/components/button/button.js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { finishedTraining, trainingProgress } from "../elements/training-progress.ts";
import { formatTokens, plural } from "../format.ts";
import { icon } from "../icons.ts";
import type { Services } from "../services.ts";
import { pageStyles, shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import "./corrections.ts";
import { donateStyles } from "./donate-styles.ts";
import "./events.ts";
import "./learning-panel.ts";
import "./limits-panel.ts";
import "./schedule-panel.ts";
import "./stop-bar.ts";

const PROMISES = [
  { icon: "shield", text: "Your words stay here. Only numbers the model learned leave this tab." },
  { icon: "spark", text: "This tab trains on your corrections and checks the work of others." },
  { icon: "coin", text: "Accepted work earns tokens. Stop whenever you like." },
] as const;

/** Giving this tab's time: on or off, training, corrections, what happened, what it earned. */
@customElement("parley-donate")
export class DonatePage extends LitElement {
  static override styles = [shared, pageStyles, donateStyles];

  @property({ attribute: false }) parley: Services | undefined;
  private readonly status = new Watch(this, () => this.parley?.node?.status);
  private readonly wallet = new Watch(this, () => this.parley?.wallet?.status);
  private readonly pairs = new Watch(this, () => this.parley?.corrections.pairs);
  private readonly kept = new Watch(this, () => this.parley?.keeping?.isKept);
  private readonly switching = new Action(this);
  private readonly training = new Action(this);
  private readonly claiming = new Action(this);

  protected override render() {
    return html`<div class="page">
      <div>
        <h1>Donate this tab</h1>
        <p class="lead">Leave it open: it teaches the shared model and keeps the network honest.</p>
      </div>
      <parley-stop-bar .scheduler=${this.parley?.scheduler}></parley-stop-bar>
      <div class="columns">
        <div class="stack">
          ${this.switchPanel()}
          <parley-schedule .scheduler=${this.parley?.scheduler}></parley-schedule>
          ${this.trainingPanel()}
          <parley-corrections .corrections=${this.parley?.corrections}></parley-corrections>
          <parley-learning .learning=${this.parley?.learning}></parley-learning>
        </div>
        <div class="stack">
          ${this.earningsPanel()}
          <parley-limits .scheduler=${this.parley?.scheduler}></parley-limits>
          <parley-node-events .node=${this.parley?.node}></parley-node-events>
        </div>
      </div>
    </div>`;
  }

  private switchPanel(): TemplateResult {
    const status = this.status.value;
    const donating = status?.donating === true;
    const title = status === undefined ? "Getting ready" : donating ? "Donating" : "Not donating";
    return html`<section class="panel hero ${donating ? "on" : ""}" aria-label="Donating">
      <div class="row spread">
        <h2>${title}</h2>
        ${this.stakePill()}
      </div>
      <ul class="promises">
        ${PROMISES.map((promise) => html`<li>${icon(promise.icon)}<span>${promise.text}</span></li>`)}
      </ul>
      ${errorNotice(this.switching.error, () => this.switching.clear())}
      <div class="row">
        <wa-button
          variant=${donating ? "neutral" : "brand"}
          appearance=${donating ? "outlined" : "accent"}
          ?loading=${this.switching.busy}
          ?disabled=${this.parley?.node === undefined}
          @click=${this.toggle}
          >${donating ? "Stop" : "Donate"}</wa-button
        >
        ${this.stakeHint()}
      </div>
      ${this.keptHint()}
    </section>`;
  }

  private stakePill(): TemplateResult {
    const staked = this.status.value?.staked === true;
    return html`<span class="pill ${staked ? "good" : ""}" data-testid="stake-state"
      >${staked ? html`<i class="dot"></i>Staked` : "Not staked"}</span
    >`;
  }

  /** Whether the stake's keys are safe from the browser's own tidying. */
  private keptHint(): TemplateResult | typeof nothing {
    const isKept = this.kept.value;
    if (isKept === undefined || this.status.value?.donating !== true) return nothing;
    return html`<p class="small quiet" role="status" data-testid="kept">
      ${
        isKept
          ? "This browser has promised to keep your node's keys and data."
          : "This browser may delete your node's keys when it needs room: write down the recovery phrase."
      }
    </p>`;
  }

  /** What is missing before the first donation, in one line. */
  private stakeHint(): TemplateResult | typeof nothing {
    const status = this.status.value;
    const wallet = this.wallet.value;
    if (status === undefined || status.staked || wallet === undefined) return nothing;
    if (wallet.account === undefined) {
      return html`<span class="small quiet">Taking part needs a stake.</span>
        <wa-button size="s" appearance="outlined" @click=${this.openWallet}>Connect a wallet</wa-button>`;
    }
    return html`<span class="small quiet">Your wallet will ask you to stake once. You get it back.</span>`;
  }

  private trainingPanel(): TemplateResult {
    const work = this.status.value?.work;
    const fresh = (this.pairs.value ?? []).filter((pair) => pair.adoptedInEpoch === undefined).length;
    return html`<section class="panel stack" aria-label="Training">
      <div class="row spread">
        <div>
          <h2>Training</h2>
          <p class="small quiet">
            ${fresh === 0 ? "Correct an answer in the chat to give it something to learn." : `${plural(fresh, "correction")} waiting to be taught.`}
          </p>
        </div>
        <wa-button
          size="s"
          appearance="outlined"
          ?disabled=${this.parley?.node === undefined || work !== undefined}
          ?loading=${this.training.busy && work === undefined}
          @click=${() => this.training.run(async () => this.parley?.node?.train())}
          >Train now</wa-button
        >
      </div>
      ${errorNotice(this.training.error, () => this.training.clear())}
      ${
        work === undefined
          ? this.lastRun()
          : html`${trainingProgress(work)}
            <div>
              <wa-button size="s" appearance="outlined" @click=${() => this.parley?.node?.cancelTraining()}
                >Cancel training</wa-button
              >
            </div>`
      }
    </section>`;
  }

  private lastRun(): TemplateResult | typeof nothing {
    const run = this.status.value?.lastRun;
    return run === undefined ? nothing : finishedTraining(run);
  }

  private earningsPanel(): TemplateResult {
    const dueWei = this.status.value?.dueWei ?? 0n;
    const claimedWei = this.status.value?.claimedWei ?? 0n;
    return html`<section class="panel stack" aria-label="Earnings">
      <h2>Earnings</h2>
      <dl class="figures">
        <div>
          <dt class="small quiet">Due</dt>
          <dd class="figure number" data-testid="due">${formatTokens(dueWei)}</dd>
        </div>
        <div>
          <dt class="small quiet">Claimed</dt>
          <dd class="figure number" data-testid="claimed">${formatTokens(claimedWei)}</dd>
        </div>
      </dl>
      ${errorNotice(this.claiming.error, () => this.claiming.clear())}
      <div class="row spread">
        <span class="small quiet">Tokens, paid by the chain against a proof.</span>
        <wa-button
          size="s"
          variant="brand"
          ?disabled=${dueWei === 0n}
          ?loading=${this.claiming.busy}
          @click=${() => this.claiming.run(async () => this.parley?.node?.claim())}
          >Claim</wa-button
        >
      </div>
    </section>`;
  }

  private async toggle(): Promise<void> {
    const node = this.parley?.node;
    if (node === undefined) return;
    const donating = node.status.value.donating;
    const isDone = await this.switching.run(() => (donating ? node.stopDonating() : node.startDonating()));
    // Now there is something to lose: a stake hangs on the keys in this browser.
    if (isDone && !donating) await this.parley?.keeping?.ask();
    if (this.switching.error?.code === "wallet-needed") this.openWallet();
  }

  private openWallet(): void {
    this.dispatchEvent(new CustomEvent("open-wallet"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-donate": DonatePage;
  }
}
