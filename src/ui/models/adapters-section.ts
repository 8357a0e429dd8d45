import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/switch/switch.js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { AdapterLayer, AdapterService, AdapterState } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { confirmInDialog } from "../dialogs/confirm.ts";
import "../elements/file-button.ts";
import { errorNotice } from "../elements/notice.ts";
import { trainingProgress } from "../elements/training-progress.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { modelsStyles } from "./models-styles.ts";
import { pickedPeft, savePeft } from "./peft-files.ts";
import { cancelPersonalTraining, personalWork, trainPersonal } from "./personal-training.ts";

const NAMES: Readonly<Record<AdapterLayer, { readonly name: string; readonly none: string }>> = {
  global: { name: "What the network taught it", none: "The network has no version yet" },
  cluster: { name: "What your cluster taught it", none: "None" },
  personal: { name: "What this device taught it", none: "Nothing yet" },
};

/** What answers are made of on top of the app's own model: each layer can be left out, one's own saved and read. */
@customElement("parley-adapters")
export class AdaptersSection extends LitElement {
  static override styles = [shared, modelsStyles];

  @property({ attribute: false }) adapters: AdapterService | undefined;
  private readonly state = new Watch(this, () => this.adapters?.state);
  private readonly work = new Watch(this, () => personalWork);
  private readonly doing = new Action(this);
  private readonly training = new Action(this);

  protected override render() {
    const state = this.state.value;
    if (state === undefined) return nothing;
    return html`<section class="stack" aria-labelledby="title">
      <div class="heading">
        <h2 id="title">Adapters</h2>
        <p class="small quiet">
          What the app's own model has learned lies on top of it in layers. Answers are the sum of those that are on.
        </p>
      </div>
      ${errorNotice(state.problem)} ${errorNotice(this.doing.error, () => this.doing.clear())}
      <ul class="layers" aria-label="Layers">
        ${state.layers.filter(isShown).map((layer) => this.layer(layer))}
      </ul>
      ${this.personal(state)}
    </section>`;
  }

  private layer({ layer, isOn, version }: AdapterState["layers"][number]): TemplateResult {
    const { name, none } = NAMES[layer];
    const shown = layer === "personal" ? "Stays on this device" : version;
    return html`<li data-layer=${layer}>
      <div>
        <h3>${name}</h3>
        <p class="small quiet">${version === undefined ? none : shown}</p>
      </div>
      ${version === undefined && isOn ? nothing : this.switch(layer, isOn, name)}
    </li>`;
  }

  private switch(layer: AdapterLayer, isOn: boolean, name: string): TemplateResult {
    return html`<wa-switch
        size="s"
        .checked=${live(isOn)}
        ?disabled=${this.doing.busy}
        @change=${(event: Event) => this.switchLayer(layer, event)}
        ><span class="visually-hidden">${name}</span></wa-switch
      >`;
  }

  private personal({ layers }: AdapterState): TemplateResult {
    const held = layers.some(({ layer, version }) => layer === "personal" && version !== undefined);
    const work = this.work.value;
    return html`${errorNotice(this.training.error, () => this.training.clear())}
      ${
        work === undefined
          ? nothing
          : html`<div class="card" role="group" aria-label="Learning for this device">
              ${trainingProgress(work)}
            </div>`
      }
      <div class="row">
        <wa-button
          id="learn"
          size="s"
          appearance="outlined"
          ?disabled=${this.doing.busy}
          @click=${work === undefined ? this.learn : cancelPersonalTraining}
          >${work === undefined ? "Learn for this device alone" : "Cancel learning"}</wa-button
        >
        <parley-file-button
          label="Import"
          accept=".safetensors,.json"
          ?disabled=${this.doing.busy}
          @files-picked=${(event: CustomEvent<File[]>) => this.take(event.detail)}
        ></parley-file-button>
        ${held ? this.heldButtons() : nothing}
      </div>
      <p class="small quiet">
        Import and Export use the files of Hugging Face's PEFT: adapter_model.safetensors and adapter_config.json.
      </p>`;
  }

  private heldButtons(): TemplateResult {
    return html`<wa-button size="s" appearance="outlined" ?disabled=${this.doing.busy} @click=${this.save}
        >Export</wa-button
      >
      <wa-button size="s" appearance="plain" ?disabled=${this.doing.busy} @click=${this.discard}
        >Remove</wa-button
      >`;
  }

  private async switchLayer(layer: AdapterLayer, event: Event): Promise<void> {
    const { target } = event;
    if (target === null || !("checked" in target)) return;
    const isOn = target.checked === true;
    await this.doing.run(async () => this.adapters?.switchLayer(layer, isOn));
  }

  private async learn(): Promise<void> {
    const { adapters } = this;
    if (adapters !== undefined) await this.training.run(() => trainPersonal(adapters));
    if (this.training.error?.code === "aborted") this.training.clear();
  }

  private async take(files: readonly File[]): Promise<void> {
    await this.doing.run(async () => this.adapters?.importPersonal(await pickedPeft(files)));
  }

  private async save(): Promise<void> {
    await this.doing.run(async () => {
      const files = await this.adapters?.exportPersonal();
      if (files !== undefined) savePeft(files);
    });
  }

  private async discard(): Promise<void> {
    const agreed = await confirmInDialog({
      title: "Forget what this device taught it?",
      lines: ["Corrections are kept. What was learned from them for this device alone is deleted."],
      confirmLabel: "Forget",
      danger: true,
    });
    if (!agreed) return;
    await this.doing.run(async () => this.adapters?.removePersonal());
    await this.updateComplete;
    // The button that had the focus is gone with what it removed.
    this.renderRoot.querySelector<HTMLElement>("#learn")?.focus();
  }
}

/** There is nothing to say of clusters where there is none. */
function isShown({ layer, version }: AdapterState["layers"][number]): boolean {
  return layer !== "cluster" || version !== undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-adapters": AdaptersSection;
  }
}
