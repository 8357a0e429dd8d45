import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { SchedulerService } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { stopWords } from "./schedule-words.ts";

/** Shift and Escape together: one hand, and nothing else on the page listens to it. */
function isShortcut({ key, shiftKey, repeat }: KeyboardEvent): boolean {
  return key === "Escape" && shiftKey && !repeat;
}

/** The one button that stops everything, first on the page, and what it did. */
@customElement("parley-stop-bar")
export class StopBar extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: contents;
      }
      .bar {
        display: flex;
        align-items: center;
        gap: 0.7rem 0.9rem;
        flex-wrap: wrap;
      }
      button {
        appearance: none;
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
        min-height: 2.75rem;
        padding: 0 1.1rem 0 0.85rem;
        border: 1px solid color-mix(in srgb, var(--p-red) 45%, transparent);
        border-radius: 999px;
        background: var(--p-red-soft);
        color: var(--p-red);
        font: inherit;
        font-weight: 620;
        cursor: pointer;
        transition:
          background 120ms,
          transform 120ms;
      }
      button:hover {
        background: color-mix(in srgb, var(--p-red) 22%, var(--p-surface));
      }
      button:active {
        transform: scale(0.98);
      }
      .keys {
        white-space: nowrap;
      }
      /* Phones have no such keys. */
      @media (hover: none) {
        .keys {
          display: none;
        }
      }
      kbd {
        font: inherit;
        font-size: 0.8rem;
        padding: 0.05rem 0.4rem;
        border: 1px solid var(--p-line);
        border-bottom-width: 2px;
        border-radius: 5px;
        background: var(--p-surface);
      }
      .done {
        border-color: color-mix(in srgb, var(--p-amber) 40%, transparent);
        background: var(--p-amber-soft);
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0.25rem 0.75rem;
      }
      .done .icon {
        color: var(--p-amber);
        margin-top: 0.1rem;
      }
      .done p {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) scheduler: SchedulerService | undefined;
  private readonly state = new Watch(this, () => this.scheduler?.state);
  private readonly stopping = new Action(this);
  private readonly listen = (event: KeyboardEvent): void => {
    if (!isShortcut(event)) return;
    event.preventDefault();
    void this.stop();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.listen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.listen);
  }

  protected override render() {
    return html`<div class="bar">
        <button aria-keyshortcuts="Shift+Escape" aria-describedby="what" @click=${this.stop}>
          ${icon("stop")}Stop everything
        </button>
        <span class="small quiet" id="what"
          >At once: training, checks and transfers. <span class="keys"><kbd>Shift</kbd> <kbd>Esc</kbd></span></span
        >
      </div>
      <div role="status" aria-live="assertive">${this.report()}</div>
      ${errorNotice(this.stopping.error, () => this.stopping.clear())}`;
  }

  private report(): TemplateResult | typeof nothing {
    const stopped = this.state.value?.stopped;
    if (stopped === undefined) return nothing;
    const [first, ...others] = stopWords(stopped);
    return html`<div class="panel done" data-testid="stopped">
      ${icon("stop")}
      <div>
        <h2>Everything is stopped</h2>
        <p>${first}</p>
        ${others.map((line) => html`<p class="small">${line}</p>`)}
        <p class="small quiet">Press Donate to begin again.</p>
      </div>
    </div>`;
  }

  private async stop(): Promise<void> {
    await this.stopping.run(async () => this.scheduler?.stopEverything());
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-stop-bar": StopBar;
  }
}
