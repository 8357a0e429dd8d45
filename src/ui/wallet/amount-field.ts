import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import { html, nothing, type TemplateResult } from "lit";
import type { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { formatTokens, parseTokens } from "../format.ts";
import { typedIn } from "../typed-in.ts";

/** More digits than any amount has. */
const TYPED_CHARACTERS = 32;

export interface AmountField {
  readonly label: string;
  readonly placeholder: string;
  readonly typed: string;
  onTyped(text: string): void;
}

/** Where a person types an amount of tokens. */
export function amountField({ label, placeholder, typed, onTyped }: AmountField): TemplateResult {
  return html`<wa-input
    label=${label}
    size="s"
    inputmode="decimal"
    autocomplete="off"
    maxlength=${TYPED_CHARACTERS}
    placeholder=${placeholder}
    .value=${typed}
    @input=${(event: Event) => onTyped(typedIn(event))}
  ></wa-input>`;
}

export interface TakeBackForm extends Omit<AmountField, "placeholder"> {
  /** What follows from it. */
  readonly words: string;
  readonly heldWei: bigint;
  readonly taking: Action;
  take(amountWei: bigint): void;
}

/** Takes back a part of what is held, or all. */
export function takeBackForm({ words, heldWei, taking, take, ...field }: TakeBackForm): TemplateResult {
  const amountWei = parseTokens(field.typed);
  const fits = amountWei !== undefined && amountWei > 0n && amountWei <= heldWei;
  const takeTyped = (event: Event) => {
    event.preventDefault();
    if (fits) take(amountWei);
  };
  return html`<form @submit=${takeTyped}>
    <p class="small quiet">${words}</p>
    ${amountField({ ...field, placeholder: formatTokens(heldWei) })}
    <p class="small" role="status">
      ${field.typed === "" || fits ? nothing : `An amount of at most ${formatTokens(heldWei)} tokens, like 12.5.`}
    </p>
    ${errorNotice(taking.error, () => taking.clear())}
    <div class="row">
      <wa-button size="s" variant="brand" ?disabled=${!fits} ?loading=${taking.busy} @click=${takeTyped}>Take back</wa-button>
      <wa-button size="s" appearance="outlined" ?loading=${taking.busy} @click=${() => take(heldWei)}
        >Take all back</wa-button
      >
    </div>
  </form>`;
}
