import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/textarea/textarea.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Comment, DocumentService } from "../../app/parley.ts";
import { LIMITS } from "../../core/limits.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatAge, nodeName, plural } from "../format.ts";
import { icon } from "../icons.ts";
import { nodeLabel } from "../node-name.ts";
import { shared } from "../styles.ts";
import { typedIn } from "../typed-in.ts";
import { Watch } from "../watch.ts";

/** What people say about one proposal. Opened on demand: who reads it also keeps it for others. */
@customElement("parley-discussion")
export class DiscussionPanel extends LitElement {
  static override styles = [
    shared,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.8rem;
        border-block-start: 1px solid var(--p-line);
        padding-block-start: 0.6rem;
      }
      ol {
        display: grid;
        gap: 0.7rem;
      }
      li {
        border-inline-start: 3px solid var(--p-line);
        padding-inline-start: 0.8rem;
      }
      li.reply {
        margin-inline-start: 1.4rem;
      }
      li.own {
        border-color: var(--p-brand);
      }
      .words {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .answering {
        padding: 0.4rem 0.7rem;
        border-radius: var(--p-radius-s);
        background: var(--p-sunken);
      }
      form {
        display: grid;
        gap: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) documents: DocumentService | undefined;
  @property({ attribute: false }) proposal = "";
  @property({ attribute: false }) ownNodeId: string | undefined;
  @state() private open = false;
  @state() private words = "";
  @state() private answering: Comment | undefined;
  private readonly views = new Watch(this, () => this.documents?.discussions);
  private readonly opening = new Action(this);
  private readonly saying = new Action(this);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.open) this.toggle();
  }

  protected override render() {
    if (this.documents === undefined) return nothing;
    const view = this.views.value?.get(this.proposal);
    const comments = view?.comments ?? [];
    return html`<section aria-label="Discussion">
      <div class="row spread">
        <button class="plain" aria-expanded=${this.open ? "true" : "false"} @click=${this.toggle}>
          ${icon("chat")}${this.open ? `Discussion, ${plural(comments.length, "comment")}` : "Discussion"}
        </button>
        ${
          (view?.present.length ?? 0) === 0
            ? nothing
            : html`<span class="pill good"><i class="dot"></i>${plural(view?.present.length ?? 0, "other")} reading</span>`
        }
      </div>
      ${errorNotice(this.opening.error, () => this.opening.clear())}
      ${this.open ? this.talk(comments) : nothing}
    </section>`;
  }

  private talk(comments: readonly Comment[]): TemplateResult {
    return html`${
      comments.length === 0
        ? html`<p class="small quiet">Nobody has said anything yet.</p>`
        : html`<ol role="log" aria-label="Comments">
          ${repeat(
            inThreads(comments),
            ({ id }) => id,
            (comment) => this.comment(comment),
          )}
        </ol>`
    }
    <form @submit=${this.say}>
      ${
        this.answering === undefined
          ? nothing
          : html`<div class="row spread answering small">
            <span>Answering ${nodeName(this.answering.author, this.ownNodeId)}</span>
            <button
              class="plain"
              type="button"
              @click=${() => {
                this.answering = undefined;
              }}
            >
              Not this one
            </button>
          </div>`
      }
      <wa-textarea
        label="Your comment"
        hint="Signed with your key and kept by everyone who reads it."
        maxlength=${LIMITS.commentCharacters}
        rows="2"
        resize="auto"
        .value=${this.words}
        @input=${(event: Event) => {
          this.words = typedIn(event);
        }}
      ></wa-textarea>
      ${errorNotice(this.saying.error, () => this.saying.clear())}
      <div class="row">
        <wa-button size="s" ?loading=${this.saying.busy} ?disabled=${this.words.trim() === ""} @click=${this.say}
          >Comment</wa-button
        >
      </div>
    </form>`;
  }

  private comment(comment: Comment): TemplateResult {
    const own = comment.author === this.ownNodeId;
    const classes = `${own ? "own" : ""} ${comment.replyTo === undefined ? "" : "reply"}`;
    return html`<li class=${classes}>
      <p class="small quiet">
        ${nodeLabel(comment.author, this.ownNodeId)}
        · ${formatAge(Date.now() - comment.atMs)}
      </p>
      <p class="words">${comment.text}</p>
      <div class="row">
        <button
          class="plain"
          @click=${() => {
            this.answering = comment;
          }}
        >
          Answer
        </button>
        ${
          own
            ? html`<button
              class="plain"
              @click=${() =>
                this.saying.run(async () => this.documents?.removeComment(this.proposal, comment.id))}
            >
              Take back
            </button>`
            : nothing
        }
      </div>
    </li>`;
  }

  private async toggle(): Promise<void> {
    this.open = !this.open;
    const { documents, proposal } = this;
    await this.opening.run(async () =>
      this.open ? documents?.openDiscussion(proposal) : documents?.closeDiscussion(proposal),
    );
  }

  private async say(event: Event): Promise<void> {
    event.preventDefault();
    const said = await this.saying.run(async () =>
      this.documents?.say(this.proposal, this.words, this.answering?.id),
    );
    if (!said) return;
    this.words = "";
    this.answering = undefined;
  }
}

/** Each comment followed by the answers to it; an answer to what is gone stands where its time puts it. */
function inThreads(comments: readonly Comment[]): readonly Comment[] {
  const rootOf = new Map<string, string>();
  for (const { id, replyTo } of comments) rootOf.set(id, rootOf.get(replyTo ?? "") ?? id);
  const order = new Map(comments.map(({ id }, index) => [id, index]));
  const place = ({ id }: Comment): number => order.get(rootOf.get(id) ?? id) ?? 0;
  return [...comments].sort((a, b) => place(a) - place(b) || a.atMs - b.atMs);
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-discussion": DiscussionPanel;
  }
}
