import type { State } from "./automaton.ts";

/** Text without a choice, by state: whole characters only. */
export class ForcedTexts {
  readonly #texts = new Map<State, string>();

  after(state: State): string {
    if (state.onlyByte === undefined) return "";
    let text = this.#texts.get(state);
    if (text === undefined) {
      text = textOf(forcedBytes(state));
      this.#texts.set(state, text);
    }
    return text;
  }
}

function forcedBytes(start: State): Uint8Array {
  const bytes: number[] = [];
  let state: State | null = start;
  for (let byte = start.onlyByte; byte !== undefined; byte = state?.onlyByte) {
    bytes.push(byte);
    state = state?.step(byte) ?? null;
  }
  return Uint8Array.from(bytes);
}

/** Nothing where a token has cut the first character; a last one that has a choice of endings is left out. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return "";
  }
}
