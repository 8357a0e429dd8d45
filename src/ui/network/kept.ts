import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { KeptService, KeptState } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatBytes, plural } from "../format.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

const MIB = 1024 * 1024;
const CHOICES_BYTES = [128 * MIB, 512 * MIB, 1024 * MIB, 4096 * MIB, 16_384 * MIB];

/** Why blocks stay. */
const PIN_WORDS: Readonly<Record<KeptState["pinned"][number]["pin"], string>> = {
  head: "the model's current version",
  dispute: "disputes under way",
  own: "your own work, until it is settled",
  recent: "recent epochs, while they can be disputed",
  replica: "copies that the network counts on",
  shared: "models that you share",
};

/** What of the network lies on this device, why, and how much of it may. */
@customElement("parley-kept")
export class KeptPanel extends LitElement {
  static override styles = [
    shared,
    css`
      div > .plain {
        margin-inline-start: -0.5rem;
      }
      meter {
        inline-size: 100%;
        block-size: 0.6rem;
        margin-block: 0.5rem 0.3rem;
      }
      li {
        display: flex;
        justify-content: space-between;
        gap: 0.8rem;
        padding-block: 0.15rem;
      }
      .controls {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.6rem;
        margin-block-start: 0.8rem;
      }
      label {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem;
      }
      select {
        font: inherit;
        color: inherit;
        background: transparent;
        border: 1px solid var(--p-line);
        border-radius: 0.4rem;
        padding: 0.3rem 0.4rem;
        min-block-size: 2.2rem;
      }
      option {
        color: initial;
        background: initial;
      }
    `,
  ];

  @property({ attribute: false }) kept: KeptService | undefined;
  @state() private freedBytes: number | undefined;
  private readonly state = new Watch(this, () => this.kept?.state);
  private readonly working = new Action(this);

  protected override render() {
    const state = this.state.value;
    if (state === undefined) return nothing;
    const { keptBytes, quotaBytes, blocks, repairing, error } = state;
    return html`<section class="panel" aria-label="Kept on this device">
      <h2>Kept on this device</h2>
      ${errorNotice(this.working.error ?? error, () => this.working.clear())}
      <meter
        min="0"
        max=${quotaBytes}
        value=${Math.min(keptBytes, quotaBytes)}
        aria-label="Room taken by the network's content"
      ></meter>
      <p>${formatBytes(keptBytes)} of ${formatBytes(quotaBytes)}, ${plural(blocks, "block")}.</p>
      ${this.reasons(state)}
      <p class="small quiet" role="status">
        ${
          this.freedBytes !== undefined
            ? this.freedBytes === 0
              ? "Nothing to free: everything here is needed."
              : `${formatBytes(this.freedBytes)} freed.`
            : repairing > 0
              ? `Fetching ${plural(repairing, "block")} that too few others hold.`
              : "What nobody needs goes first when room is short."
        }
      </p>
      ${this.controls(state)}
    </section>`;
  }

  private reasons({ pinned }: KeptState): TemplateResult | typeof nothing {
    if (pinned.length === 0) return nothing;
    return html`<ul class="small" aria-label="Kept for">
      ${pinned.map(
        ({ pin, bytes }) => html`<li><span>${PIN_WORDS[pin]}</span><span>${formatBytes(bytes)}</span></li>`,
      )}
    </ul>`;
  }

  private controls({ chosenQuotaBytes }: KeptState): TemplateResult {
    const choices = new Set([
      ...CHOICES_BYTES,
      ...(chosenQuotaBytes === undefined ? [] : [chosenQuotaBytes]),
    ]);
    return html`<div class="controls">
      <label>
        At most
        <select ?disabled=${this.working.busy} @change=${(event: Event) => this.choose(event)}>
          <option value="" ?selected=${chosenQuotaBytes === undefined}>as the browser allows</option>
          ${[...choices]
            .sort((a, b) => a - b)
            .map(
              (bytes) =>
                html`<option value=${bytes} ?selected=${chosenQuotaBytes === bytes}>${formatBytes(bytes)}</option>`,
            )}
        </select>
      </label>
      <button class="plain" ?disabled=${this.working.busy} @click=${() => this.freeUp()}>Free up space</button>
    </div>`;
  }

  private choose(event: Event): void {
    if (!(event.target instanceof HTMLSelectElement)) return;
    const { value } = event.target;
    this.freedBytes = undefined;
    void this.working.run(async () => this.kept?.setQuota(value === "" ? undefined : Number(value)));
  }

  private freeUp(): void {
    void this.working.run(async () => {
      this.freedBytes = await this.kept?.freeUp();
    });
  }
}
