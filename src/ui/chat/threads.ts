import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ChatService } from "../../app/parley.ts";
import type { StoredThread } from "../../ports/store.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatAge } from "../format.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

/** The kept conversations: open, delete, start another. Fires `thread-chosen` after opening or starting one. */
@customElement("parley-threads")
export class ThreadList extends LitElement {
  static override styles = [
    shared,
    css`
      .new {
        width: 100%;
        justify-content: flex-start;
        margin-bottom: 0.6rem;
        border: 1px dashed var(--wa-color-neutral-border-loud);
        min-height: 2.6rem;
        color: var(--p-ink);
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        border-radius: var(--p-radius-s);
      }
      li:hover,
      li.current {
        background: var(--p-sunken);
      }
      .open {
        appearance: none;
        display: grid;
        padding: 0.5rem 0.65rem;
        border: 0;
        border-radius: var(--p-radius-s);
        background: transparent;
        color: inherit;
        font: inherit;
        text-align: start;
        cursor: pointer;
        min-width: 0;
      }
      .title {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: 0.92rem;
        font-weight: 540;
      }
      .age {
        font-size: 0.76rem;
      }
    `,
  ];

  @property({ attribute: false }) chat: ChatService | undefined;
  private readonly threads = new Watch(this, () => this.chat?.threads);
  private readonly current = new Watch(this, () => this.chat?.current);
  private readonly working = new Action(this);

  protected override render() {
    const threads = this.threads.value ?? [];
    return html`<button class="plain new" @click=${this.start}>${icon("plus")}New thread</button>
      ${errorNotice(this.working.error)}
      ${threads.length === 0 ? html`<p class="small quiet" .style=${"padding:0.4rem 0.65rem"}>No threads yet.</p>` : nothing}
      <ul aria-label="Threads">
        ${repeat(
          threads,
          (thread) => thread.id,
          (thread) => this.row(thread),
        )}
      </ul>`;
  }

  private row(thread: StoredThread) {
    const isCurrent = this.current.value?.id === thread.id;
    return html`<li class=${isCurrent ? "current" : ""}>
      <button class="open" aria-current=${isCurrent ? "true" : nothing} @click=${() => this.open(thread)}>
        <span class="title">${thread.title}</span>
        <span class="age quiet">${formatAge(Date.now() - thread.updatedAtMs)}</span>
      </button>
      <button
        class="plain"
        aria-label=${`Delete thread ${thread.title}`}
        title="Delete"
        @click=${() => this.delete(thread)}
      >
        ${icon("trash")}
      </button>
    </li>`;
  }

  private start(): void {
    this.chat?.newThread();
    this.chosen();
  }

  private async open(thread: StoredThread): Promise<void> {
    const opened = await this.working.run(async () => this.chat?.openThread(thread.id));
    if (opened) this.chosen();
  }

  private async delete(thread: StoredThread): Promise<void> {
    const { confirmInDialog } = await import("../dialogs/confirm.ts");
    const sure = await confirmInDialog({
      title: "Delete this thread?",
      lines: [thread.title, "Its messages are removed from this device. Corrections you made stay."],
      confirmLabel: "Delete",
      danger: true,
    });
    if (sure) await this.working.run(async () => this.chat?.deleteThread(thread.id));
  }

  private chosen(): void {
    this.dispatchEvent(new CustomEvent("thread-chosen"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-threads": ThreadList;
  }
}
