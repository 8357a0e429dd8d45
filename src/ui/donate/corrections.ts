import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { CorrectionService } from "../../app/parley.ts";
import type { StoredPair } from "../../ports/store.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatAge, plural, shorten } from "../format.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

const NAME_CHARACTERS = 40;

/** The training data of this device: every corrected interaction, to be read and deleted. */
@customElement("parley-corrections")
export class Corrections extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        margin-top: 0.6rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.25rem 0.75rem;
        padding: 0.75rem 0;
        border-top: 1px solid var(--p-line);
        align-items: start;
      }
      p {
        overflow-wrap: anywhere;
      }
      .prompt {
        font-weight: 580;
        font-size: 0.94rem;
      }
      .answer {
        font-size: 0.92rem;
      }
      .before {
        color: var(--p-quiet);
        text-decoration: line-through;
        font-size: 0.86rem;
      }
      .meta {
        margin-top: 0.35rem;
      }
    `,
  ];

  @property({ attribute: false }) corrections: CorrectionService | undefined;
  private readonly pairs = new Watch(this, () => this.corrections?.pairs);
  private readonly removing = new Action(this);

  protected override render() {
    const pairs = [...(this.pairs.value ?? [])].reverse();
    return html`<section class="panel" aria-label="Corrections">
      <div class="row spread">
        <h2>Corrections</h2>
        ${pairs.length === 0 ? nothing : html`<span class="pill number">${plural(pairs.length, "pair")}</span>`}
      </div>
      ${errorNotice(this.removing.error, () => this.removing.clear())}
      ${
        pairs.length === 0
          ? html`<div class="empty">
            ${icon("pencil")}
            <p>Nothing corrected yet.</p>
            <p class="small">In the chat, press “Correct this answer” under any answer.</p>
          </div>`
          : html`<ul aria-label="Corrections">
            ${repeat(
              pairs,
              (pair) => pair.id,
              (pair) => this.row(pair),
            )}
          </ul>`
      }
    </section>`;
  }

  private row(pair: StoredPair) {
    const name = shorten(pair.prompt, NAME_CHARACTERS, 0);
    return html`<li>
      <div>
        <p class="prompt">${pair.prompt}</p>
        ${pair.rejectedAnswer === undefined ? nothing : html`<p class="before">${pair.rejectedAnswer}</p>`}
        <p class="answer">${pair.answer}</p>
        <p class="meta row small">
          ${
            pair.adoptedInEpoch === undefined
              ? html`<span class="pill">on this device</span>`
              : html`<span class="pill good">taught in epoch ${pair.adoptedInEpoch}</span>`
          }
          <span class="quiet">${formatAge(Date.now() - pair.createdAtMs)}</span>
        </p>
      </div>
      <button
        class="plain"
        aria-label=${`Delete correction ${name}`}
        title="Delete"
        @click=${() => this.deletePair(pair)}
      >
        ${icon("trash")}
      </button>
    </li>`;
  }

  private async deletePair(pair: StoredPair): Promise<void> {
    const { confirmInDialog } = await import("../dialogs/confirm.ts");
    const sure = await confirmInDialog({
      title: "Delete this correction?",
      lines: [pair.prompt, "It will not be trained on again. What was already taught stays taught."],
      confirmLabel: "Delete",
      danger: true,
    });
    if (sure) await this.removing.run(async () => this.corrections?.remove(pair.id));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-corrections": Corrections;
  }
}
