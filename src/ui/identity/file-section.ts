import "@awesome.me/webawesome/dist/components/button/button.js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { IdentityService, IdentityStatus, ProfilePreview } from "../../app/parley.ts";
import type { Progress } from "../../ports/progress.ts";
import { Action } from "../action.ts";
import { choiceStyles } from "../choice-styles.ts";
import { confirmInDialog } from "../dialogs/confirm.ts";
import "../elements/file-button.ts";
import { errorNotice } from "../elements/notice.ts";
import { progressBar } from "../elements/progress.ts";
import { plural, shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { identityStyles } from "./identity-styles.ts";
import { confirmReplacing } from "./phrase-section.ts";

const PARTS = [
  ["threads", "Chats"],
  ["corrections", "Corrections"],
  ["personalAdapter", "What this device has learnt for itself"],
  ["settings", "Settings"],
] as const;

/** The profile as an encrypted file, out and in. */
@customElement("parley-file-section")
export class FileSection extends LitElement {
  static override styles = [shared, choiceStyles, identityStyles];

  @property({ attribute: false }) identity: IdentityService | undefined;
  @state() private mode: "none" | "export" | "import" = "none";
  @state() private progress: Progress | undefined;
  @state() private file: File | undefined;
  @state() private preview: ProfilePreview | undefined;
  @state() private saved = "";
  private readonly status = new Watch<IdentityStatus>(this, () => this.identity?.status);
  private readonly doing = new Action(this);

  protected override render() {
    return html`<section aria-label="Export and import">
      <h3>Export and import</h3>
      <p class="small quiet">The identity and what you choose besides, in one file that only your passphrase opens.</p>
      <div class="row">
        <wa-button
          size="s"
          appearance="outlined"
          aria-expanded=${this.mode === "export"}
          ?disabled=${this.status.value?.nodeId === undefined}
          @click=${() => this.open("export")}
          >Export</wa-button
        >
        <wa-button
          size="s"
          appearance="outlined"
          aria-expanded=${this.mode === "import"}
          @click=${() => this.open("import")}
          >Import</wa-button
        >
      </div>
      ${this.mode === "export" ? this.exportForm() : this.mode === "import" ? this.importForm() : nothing}
      ${this.progress === undefined ? nothing : progressBar(this.progress)}
      ${errorNotice(this.doing.error, () => this.doing.clear())}
      <p class="small" role="status">${this.saved}</p>
    </section>`;
  }

  private exportForm(): TemplateResult {
    return html`<form @submit=${this.export}>
      <fieldset>
        <legend class="small">Besides the identity</legend>
        ${PARTS.map(
          ([name, label]) =>
            html`<label class="check"><input type="checkbox" name=${name} checked />${label}</label>`,
        )}
      </fieldset>
      <label class="check"
        ><input type="checkbox" name="isMoving" ?disabled=${this.status.value?.isNodeHere !== true} /><span
          >Move: this device writes no more with this identity. The next one goes on at once.</span
        ></label
      >
      ${this.passphrase("Passphrase, at least 10 characters", "new-password")}
      <div>
        <wa-button size="s" variant="brand" type="submit" ?loading=${this.doing.busy}
          >Save the file</wa-button
        >
      </div>
    </form>`;
  }

  private importForm(): TemplateResult {
    const { preview } = this;
    if (preview !== undefined) return this.previewed(preview);
    return html`<form @submit=${this.read}>
      <div class="row">
        <parley-file-button label="Pick a file" accept=".parley" @files-picked=${this.picked}></parley-file-button>
        <span class="small quiet id">${this.file?.name ?? "No file yet"}</span>
      </div>
      ${this.passphrase("Its passphrase", "off")}
      <div>
        <wa-button
          size="s"
          variant="brand"
          type="submit"
          ?disabled=${this.file === undefined}
          ?loading=${this.doing.busy}
          >Open the file</wa-button
        >
      </div>
    </form>`;
  }

  private previewed(preview: ProfilePreview): TemplateResult {
    const { threads, pairs, adapters, nodeId, exportedAtMs, isFinal } = preview;
    return html`<div class="stack" .style=${"gap:0.7rem"} data-testid="profile-preview">
      <p class="small">
        Node <span class="mono">${shorten(nodeId, 8, 8)}</span>, exported on ${new Date(exportedAtMs).toLocaleString()}:
        ${plural(threads, "chat")}, ${plural(pairs, "correction")}${adapters > 0 ? ", what it learnt" : ""}.
        ${isFinal ? "The other device writes no more." : "The other device may still use this identity: end it there first."}
      </p>
      <div class="row">
        <wa-button size="s" variant="danger" ?loading=${this.doing.busy} @click=${() => this.use(true)}
          >Take over identity and data</wa-button
        >
        <wa-button size="s" appearance="outlined" ?loading=${this.doing.busy} @click=${() => this.use(false)}
          >Data only</wa-button
        >
      </div>
    </div>`;
  }

  private passphrase(label: string, autocomplete: "new-password" | "off"): TemplateResult {
    return html`<label class="field"
      >${label}<input type="password" name="passphrase" autocomplete=${autocomplete}
    /></label>`;
  }

  private open(mode: "export" | "import"): void {
    this.mode = this.mode === mode ? "none" : mode;
    this.preview = undefined;
    this.file = undefined;
    this.saved = "";
    this.doing.clear();
  }

  private picked(event: CustomEvent<readonly File[]>): void {
    this.file = event.detail[0];
  }

  private async export(event: Event): Promise<void> {
    event.preventDefault();
    const isMoving = this.isChecked("isMoving");
    if (isMoving && !(await confirmMoving())) return;
    await this.working(async () => {
      const file = await this.identity?.exportProfile(
        {
          threads: this.isChecked("threads"),
          corrections: this.isChecked("corrections"),
          personalAdapter: this.isChecked("personalAdapter"),
          settings: this.isChecked("settings"),
          isMoving,
          passphrase: this.typedPassphrase(),
        },
        this.onProgress,
      );
      if (file === undefined) return;
      save(file, `parley-${this.status.value?.nodeId?.slice(0, 8) ?? "profile"}.parley`);
      this.mode = "none";
      this.saved = "The file is saved. Keep it and its passphrase apart.";
    });
  }

  private async read(event: Event): Promise<void> {
    event.preventDefault();
    const { file } = this;
    if (file === undefined) return;
    await this.working(async () => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      this.preview = await this.identity?.readProfile(bytes, this.typedPassphrase(), this.onProgress);
    });
  }

  private async use(withIdentity: boolean): Promise<void> {
    if (withIdentity && !(await confirmReplacing())) return;
    await this.working(async () => this.preview?.use(withIdentity));
  }

  private readonly onProgress = (progress: Progress): void => {
    this.progress = progress;
  };

  private async working(task: () => Promise<void>): Promise<void> {
    await this.doing.run(task);
    this.progress = undefined;
  }

  private isChecked(name: string): boolean {
    return this.input(name)?.checked === true;
  }

  private typedPassphrase(): string {
    return this.input("passphrase")?.value ?? "";
  }

  private input(name: string): HTMLInputElement | null {
    return this.renderRoot.querySelector<HTMLInputElement>(`input[name="${name}"]`);
  }
}

function confirmMoving(): Promise<boolean> {
  return confirmInDialog({
    title: "Move this identity away?",
    lines: [
      "From now on this device signs nothing with it: it stops donating and voting.",
      "The file says where its log ends, so that the next device goes on without waiting. You can take it back here later.",
    ],
    confirmLabel: "Move",
    danger: true,
  });
}

/** As a download. What is in it is encrypted already. */
function save(bytes: Uint8Array, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes.slice()], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-file-section": FileSection;
  }
}
