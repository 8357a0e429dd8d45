import { html, type TemplateResult } from "lit";
import type { ModelStatus } from "../../app/parley.ts";
import { percentOf } from "../elements/progress.ts";
import { shorten } from "../format.ts";
import { inWords } from "../words.ts";

const LONGEST_VERSION = 18;

/** One line on what answers: loading, ready (version, provider), or why not and what can be done. */
export function modelStatus(status: ModelStatus | undefined, tryAgain: () => void): TemplateResult {
  return html`<div class="model small" role="status" aria-label="Model" aria-busy=${status?.state === "loading" ? "true" : "false"} data-testid="model-status">
    ${line(status, tryAgain)}
  </div>`;
}

function line(status: ModelStatus | undefined, tryAgain: () => void): TemplateResult {
  if (status === undefined) return html`<span class="pill wait"><i class="dot"></i>Starting</span>`;
  if (status.state === "failed") {
    return html`<span class="pill bad"><i class="dot"></i>Model failed</span>
      <span>${inWords(status.error)}</span>
      <button class="plain" @click=${tryAgain}>Try again</button>`;
  }
  if (status.state === "loading") {
    const percent = percentOf(status.progress);
    return html`<span class="pill wait number"
        ><i class="dot"></i>${status.progress.step}${percent === undefined ? "" : ` ${percent} %`}</span
      >
      <span class="quiet provider">You can type already.</span>`;
  }
  const { info, version } = status;
  return html`<span class="pill good"><i class="dot"></i>${info.name}</span>
    <span class="quiet provider" title=${version}>version ${versionName(version)}</span>
    <span class="quiet provider">${providerName(info.provider, info.threads)}</span>`;
}

export function versionName(version: string): string {
  return version.length > LONGEST_VERSION ? shorten(version, 8, 4) : version;
}

export function providerName(provider: "wasm" | "webgpu" | "cpu", threads: number): string {
  if (provider === "webgpu") return "on your graphics card";
  return threads === 1 ? "on 1 core of this device" : `on ${threads} cores of this device`;
}
