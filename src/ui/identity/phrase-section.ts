import "@awesome.me/webawesome/dist/components/button/button.js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { IdentityService, IdentityStatus } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { confirmInDialog } from "../dialogs/confirm.ts";
import { errorNotice, hintNotice } from "../elements/notice.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { identityStyles } from "./identity-styles.ts";

/** Words left on a screen are read by whoever comes by. */
const SHOWN_MS = 120_000;

type Check = Awaited<ReturnType<IdentityService["checkPhrase"]>>;
type WrongWords = Extract<Check, { error: unknown }>["unknown"];

/** Shows the recovery phrase on the person's wish, and takes one over. */
@customElement("parley-phrase-section")
export class PhraseSection extends LitElement {
  static override styles = [shared, identityStyles];

  @property({ attribute: false }) identity: IdentityService | undefined;
  @state() private words: readonly string[] | undefined;
  @state() private isTyping = false;
  @state() private wrong: WrongWords = [];
  private readonly status = new Watch<IdentityStatus>(this, () => this.identity?.status);
  private readonly showing = new Action(this);
  private readonly taking = new Action(this);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly whenHidden = (): void => {
    if (document.hidden) this.hide();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.whenHidden);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.whenHidden);
    this.hide();
  }

  protected override render() {
    return html`<section aria-label="Recovery phrase">
      <h3>Recovery phrase</h3>
      <p class="small quiet">
        24 words from which this node can be made again anywhere. Whoever has them is this node: write them on paper, and give
        them to nobody.
      </p>
      ${
        this.status.value?.isOperatorDerived === false
          ? hintNotice(
              html`<span>This profile is older than recovery phrases: the words bring back the node, not its operator key. Export
                a file to keep both.</span>`,
            )
          : nothing
      }
      ${this.words === undefined ? this.buttons() : this.shownWords(this.words)}
      ${errorNotice(this.showing.error, () => this.showing.clear())}
      ${this.isTyping ? this.form() : nothing}
    </section>`;
  }

  private buttons(): TemplateResult {
    return html`<div class="row">
      <wa-button
        size="s"
        appearance="outlined"
        ?disabled=${this.status.value?.nodeId === undefined}
        ?loading=${this.showing.busy}
        @click=${this.show}
        >Show the words</wa-button
      >
      <wa-button size="s" appearance="outlined" aria-expanded=${this.isTyping} @click=${this.toggleForm}
        >Use other words here</wa-button
      >
    </div>`;
  }

  private shownWords(words: readonly string[]): TemplateResult {
    return html`<ol class="words" aria-label="The 24 words" data-testid="phrase">
        ${words.map((word, index) => html`<li><b>${index + 1}</b>${word}</li>`)}
      </ol>
      <div>
        <wa-button size="s" appearance="outlined" @click=${this.hide}>Hide the words</wa-button>
      </div>`;
  }

  private form(): TemplateResult {
    return html`<form @submit=${this.take}>
      <label class="field"
        >The 24 words
        <textarea
          name="phrase"
          rows="4"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          @input=${this.typed}
        ></textarea>
      </label>
      ${this.wrongWords()} ${errorNotice(this.taking.error, () => this.taking.clear())}
      <div>
        <wa-button size="s" variant="danger" type="submit" ?loading=${this.taking.busy}
          >Replace this profile's identity</wa-button
        >
      </div>
    </form>`;
  }

  private wrongWords(): TemplateResult | typeof nothing {
    if (this.wrong.length === 0) return nothing;
    return html`<div role="alert"><ul class="small bad" aria-label="Unknown words">
      ${this.wrong.map(
        ({ place, word, nearest }) =>
          html`<li>
            Word ${place}, “${word}”, is in no recovery phrase.${
              nearest.length === 0 ? "" : ` Did you mean ${nearest.join(", ")}?`
            }
          </li>`,
      )}
    </ul></div>`;
  }

  private async show(): Promise<void> {
    const agreed = await confirmInDialog({
      title: "Show the recovery phrase?",
      lines: [
        "Anybody who sees or photographs these words can be this node, vote for it and claim what it earns.",
        "Look around first. The words are hidden again when you leave.",
      ],
      confirmLabel: "Show the words",
    });
    if (!agreed) return;
    await this.showing.run(async () => {
      this.words = await this.identity?.phrase();
    });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), SHOWN_MS);
  }

  private hide(): void {
    clearTimeout(this.timer);
    this.words = undefined;
  }

  private toggleForm(): void {
    this.isTyping = !this.isTyping;
    this.wrong = [];
    this.taking.clear();
  }

  private typed(): void {
    this.wrong = [];
    if (this.taking.error !== undefined) this.taking.clear();
  }

  private async take(event: Event): Promise<void> {
    event.preventDefault();
    const text = this.renderRoot.querySelector("textarea")?.value ?? "";
    const checked = await this.identity?.checkPhrase(text);
    if (checked === undefined) return;
    if ("error" in checked && checked.unknown.length > 0) {
      this.wrong = checked.unknown;
      return;
    }
    if (!("error" in checked) && !(await confirmReplacing())) return;
    await this.taking.run(async () => this.identity?.importPhrase(text));
  }
}

/** Whoever takes another identity over should know what goes and what to do first. */
export function confirmReplacing(): Promise<boolean> {
  return confirmInDialog({
    title: "Replace this profile's identity?",
    lines: [
      "The identity that this profile has now is deleted here. Without its own phrase or file it is gone, with its stake and reputation: export it first.",
      "Chats and corrections stay. One identity must never be used on two devices at once: both would sign for the same places of one log, which costs the stake. To use several devices, pair them instead.",
      "After this the node waits until its peers have told it what it wrote before.",
    ],
    confirmLabel: "Replace",
    danger: true,
  });
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-phrase-section": PhraseSection;
  }
}
