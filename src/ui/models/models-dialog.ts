import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AdapterService, ModelChoice, ModelService } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { choiceStyles } from "../choice-styles.ts";
import { confirmInDialog } from "../dialogs/confirm.ts";
import "../elements/file-button.ts";
import { dialogStyles } from "../dialogs/dialog-styles.ts";
import { errorNotice } from "../elements/notice.ts";
import { progressBar } from "../elements/progress.ts";
import { formatBytes } from "../format.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import "./adapters-section.ts";
import { modelCard } from "./model-card.ts";
import { modelsStyles } from "./models-styles.ts";
import { providerSetting } from "./provider-setting.ts";

/** Which model answers: those here, adding one, large ones for the GPU. Fires `models-closed`. */
@customElement("parley-models-dialog")
export class ModelsDialog extends LitElement {
  static override styles = [
    shared,
    choiceStyles,
    modelsStyles,
    dialogStyles,
    css`
      wa-dialog {
        --width: 38rem;
      }
    `,
  ];

  @property({ attribute: false }) models: ModelService | undefined;
  @property({ attribute: false }) adapters: AdapterService | undefined;
  @state() private open = false;
  private readonly list = new Watch(this, () => this.models?.models);
  private readonly chosen = new Watch(this, () => this.models?.chosen);
  private readonly provider = new Watch(this, () => this.models?.provider);
  private readonly work = new Watch(this, () => this.models?.work);
  private readonly doing = new Action(this);
  private readonly looking = new Action(this);

  protected override firstUpdated(): void {
    const dialog = this.renderRoot.querySelector("wa-dialog");
    void dialog?.updateComplete.then(() => {
      this.open = true;
    });
  }

  protected override render() {
    const models = this.list.value ?? [];
    const large = models.filter((model) => model.kind === "large");
    return html`<wa-dialog label="Models" ?open=${this.open} @wa-after-hide=${this.closed}>
      <div class="sections">
        <div class="stack">
          <p class="quiet">
            Whatever answers you, the network goes on teaching the model that came with the app.
          </p>
          ${this.workView()} ${errorNotice(this.doing.error, () => this.doing.clear())}
          <ul class="cards" aria-label="Models on this device">
            ${models.filter((model) => model.kind !== "large").map((model) => this.card(model))}
          </ul>
        </div>
        ${this.adding()}
        <parley-adapters .adapters=${this.adapters}></parley-adapters>
        ${providerSetting(this.provider.value ?? "auto", (provider) => {
          void this.doing.run(async () => this.models?.setProvider(provider));
        })}
        <section class="stack" aria-labelledby="large-title">
          <h2 id="large-title">Large models</h2>
          ${large.length === 0 ? this.lookButton() : this.largeList(large)}
          ${errorNotice(this.looking.error, () => this.looking.clear())}
        </section>
      </div>
    </wa-dialog>`;
  }

  private workView(): TemplateResult | typeof nothing {
    const work = this.work.value;
    if (work === undefined) return nothing;
    return html`<section class="card" role="status" aria-label="Model at work">
      <h3>${work.name}</h3>
      ${progressBar(work.progress)}
      <div>
        <wa-button size="s" appearance="outlined" @click=${() => this.models?.cancel()}>Cancel</wa-button>
      </div>
    </section>`;
  }

  private card(model: ModelChoice, lackSaid = false): TemplateResult {
    return modelCard(model, {
      lackSaid,
      chosen: model.id === this.chosen.value,
      disabled: this.doing.busy,
      use: () => void this.doing.run(async () => this.models?.choose(model.id)),
      remove: () => void this.discard(model),
      share: () => void this.share(model),
    });
  }

  private adding(): TemplateResult {
    return html`<section class="stack" aria-labelledby="add-title">
      <div class="heading">
        <h2 id="add-title">Add a model</h2>
        <p class="small quiet">
          A folder as Hugging Face publishes them (config.json, safetensors, tokenizer.json) of the Llama or Qwen family.
        </p>
      </div>
      <form @submit=${this.addNamed}>
        <label class="field">
          <span class="small">Address of the folder, or the CID that somebody shared</span>
          <input type="text" name="place" required autocomplete="off" spellcheck="false" placeholder="https://… or bafy…" />
        </label>
        <wa-button type="submit" size="s" appearance="outlined" ?disabled=${this.doing.busy}>Add</wa-button>
      </form>
      <div class="row">
        <span class="small">Or from this device:</span>
        <parley-file-button
          label="Pick a folder"
          folder
          data-testid="model-folder"
          ?disabled=${this.doing.busy}
          @files-picked=${this.addPicked}
        ></parley-file-button>
        <parley-file-button
          label="Pick its files"
          accept=".json,.safetensors,.jinja"
          data-testid="model-files"
          ?disabled=${this.doing.busy}
          @files-picked=${this.addPicked}
        ></parley-file-button>
      </div>
    </section>`;
  }

  /** What is missing for all of them is said once. */
  private largeList(large: readonly ModelChoice[]): TemplateResult {
    const [common] = large[0]?.missing ?? [];
    const forAll =
      common !== undefined && large.every(({ missing }) => missing.length === 1 && missing[0] === common);
    return html`${forAll ? html`<p class="small lacking">${common}</p>` : nothing}
      <ul class="cards" aria-label="Large models">
        ${large.map((model) => this.card(model, forAll))}
      </ul>`;
  }

  private lookButton(): TemplateResult {
    return html`<p class="small quiet">
        General-purpose models of other makers, run on your graphics processor by WebLLM. Hundreds of megabytes each.
      </p>
      <div>
        <wa-button
          size="s"
          appearance="outlined"
          ?loading=${this.looking.busy}
          ?disabled=${this.models === undefined}
          @click=${() => this.looking.run(async () => this.models?.listLarge())}
          >See what fits this device</wa-button
        >
      </div>`;
  }

  private async addNamed(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const input = this.renderRoot.querySelector<HTMLInputElement>("input[name=place]");
    const place = input?.value.trim() ?? "";
    if (place === "") return;
    const added = await this.doing.run(async () =>
      /^[a-z]+:/i.test(place) ? this.models?.addUrl(place) : this.models?.addCid(place),
    );
    if (added && input) input.value = "";
  }

  private async addPicked({ detail }: CustomEvent<File[]>): Promise<void> {
    await this.doing.run(async () => this.models?.addFiles(detail));
  }

  private async share({ id }: ModelChoice): Promise<void> {
    await this.doing.run(async () => this.models?.share(id));
    await this.updateComplete;
    // The button that had the focus has given way to the CID.
    this.renderRoot.querySelector<HTMLElement>(`[data-model="${id}"] parley-copy`)?.focus();
  }

  private async discard(model: ModelChoice): Promise<void> {
    const agreed = await confirmInDialog({
      title: `Remove ${model.name}?`,
      lines: [
        `${formatBytes(model.bytes)} are freed. To use it again it has to be loaded anew.`,
        ...(model.sharedAs === undefined ? [] : ["Peers cannot get it from here any more."]),
      ],
      confirmLabel: "Remove",
      danger: true,
    });
    if (agreed) await this.doing.run(async () => this.models?.remove(model.id));
  }

  private closed(event: Event): void {
    if (event.target !== event.currentTarget) return;
    this.dispatchEvent(new CustomEvent("models-closed"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-models-dialog": ModelsDialog;
  }
}
