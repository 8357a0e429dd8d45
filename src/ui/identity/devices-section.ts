import "@awesome.me/webawesome/dist/components/button/button.js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { DevicesService, PairedDevice, PairingState } from "../../app/parley.ts";
import { Action } from "../action.ts";
import { confirmInDialog } from "../dialogs/confirm.ts";
import "../elements/copy-button.ts";
import { errorNotice, hintNotice } from "../elements/notice.ts";
import { formatCountdown } from "../format.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Ticker } from "../ticker.ts";
import { Watch } from "../watch.ts";
import { identityStyles } from "./identity-styles.ts";
import { qrCode } from "./qr.ts";
import { createDetector, scan } from "./scanner.ts";

/** A person's own devices: pairing another one, the list, renaming and removing. */
@customElement("parley-devices-section")
export class DevicesSection extends LitElement {
  static override styles = [shared, identityStyles];

  @property({ attribute: false }) devices: DevicesService | undefined;
  @state() private isJoining = false;
  @state() private isScanning = false;
  private readonly list = new Watch<readonly PairedDevice[]>(this, () => this.devices?.devices);
  private readonly pairing = new Watch<PairingState>(this, () => this.devices?.pairing);
  private readonly doing = new Action(this);
  private readonly scanning = new Action(this);
  protected readonly ticker = new Ticker(this);
  private readonly detector = createDetector();
  private camera: AbortController | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.camera?.abort();
    const step = this.pairing.value?.step;
    if (step === "waiting" || step === "done" || step === "failed") this.devices?.cancel();
  }

  protected override render() {
    return html`<section aria-label="Devices">
      <h3>Your devices</h3>
      <p class="small quiet">
        Each device is a node of its own. Paired ones hold a key in common, for what they share with each other and with nobody
        else.
      </p>
      ${this.devices === undefined ? hintNotice(html`<span>Pairing works in the tab that runs your node.</span>`) : this.content()}
    </section>`;
  }

  private content(): TemplateResult {
    const devices = this.list.value ?? [];
    return html`${
      devices.length === 0
        ? nothing
        : html`<ul class="list" aria-label="Paired devices">
          ${devices.map((device) => this.device(device))}
        </ul>`
    }
    <div role="status" aria-live="polite" class="stack" .style=${"gap:0.7rem"}>${this.step()}</div>
    ${errorNotice(this.doing.error, () => this.doing.clear())}`;
  }

  private device({ nodeId, name, isThis }: PairedDevice): TemplateResult {
    return html`<li>
      <span class="id">${name} ${isThis ? html`<span class="pill good">this device</span>` : nothing}</span>
      <span class="row" .style=${"gap:0.2rem"}>
        ${
          isThis
            ? html`<button class="plain" aria-label="Rename this device" title="Rename" @click=${() => this.rename(name)}>
              ${icon("pencil")}
            </button>`
            : nothing
        }
        <button
          class="plain"
          aria-label=${isThis ? "Leave the group with this device" : `Remove ${name}`}
          title=${isThis ? "Leave" : "Remove"}
          @click=${() => this.removeDevice(nodeId, name, isThis)}
        >
          ${icon("trash")}
        </button>
      </span>
    </li>`;
  }

  private step(): TemplateResult {
    const state = this.pairing.value ?? { step: "idle" };
    switch (state.step) {
      case "waiting":
        return this.waiting(state.code, state.expiresAtMs);
      case "connecting":
        return html`<p class="row small"><span class="working"></span>Reaching the other device…</p>
          ${this.cancelButton("Cancel")}`;
      case "comparing":
        return this.comparing(state.digits, state.name);
      case "finishing":
        return html`<p class="small">Waiting for ${state.name} to agree too…</p>
          ${this.cancelButton("Cancel")}`;
      case "done":
        return html`<p class="row small" data-testid="paired">${icon("check")}Paired with ${state.name}.</p>
          ${this.startButtons()}`;
      case "failed":
        return html`${errorNotice(state.error)} ${this.startButtons()}`;
      case "idle":
        return this.startButtons();
    }
  }

  private startButtons(): TemplateResult {
    return html`<div class="row">
        <wa-button size="s" appearance="outlined" ?loading=${this.doing.busy} @click=${this.invite}
          >${icon("plus", "start")}Add a device</wa-button
        >
        <wa-button size="s" appearance="outlined" aria-expanded=${this.isJoining} @click=${this.toggleJoin}
          >Join with a code</wa-button
        >
      </div>
      ${this.isJoining ? this.joinForm() : nothing}`;
  }

  private waiting(code: string, expiresAtMs: number): TemplateResult {
    return html`<p class="small">
        On the other device open Network, then Identity and devices, and choose “Join with a code”. This code works once, for
        <span class="number">${formatCountdown(expiresAtMs - Date.now())}</span> more. Show it to nobody else.
      </p>
      ${qrCode(code, "Pairing code as a picture")}
      <div class="row spread" .style=${"flex-wrap:nowrap"}>
        <span class="code" data-testid="pairing-code" tabindex="0" role="textbox" aria-readonly="true" aria-label="Pairing code"
          >${code}</span
        >
        <parley-copy .text=${code} label="Copy the code"></parley-copy>
      </div>
      ${this.cancelButton("Cancel")}`;
  }

  private joinForm(): TemplateResult {
    return html`<form @submit=${this.join}>
      ${this.isScanning ? html`<video muted playsinline aria-label="Camera"></video>` : nothing}
      <label class="field"
        >Code of the other device
        <textarea name="code" rows="3" autocomplete="off" autocapitalize="characters" spellcheck="false"></textarea>
      </label>
      ${errorNotice(this.scanning.error, () => this.scanning.clear())}
      <div class="row">
        <wa-button size="s" variant="brand" type="submit" ?loading=${this.doing.busy}>Join</wa-button>
        ${
          this.detector === undefined
            ? nothing
            : html`<wa-button size="s" appearance="outlined" @click=${this.isScanning ? this.stopScanning : this.scanCode}
              >${this.isScanning ? "Stop the camera" : "Scan with the camera"}</wa-button
            >`
        }
      </div>
    </form>`;
  }

  private comparing(digits: string, name: string): TemplateResult {
    return html`<p class="small">Does <strong>${name}</strong> show these digits?</p>
      <p class="digits" data-testid="pairing-digits" aria-label=${[...digits].join(" ")}>
        ${digits.slice(0, 3)} ${digits.slice(3)}
      </p>
      <div class="row">
        <wa-button size="s" variant="brand" @click=${() => this.devices?.confirm(true)}>They are the same</wa-button>
        <wa-button size="s" variant="danger" appearance="outlined" @click=${() => this.devices?.confirm(false)}
          >They differ</wa-button
        >
      </div>`;
  }

  private cancelButton(label: string): TemplateResult {
    return html`<div>
      <wa-button size="s" appearance="plain" @click=${() => this.devices?.cancel()}>${label}</wa-button>
    </div>`;
  }

  private async invite(): Promise<void> {
    this.isJoining = false;
    await this.doing.run(async () => this.devices?.invite());
  }

  private toggleJoin(): void {
    this.isJoining = !this.isJoining;
    this.doing.clear();
    this.devices?.cancel();
    if (!this.isJoining) this.stopScanning();
  }

  private async join(event: Event): Promise<void> {
    event.preventDefault();
    this.stopScanning();
    const code = this.renderRoot.querySelector("textarea")?.value ?? "";
    const isReached = await this.doing.run(async () => this.devices?.join(code));
    if (isReached) this.isJoining = false;
    // What went wrong stands in the pairing's state already.
    else if (this.pairing.value?.step === "failed") this.doing.clear();
  }

  private async scanCode(): Promise<void> {
    const { detector } = this;
    if (detector === undefined) return;
    const camera = new AbortController();
    this.camera = camera;
    this.isScanning = true;
    await this.updateComplete;
    const video = this.renderRoot.querySelector("video");
    let code: string | undefined;
    await this.scanning.run(async () => {
      if (video !== null) code = await scan(detector, video, camera.signal);
    });
    this.isScanning = false;
    if (camera.signal.aborted) this.scanning.clear();
    const field = this.renderRoot.querySelector("textarea");
    if (code !== undefined && field !== null) field.value = code;
  }

  private stopScanning(): void {
    this.camera?.abort();
    this.isScanning = false;
  }

  private async rename(before: string): Promise<void> {
    const name = window.prompt("A name for this device", before);
    if (name !== null) await this.doing.run(async () => this.devices?.renameThis(name));
  }

  private async removeDevice(nodeId: string, name: string, isThis: boolean): Promise<void> {
    const agreed = await confirmInDialog({
      title: isThis ? "Leave the group?" : `Remove ${name}?`,
      lines: [
        isThis
          ? "This device forgets the group. What it holds already stays on it."
          : "The other devices get a new key at once, or when they next meet one that has it. What the removed one has seen stays seen.",
      ],
      confirmLabel: isThis ? "Leave" : "Remove",
      danger: true,
    });
    if (agreed) await this.doing.run(async () => this.devices?.remove(nodeId));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-devices-section": DevicesSection;
  }
}
