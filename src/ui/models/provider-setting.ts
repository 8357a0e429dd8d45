import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { ModelProvider } from "../../app/parley.ts";

const CHOICES: readonly { readonly provider: ModelProvider; readonly name: string; readonly note: string }[] =
  [
    { provider: "auto", name: "Whatever is faster here", note: "Measured when a model is loaded." },
    { provider: "wasm", name: "Processor", note: "WebAssembly. Runs on every device." },
    {
      provider: "webgpu",
      name: "Graphics processor",
      note: "WebGPU. Without a usable one, the processor answers.",
    },
  ];

/** What computes answers. */
export function providerSetting(
  chosen: ModelProvider,
  onChoice: (provider: ModelProvider) => void,
): TemplateResult {
  return html`<fieldset>
    <legend>Where it runs</legend>
    ${CHOICES.map(
      ({ provider, name, note }) => html`<label class="check">
        <input
          type="radio"
          name="provider"
          .checked=${live(provider === chosen)}
          @change=${() => onChoice(provider)}
        />
        <span>${name}<br /><span class="small quiet">${note}</span></span>
      </label>`,
    )}
    <p class="small quiet">Counts from the next time a model is loaded. Large models always run on the graphics processor.</p>
  </fieldset>`;
}
