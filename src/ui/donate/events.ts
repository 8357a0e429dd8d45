import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { NodeEvent, NodeService } from "../../app/parley.ts";
import { formatTime } from "../format.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { inWords } from "../words.ts";

/** What the node did, as it happens, newest first: the current epoch, or everything kept. */
@customElement("parley-node-events")
export class NodeEvents extends LitElement {
  static override styles = [
    shared,
    css`
      ol {
        margin-top: 0.8rem;
        display: grid;
        max-height: 32rem;
        overflow-y: auto;
      }
      li {
        position: relative;
        display: grid;
        grid-template-columns: 1.1rem minmax(0, 1fr);
        gap: 0 0.6rem;
        padding-bottom: 0.85rem;
      }
      li::before {
        content: "";
        width: 0.6rem;
        height: 0.6rem;
        margin: 0.42rem 0 0 0.2rem;
        border-radius: 50%;
        background: var(--p-surface);
        border: 2px solid var(--p-quiet);
        z-index: 1;
      }
      li:not(:last-child)::after {
        content: "";
        position: absolute;
        inset: 0.7rem auto -0.4rem 0.46rem;
        border-inline-start: 2px solid var(--p-line);
      }
      li.good::before {
        background: var(--p-brand);
        border-color: var(--p-brand);
      }
      li.bad::before {
        background: var(--p-red);
        border-color: var(--p-red);
      }
      .text {
        overflow-wrap: anywhere;
        font-size: 0.93rem;
      }
      .reason {
        color: var(--p-red);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) node: NodeService | undefined;
  @state() private all = false;
  private readonly events = new Watch(this, () => this.node?.events);
  private readonly clock = new Watch(this, () => this.node?.clock);

  protected override render() {
    const events = this.events.value ?? [];
    const epoch = this.clock.value?.epoch ?? events.at(-1)?.epoch;
    const shown = (this.all ? events : events.filter((event) => event.epoch === epoch)).toReversed();
    return html`<section class="panel" aria-label="Activity">
      <div class="row spread">
        <h2>${this.all || epoch === undefined ? "Activity" : `Activity in epoch ${epoch}`}</h2>
        ${
          events.length === 0
            ? nothing
            : html`<button
              class="plain"
              aria-pressed=${this.all ? "true" : "false"}
              @click=${() => {
                this.all = !this.all;
              }}
            >
              All epochs
            </button>`
        }
      </div>
      ${
        shown.length === 0
          ? html`<div class="empty">
            ${icon("spark")}
            <p>${this.node?.status.value.donating === true ? "Waiting for the next step." : "Nothing yet."}</p>
          </div>`
          : html`<ol role="log" aria-label="Activity" tabindex="0">
            ${shown.map((event) => this.line(event))}
          </ol>`
      }
    </section>`;
  }

  private line(event: NodeEvent) {
    return html`<li class=${event.level} data-kind=${event.kind}>
      <div>
        <p class="text">${event.text}</p>
        ${event.error === undefined ? nothing : html`<p class="reason small">${inWords(event.error)}</p>`}
        <p class="small quiet number">
          ${formatTime(event.atMs)}${this.all ? html` · epoch ${event.epoch}` : nothing}
        </p>
      </div>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-node-events": NodeEvents;
  }
}
