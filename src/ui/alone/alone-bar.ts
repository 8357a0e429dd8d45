import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AloneService, AloneStatus } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { confirmInDialog } from "../dialogs/confirm.ts";
import { errorNotice } from "../elements/notice.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

const LABEL = "A chain of this browser alone; its tokens are worth nothing.";

const CAN = [
  "Take tokens from the chain's faucet, by the demo wallet, and stake them: press Donate.",
  "Correct answers in the chat and train. A second node of this browser checks your delta, with a stake of its own.",
  "See the epoch close, anchor its root on the chain, and claim what you earned.",
  "Propose a change and vote on it.",
] as const;
/** Said before anybody takes it for more. */
const CANNOT =
  "Both nodes are yours: it shows how the network works and proves nothing to anybody. Nobody else learns from it, and nothing here can be taken to another network.";

const OUTDATED =
  "This browser's own network was made by another version of Parley, with other contracts or another model. This version cannot open it.";
/** Why the one that is kept cannot be opened, for a person. */
const UNOPENED: Readonly<Record<string, string>> = {
  "alone-outdated": OUTDATED,
  "chain-outdated": OUTDATED,
  "chain-log-damaged":
    "What this browser kept of its own network's chain does not lead to the state that it had. It cannot be opened.",
};
const KEPT =
  "Nothing of it is deleted unless you begin a new one. Your chats, corrections and identity stay.";

/** On a page that was served without a network: offers one of this browser alone, and says all the time that it is one. */
@customElement("parley-alone")
export class AloneBar extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        padding: 0.55rem 0.9rem;
        border-bottom: 1px solid var(--p-line);
        background: var(--p-amber-soft);
        color: var(--p-ink);
        font-size: 0.88rem;
        max-height: 60dvh;
        overflow-y: auto;
      }
      .row {
        gap: 0.5rem 0.75rem;
      }
      /* Its words stand where the words above it stand, and the bar is no higher for its room to press. */
      .plain {
        margin: -0.3rem -0.5rem;
      }
      .words {
        flex: 1 1 14rem;
        min-width: 0;
      }
      .more {
        display: grid;
        gap: 0.5rem;
        padding: 0.4rem 0 0.6rem;
        max-width: 44rem;
      }
      .more ul {
        list-style: disc;
        padding-inline-start: 1.2rem;
      }
      .working {
        width: 0.85em;
        height: 0.85em;
        flex: none;
        border-radius: 50%;
        border: 2px solid var(--p-amber);
        border-inline-end-color: transparent;
        animation: turn 0.9s linear infinite;
      }
      @keyframes turn {
        to {
          transform: rotate(1turn);
        }
      }
    `,
  ];

  @property({ attribute: false }) alone: AloneService | undefined;
  @state() private open = false;
  private readonly status = new Watch(this, () => this.alone?.status);
  private readonly starting = new Action(this);
  private readonly forgetting = new Action(this);

  protected override render() {
    const status = this.status.value;
    if (status === undefined) return nothing;
    return html`<section aria-label="This browser alone">
      <div class="row">${this.line(status)}</div>
      ${this.open && status.state === "running" ? this.more() : nothing}
      ${errorNotice(this.starting.error, () => this.starting.clear())}
      ${UNOPENED[status.error?.code ?? ""] === undefined ? errorNotice(status.error) : nothing}
      ${errorNotice(this.forgetting.error, () => this.forgetting.clear())}
    </section>`;
  }

  private line(status: AloneStatus): TemplateResult {
    switch (status.state) {
      case "offered":
        return html`<span class="words"
            >This page has no network to join. You can chat, or try the rest alone, on a chain of this browser whose
            tokens are worth nothing.</span
          >
          <wa-button size="s" variant="brand" ?loading=${this.starting.busy} @click=${this.start}
            >Try it alone</wa-button
          >`;
      case "unopened":
        return html`<span class="words" role="status" data-testid="alone-unopened"
            >${UNOPENED[status.error?.code ?? ""] ?? "This browser's own network cannot be opened."} ${KEPT}</span
          >
          <wa-button size="s" variant="brand" ?loading=${this.starting.busy} @click=${this.startAnew}
            >Begin a new one</wa-button
          >`;
      case "starting":
        return html`<span class="working"></span>
          <span class="words" role="status">${status.step ?? "Starting"}…</span>`;
      case "running":
        return html`<span class="words" data-testid="alone-label">${LABEL}</span>
          <button
            class="plain"
            aria-expanded=${this.open ? "true" : "false"}
            @click=${() => {
              this.open = !this.open;
            }}
          >
            ${icon("info", "start")}What can I try?
          </button>`;
    }
  }

  private more(): TemplateResult {
    return html`<div class="more">
      <ul>
        ${CAN.map((text) => html`<li>${text}</li>`)}
      </ul>
      <p>${CANNOT}</p>
      <div>
        <wa-button
          size="s"
          appearance="outlined"
          variant="danger"
          ?loading=${this.forgetting.busy}
          @click=${() => this.forgetting.run(() => this.forget())}
          >End it and forget</wa-button
        >
      </div>
    </div>`;
  }

  private async start(): Promise<void> {
    await this.starting.run(async () => this.alone?.start());
  }

  /** The old one goes when the new one runs, and only when its person says so. */
  private async startAnew(): Promise<void> {
    const agreed = await confirmInDialog({
      title: "Begin a new network",
      lines: [
        "The one that cannot be opened is deleted: its chain, messages and epochs.",
        "Your chats, corrections and identity stay.",
      ],
      confirmLabel: "Delete it and begin",
      danger: true,
    });
    if (agreed) await this.start();
  }

  private async forget(): Promise<void> {
    const agreed = await confirmInDialog({
      title: "End this network",
      lines: [
        "It is of this browser alone. Its chain, messages and epochs are deleted. Your chats, corrections and identity stay.",
      ],
      confirmLabel: "End and forget",
      danger: true,
    });
    if (agreed) await this.alone?.forget();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-alone": AloneBar;
  }
}
