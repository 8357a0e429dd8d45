import { html, nothing, type TemplateResult } from "lit";
import type { ModelChoice } from "../../app/parley.ts";
import "../elements/copy-button.ts";
import { formatBytes, formatCount } from "../format.ts";

export interface ModelActions {
  readonly chosen: boolean;
  readonly disabled: boolean;
  /** What is missing stands above the list already. */
  readonly lackSaid: boolean;
  readonly use: () => void;
  readonly remove: () => void;
  readonly share: () => void;
}

const ANSWERS_NOW = html`<span class="pill good"><i class="dot"></i>answers now</span>`;

/** One model: what it is, what it takes, what this device lacks, and what can be done with it. */
export function modelCard(model: ModelChoice, actions: ModelActions): TemplateResult {
  return html`<li class="card" data-model=${model.id}>
    <div class="row spread">
      <h3>${model.name}</h3>
      ${actions.chosen ? ANSWERS_NOW : nothing}
    </div>
    <p class="small quiet number">${facts(model)}</p>
    ${licence(model)}
    ${actions.lackSaid ? nothing : model.missing.map((sentence) => html`<p class="small lacking">${sentence}</p>`)}
    ${buttons(model, actions)} ${passOn(model)}
  </li>`;
}

function facts({ parameters, bytes, memoryBytes, state, kind }: ModelChoice): string {
  const here = state === "ready" ? "on this device" : state === "partial" ? "partly here" : "to download";
  return [
    parameters === undefined ? undefined : `${formatCount(parameters)} parameters`,
    kind === "shipped" ? `${formatBytes(bytes)}, part of the app` : `${formatBytes(bytes)} ${here}`,
    memoryBytes === undefined || memoryBytes === 0
      ? undefined
      : `${formatBytes(memoryBytes)} of memory while it answers`,
  ]
    .filter((fact) => fact !== undefined)
    .join(" · ");
}

function licence({ licence }: ModelChoice): TemplateResult | typeof nothing {
  if (licence === undefined) return nothing;
  return html`<p class="small">
    Licence: <a href=${licence.url} target="_blank" rel="noreferrer">${licence.name}</a>
  </p>`;
}

function passOn({ name, sharedAs: cid }: ModelChoice): TemplateResult | typeof nothing {
  if (cid === undefined) return nothing;
  return html`<div class="shared" role="status">
    <p class="small">
      Pass this on; peers get ${name} from here while this page is open.<br /><span class="mono cid" data-testid="shared-cid"
        >${cid}</span
      >
    </p>
    <parley-copy .text=${cid} label="Copy the CID"></parley-copy>
  </div>`;
}

function buttons(model: ModelChoice, actions: ModelActions): TemplateResult | typeof nothing {
  const usable = !actions.chosen && model.missing.length === 0;
  const shareable = model.kind === "own" && model.state === "ready" && model.sharedAs === undefined;
  const removable = model.kind !== "shipped" && model.state !== "absent";
  if (!usable && !removable) return nothing;
  return html`<div class="row">
    ${
      usable
        ? html`<wa-button
          size="s"
          variant=${model.state === "ready" ? "brand" : "neutral"}
          appearance=${model.state === "ready" ? "accent" : "outlined"}
          ?disabled=${actions.disabled}
          @click=${actions.use}
          >${verb(model)}<span class="visually-hidden">: ${model.name}</span></wa-button
        >`
        : nothing
    }
    ${
      shareable
        ? html`<wa-button size="s" appearance="outlined" ?disabled=${actions.disabled} @click=${actions.share}
          >Share with peers<span class="visually-hidden">: ${model.name}</span></wa-button
        >`
        : nothing
    }
    ${
      removable
        ? html`<wa-button size="s" appearance="plain" ?disabled=${actions.disabled} @click=${actions.remove}
          >Remove<span class="visually-hidden"> ${model.name}</span></wa-button
        >`
        : nothing
    }
  </div>`;
}

function verb({ state, bytes }: ModelChoice): string {
  if (state === "ready") return "Use";
  return state === "partial" ? "Go on downloading" : `Download ${formatBytes(bytes)} and use`;
}
