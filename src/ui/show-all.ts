import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from "lit";

/** A long list that shows its first entries, and the rest when asked. */
export class ShowAll implements ReactiveController {
  #all = false;
  readonly #host: ReactiveControllerHost;
  readonly #atFirst: number;

  constructor(host: ReactiveControllerHost, atFirst: number) {
    this.#host = host;
    this.#atFirst = atFirst;
    host.addController(this);
  }

  hostConnected(): void {}

  shown<Entry>(entries: readonly Entry[]): readonly Entry[] {
    return this.#all ? entries : entries.slice(0, this.#atFirst);
  }

  /** Nothing where all is shown from the first. */
  button(entries: readonly unknown[]): TemplateResult | typeof nothing {
    if (entries.length <= this.#atFirst) return nothing;
    return html`<button class="plain" aria-expanded=${this.#all ? "true" : "false"} @click=${this.#turn}>
      ${this.#all ? "Show fewer" : `Show all ${entries.length}`}
    </button>`;
  }

  readonly #turn = () => {
    this.#all = !this.#all;
    this.#host.requestUpdate();
  };
}
