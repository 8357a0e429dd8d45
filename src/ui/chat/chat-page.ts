import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { icon } from "../icons.ts";
import { MediaQuery } from "../media-query.ts";
import type { Services } from "../services.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";
import { chatStyles } from "./chat-styles.ts";
import type { Composer } from "./composer.ts";
import "./composer.ts";
import { modelStatus } from "./model-status.ts";
import "./threads.ts";
import "./turn.ts";

const SUGGESTIONS = [
  "What is an epoch?",
  "What does donating do?",
  "How do I vote on a proposal?",
  "What leaves my device?",
] as const;

/** How near to its end the log must be scrolled to keep following a growing answer. */
const FOLLOW_WITHIN_PX = 80;

@customElement("parley-chat")
export class ChatPage extends LitElement {
  static override styles = [shared, chatStyles];

  @property({ attribute: false }) parley: Services | undefined;
  @state() private drawerOpen = false;
  @state() private modelsOpen = false;

  private readonly model = new Watch(this, () => this.parley?.chat.model);
  private readonly current = new Watch(this, () => this.parley?.chat.current);
  private readonly turns = new Watch(this, () => this.parley?.chat.turns);
  private readonly live = new Watch(this, () => this.parley?.chat.live);
  private readonly wide = new MediaQuery(this, "(min-width: 75rem)");
  private readonly modelProblem = new Watch(this, () => this.parley?.models?.problem);
  private readonly answering = new Action(this);
  private following = true;
  private readonly resized = new ResizeObserver(() => this.follow());

  protected override render() {
    return html`${this.wide.matches ? html`<aside class="side">${this.threadList()}</aside>` : this.drawer()}
      <section class="chat" aria-label="Chat">
        <div class="bar">
          ${
            this.wide.matches
              ? nothing
              : html`<button class="plain" @click=${this.openDrawer}>${icon("threads")}Threads</button>`
          }
          ${modelStatus(this.model.value, () => this.parley?.chat.reloadModel())}
          ${this.parley?.models === undefined ? nothing : this.modelsButton()}
        </div>
        <div
          class="log"
          role="log"
          aria-label="Conversation"
          aria-live="polite"
          aria-busy=${this.live.value === undefined ? "false" : "true"}
          tabindex="0"
          @scroll=${this.scrolled}
        >
          <div class="column">${this.conversation()}</div>
        </div>
        <div class="foot">
          ${errorNotice(this.modelProblem.value)}
          ${errorNotice(this.answering.error, () => this.answering.clear())}
          <parley-composer
            ?answering=${this.live.value !== undefined}
            @submit-message=${(event: CustomEvent<string>) => this.send(event.detail)}
            @stop-answer=${() => this.parley?.chat.stop()}
          ></parley-composer>
          <p class="note small quiet">It can be wrong. Correct it, and it learns.</p>
        </div>
      </section>
      ${
        this.modelsOpen
          ? html`<parley-models-dialog
            .models=${this.parley?.models}
            .adapters=${this.parley?.adapters}
            @models-closed=${() => {
              this.modelsOpen = false;
            }}
          ></parley-models-dialog>`
          : nothing
      }`;
  }

  private modelsButton() {
    return html`<button class="plain" aria-label="Models" title="Models" @click=${this.openModels}>
      ${icon("chevron-down")}
    </button>`;
  }

  private async openModels(): Promise<void> {
    await import("../models/models-dialog.ts");
    this.modelsOpen = true;
  }

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed);
    const column = this.renderRoot.querySelector(".column");
    if (column !== null) this.resized.observe(column);
    if (this.log !== null) this.resized.observe(this.log);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  /** Answers, editors and fonts change the height after rendering: keep the end in sight if it was. */
  private follow(): void {
    const { log } = this;
    if (log !== null && this.following && this.turns.value?.length) log.scrollTop = log.scrollHeight;
  }

  private conversation() {
    const turns = this.turns.value ?? [];
    const live = this.live.value;
    const liveHere = live !== undefined && live.threadId === this.current.value?.id;
    if (turns.length === 0 && !liveHere) return this.welcome();
    const last = turns.at(-1);
    return html`<h1 class="visually-hidden">${this.current.value?.title ?? "Chat"}</h1>
      ${repeat(
        turns,
        (turn) => turn.id,
        (turn) =>
          html`<parley-turn
          .turn=${turn}
          .corrections=${this.parley?.corrections}
          ?retryable=${turn === last && live === undefined && !this.answering.busy}
          @retry-answer=${this.retry}
        ></parley-turn>`,
      )}${liveHere ? html`<parley-turn .live=${live.text}></parley-turn>` : nothing}`;
  }

  private welcome() {
    return html`<div class="welcome">
      <img src="/icons/parley.svg" alt="" width="56" height="56" />
      <h1>Ask. Correct. Teach.</h1>
      <p class="quiet">
        Parley runs in this tab and belongs to the people who use it. What you type stays on this device.
      </p>
      <div class="suggestions" role="group" aria-label="Suggestions">
        ${SUGGESTIONS.map(
          (text) => html`<button class="suggestion" @click=${() => this.send(text)}>${text}</button>`,
        )}
      </div>
    </div>`;
  }

  private threadList() {
    return html`<parley-threads
      .chat=${this.parley?.chat}
      @thread-chosen=${this.threadChosen}
    ></parley-threads>`;
  }

  private drawer() {
    return html`<wa-drawer
      label="Threads"
      placement="start"
      light-dismiss
      ?open=${this.drawerOpen}
      @wa-after-hide=${this.drawerClosed}
      >${this.drawerOpen ? this.threadList() : nothing}</wa-drawer
    >`;
  }

  private async openDrawer(): Promise<void> {
    await import("@awesome.me/webawesome/dist/components/drawer/drawer.js");
    this.drawerOpen = true;
  }

  private drawerClosed(event: Event): void {
    if (event.target !== event.currentTarget) return;
    // Closed by choosing a thread: before now, everything behind the drawer was inert.
    if (!this.drawerOpen) this.composer?.focus();
    this.drawerOpen = false;
  }

  private threadChosen(): void {
    this.following = true;
    this.answering.clear();
    if (!this.drawerOpen) void this.updateComplete.then(() => this.composer?.focus());
    this.drawerOpen = false;
  }

  private scrolled(): void {
    const { log } = this;
    if (log === null) return;
    this.following = log.scrollHeight - log.scrollTop - log.clientHeight < FOLLOW_WITHIN_PX;
  }

  private async send(text: string): Promise<void> {
    const chat = this.parley?.chat;
    if (chat === undefined) {
      this.composer?.fill(text);
      return;
    }
    this.following = true;
    this.composer?.focus();
    const sent = await this.answering.run(() => chat.send(text));
    const kept = this.turns.value?.at(-1)?.content === text;
    // Once kept, the question stands in the thread with a Retry button.
    if (!sent && !kept) this.composer?.fill(text);
  }

  private async retry(): Promise<void> {
    this.following = true;
    await this.answering.run(async () => this.parley?.chat.retry());
  }

  private get log(): HTMLElement | null {
    return this.renderRoot.querySelector(".log");
  }

  private get composer(): Composer | null {
    return this.renderRoot.querySelector("parley-composer");
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-chat": ChatPage;
  }
}
