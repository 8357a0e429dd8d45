import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import "@awesome.me/webawesome/dist/components/textarea/textarea.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { DocumentService, DraftInfo } from "../../app/parley.ts";
import { LIMITS } from "../../core/limits.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { nodeName, plural } from "../format.ts";
import { icon } from "../icons.ts";
import { nodeLabel } from "../node-name.ts";
import { shared } from "../styles.ts";
import { typedIn } from "../typed-in.ts";
import { Watch } from "../watch.ts";

export interface ReadyDraft {
  readonly title: string;
  readonly text: string;
}

const NODE_ID = /^[0-9a-f]{64}$/;

/** Proposals that people write together before one of them signs. Fires `draft-ready` with a ReadyDraft. */
@customElement("parley-drafts")
export class DraftsPanel extends LitElement {
  static override styles = [
    shared,
    css`
      section,
      .draft {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.8rem;
      }
      ul {
        display: grid;
        gap: 0.2rem;
      }
      li {
        border-block-start: 1px solid var(--p-line);
        padding-block: 0.5rem;
      }
      .title {
        overflow-wrap: anywhere;
      }
      form {
        display: flex;
        gap: 0.6rem;
        align-items: end;
        flex-wrap: wrap;
      }
      wa-input {
        flex: 1 1 12rem;
      }
    `,
  ];

  @property({ attribute: false }) documents: DocumentService | undefined;
  @property({ attribute: false }) ownNodeId: string | undefined;
  @state() private opened: string | undefined;
  @state() private heading = "";
  @state() private invited = "";
  private readonly drafts = new Watch(this, () => this.documents?.drafts);
  private readonly views = new Watch(this, () => this.documents?.openedDrafts);
  private readonly doing = new Action(this);
  private readonly writing = new Action(this);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    const { documents, opened } = this;
    if (opened !== undefined) void documents?.closeDraft(opened);
    this.opened = undefined;
  }

  protected override render() {
    if (this.documents === undefined) return nothing;
    const drafts = this.drafts.value ?? [];
    return html`<section class="panel" aria-label="Drafts">
      <div>
        <h2>Drafts</h2>
        <p class="small quiet">Write a proposal together. Everybody on the network can read it; its editors can change it.</p>
      </div>
      ${errorNotice(this.doing.error, () => this.doing.clear())}
      ${
        drafts.length === 0
          ? nothing
          : html`<ul>
            ${repeat(
              drafts,
              ({ id }) => id,
              (draft) =>
                html`<li>${this.line(draft)}${this.opened === draft.id ? this.editor(draft) : nothing}</li>`,
            )}
          </ul>`
      }
      <form @submit=${this.create}>
        <wa-input
          label="What a new draft is called"
          maxlength=${LIMITS.proposalTitleCharacters}
          .value=${this.heading}
          @input=${(event: Event) => {
            this.heading = typedIn(event);
          }}
        ></wa-input>
        <wa-button variant="brand" ?disabled=${this.heading.trim() === ""} ?loading=${this.doing.busy} @click=${this.create}
          >Begin</wa-button
        >
      </form>
    </section>`;
  }

  private line(draft: DraftInfo): TemplateResult {
    const open = this.opened === draft.id;
    return html`<div class="row spread">
      <div class="title">
        ${draft.title}
        <span class="small quiet">
          · by ${nodeLabel(draft.owner, this.ownNodeId)},
          ${plural(draft.editors.length, "editor")}
        </span>
      </div>
      <button
        class="plain"
        aria-expanded=${open ? "true" : "false"}
        aria-label=${open ? `Close ${draft.title}` : `Open ${draft.title}`}
        @click=${() => this.toggle(draft.id)}
      >
        ${open ? "Close" : "Open"}
      </button>
    </div>`;
  }

  private editor(draft: DraftInfo): TemplateResult {
    const view = this.views.value?.get(draft.id);
    if (view === undefined) return html`<p class="small quiet" role="status">Opening…</p>`;
    const mine = draft.owner === this.ownNodeId;
    return html`<div class="draft">
      <wa-textarea
        label="Text of the draft"
        hint=${view.mayWrite ? "What others write at the same time is kept." : "Only its editors can change it."}
        maxlength=${LIMITS.draftTextCharacters}
        rows="5"
        resize="auto"
        ?readonly=${!view.mayWrite}
        .value=${view.text}
        @input=${(event: Event) => this.write(draft.id, typedIn(event))}
      ></wa-textarea>
      <p class="small quiet" role="status">
        ${
          view.present.length === 0
            ? "Nobody else has it open."
            : `Also here: ${view.present.map(({ nodeId }) => nodeName(nodeId, this.ownNodeId)).join(", ")}`
        }
      </p>
      ${errorNotice(this.writing.error, () => this.writing.clear())}
      ${mine ? this.invite(draft) : nothing}
      <div class="row">
        <wa-button
          size="s"
          variant="brand"
          ?disabled=${view.text.trim() === ""}
          @click=${() => this.propose({ title: draft.title, text: view.text })}
          >${icon("vote", "start")}Make it a proposal</wa-button
        >
        ${
          mine
            ? html`<wa-button size="s" appearance="plain" @click=${() => this.delete(draft.id)}>Delete</wa-button>`
            : nothing
        }
      </div>
    </div>`;
  }

  private invite(draft: DraftInfo): TemplateResult {
    return html`<form @submit=${(event: Event) => this.addEditor(event, draft)}>
      <wa-input
        label="Node id of another editor"
        size="s"
        .value=${this.invited}
        @input=${(event: Event) => {
          this.invited = typedIn(event).trim().toLowerCase();
        }}
      ></wa-input>
      <wa-button
        size="s"
        ?disabled=${!NODE_ID.test(this.invited)}
        @click=${(event: Event) => this.addEditor(event, draft)}
        >Let them write</wa-button
      >
    </form>`;
  }

  private async create(event: Event): Promise<void> {
    event.preventDefault();
    await this.doing.run(async () => {
      const draft = await this.documents?.createDraft(this.heading);
      this.heading = "";
      if (draft !== undefined) await this.show(draft.id);
    });
  }

  private async addEditor(event: Event, { id, owner, editors }: DraftInfo): Promise<void> {
    event.preventDefault();
    const others = [...editors.filter((editor) => editor !== owner), this.invited];
    if (await this.writing.run(async () => this.documents?.setEditors(id, others))) this.invited = "";
  }

  private async delete(id: string): Promise<void> {
    await this.doing.run(async () => {
      await this.show(undefined);
      await this.documents?.deleteDraft(id);
    });
  }

  private async write(id: string, text: string): Promise<void> {
    try {
      await this.documents?.writeDraft(id, text);
    } catch (thrown) {
      await this.writing.run(() => Promise.reject(thrown));
    }
  }

  private async toggle(id: string): Promise<void> {
    await this.doing.run(() => this.show(this.opened === id ? undefined : id));
  }

  private async show(id: string | undefined): Promise<void> {
    const before = this.opened;
    this.opened = id;
    if (before !== undefined) await this.documents?.closeDraft(before);
    if (id !== undefined) await this.documents?.openDraft(id);
  }

  private propose(ready: ReadyDraft): void {
    this.dispatchEvent(new CustomEvent<ReadyDraft>("draft-ready", { detail: ready }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-drafts": DraftsPanel;
  }
}
