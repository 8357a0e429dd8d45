import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { type ChangeableName, isChangeable, parameterKind } from "../../core/parameter-kinds.ts";
import { brokenRule, type ParameterChanges, type Parameters, withChanges } from "../../core/parameters.ts";
import { icon } from "../icons.ts";
import { shared } from "../styles.ts";
import { choiceWords, formatParameter, rangeWords, readChange, typedValue } from "./parameter-values.ts";
import { PARAMETER_GROUPS, PARAMETER_WORDS } from "./parameter-words.ts";

export interface TypedChanges {
  /** null while none is picked. */
  readonly changes: ParameterChanges | null;
  /** False while something is missing or wrong. */
  readonly complete: boolean;
}

/** Which rules a proposal changes, and to what. Fires `changes-typed` with TypedChanges. */
@customElement("parley-change-fields")
export class ChangeFields extends LitElement {
  static override styles = [
    shared,
    css`
      :host,
      fieldset {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.9rem;
      }
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
        min-width: 0;
      }
      legend {
        padding: 0;
        margin-bottom: 0.35rem;
        font-weight: 560;
      }
      label {
        display: block;
        margin-bottom: 0.25rem;
        font-size: 0.92rem;
      }
      .field {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.4rem;
      }
      select,
      input {
        width: 100%;
        min-width: 0;
        min-height: 2.5rem;
        padding: 0 0.65rem;
        border: 1px solid var(--wa-color-neutral-border-loud);
        border-radius: var(--p-radius-s);
        background: var(--p-surface);
        color: var(--p-ink);
        font: inherit;
      }
      input[aria-invalid="true"] {
        border-color: var(--p-red);
      }
      .hint {
        margin-top: 0.25rem;
      }
      .problem {
        color: var(--p-red);
      }
    `,
  ];

  /** What holds now; nothing can be changed before that is known. */
  @property({ attribute: false }) parameters: Parameters | undefined;
  @state() private typed: ReadonlyMap<ChangeableName, string> = new Map();

  protected override render() {
    const { parameters } = this;
    if (parameters === undefined) return nothing;
    return html`<fieldset>
      <legend>Rules to change, if any</legend>
      ${repeat(
        this.typed,
        ([name]) => name,
        ([name, text]) => this.field(parameters, name, text),
      )}
      ${this.conflict(parameters)}
      <div>
        <label for="pick">${this.typed.size === 0 ? "Pick a rule" : "Pick another rule"}</label>
        <select id="pick" @change=${this.pick}>
          <option value="">${this.typed.size === 0 ? "None: this is a question" : "No other"}</option>
          ${PARAMETER_GROUPS.map(({ title, names }) => {
            const free = names.filter(isChangeable).filter((name) => !this.typed.has(name));
            return free.length === 0
              ? nothing
              : html`<optgroup label=${title}>
                ${free.map((name) => html`<option value=${name}>${PARAMETER_WORDS[name]}</option>`)}
              </optgroup>`;
          })}
        </select>
      </div>
    </fieldset>`;
  }

  private field(parameters: Parameters, name: ChangeableName, text: string): TemplateResult {
    const problem = problemOf(parameters, name, text);
    const words = PARAMETER_WORDS[name];
    return html`<div data-change=${name}>
      <label for=${name}>${words}</label>
      <div class="field">
        ${this.input(name, text, readChange(name, text).problem !== undefined)}
        <button class="plain" type="button" aria-label=${`Leave “${words}” as it is`} @click=${() => this.set(name, undefined)}>
          ${icon("xmark")}
        </button>
      </div>
      <p class="small hint quiet" id=${`${name}-hint`}>
        Now ${formatParameter(name, parameters[name])}. ${rangeWords(name)}
      </p>
      <p class="small ${text === typedValue(name, parameters[name]) ? "quiet" : "problem"}" role="status">
        ${problem ?? nothing}
      </p>
    </div>`;
  }

  private input(name: ChangeableName, text: string, invalid: boolean): TemplateResult {
    const kind = parameterKind(name);
    const type = (event: Event) => this.set(name, textIn(event));
    if (kind.kind === "choice") {
      return html`<select id=${name} aria-describedby=${`${name}-hint`} @change=${type}>
        ${kind.options.map((option) => html`<option value=${option} ?selected=${option === text}>${choiceWords(option)}</option>`)}
      </select>`;
    }
    return html`<input
      id=${name}
      autocomplete="off"
      aria-describedby=${`${name}-hint`}
      aria-invalid=${invalid ? "true" : "false"}
      .value=${text}
      @input=${type}
    />`;
  }

  /** Rules between parameters, once each value by itself is good. */
  private conflict(parameters: Parameters) {
    const changes = this.changes();
    const broken = changes === undefined ? undefined : brokenRule(withChanges(parameters, changes));
    if (broken === undefined) return nothing;
    return html`<p class="small problem" role="alert">
      These do not fit together: the network needs ${broken.expected}. Now it would be ${broken.received}.
    </p>`;
  }

  /** All that is typed; undefined while some of it is wrong. */
  private changes(): ParameterChanges | undefined {
    let all: ParameterChanges = {};
    for (const [name, text] of this.typed) {
      const { change } = readChange(name, text);
      if (change === undefined) return undefined;
      all = { ...all, ...change };
    }
    return all;
  }

  private pick(event: Event): void {
    const name = textIn(event);
    if (this.parameters === undefined || !isChangeable(name)) return;
    this.set(name, typedValue(name, this.parameters[name]));
    if (event.target instanceof HTMLSelectElement) event.target.value = "";
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#${name}`)?.focus());
  }

  /** Undefined leaves the parameter as it is. */
  private set(name: ChangeableName, text: string | undefined): void {
    const typed = new Map(this.typed);
    if (text === undefined) typed.delete(name);
    else typed.set(name, text);
    this.typed = typed;
    const { parameters } = this;
    const changes = this.changes();
    const fits =
      parameters !== undefined &&
      changes !== undefined &&
      [...typed].every(([each, value]) => problemOf(parameters, each, value) === undefined) &&
      brokenRule(withChanges(parameters, changes)) === undefined;
    const detail: TypedChanges = { changes: typed.size === 0 ? null : (changes ?? null), complete: fits };
    this.dispatchEvent(new CustomEvent<TypedChanges>("changes-typed", { detail }));
  }
}

function problemOf(parameters: Parameters, name: ChangeableName, text: string): string | undefined {
  const { change, problem } = readChange(name, text);
  if (problem !== undefined) return `That is not a value for this rule. ${problem}`;
  return change[name] === parameters[name] ? "That is what it is now: type the new value." : undefined;
}

function textIn({ target }: Event): string {
  return target !== null && "value" in target && typeof target.value === "string" ? target.value : "";
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-change-fields": ChangeFields;
  }
}
