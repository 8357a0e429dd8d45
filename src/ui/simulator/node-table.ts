import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { SimulatedNodeView } from "../../ports/simulation.ts";
import { formatPpm } from "../format.ts";
import { shared } from "../styles.ts";
import { simulatorColours } from "./palette.ts";
import type { RootBook } from "./roots.ts";
import { sidesOf } from "./split.ts";
import { earnedWords, roleWords, rootName, STATE_WORDS } from "./words.ts";

/** All nodes in words: the same as the stage, for keyboards and screen readers. Fires `select-node`. */
@customElement("parley-sim-table")
export class NodeTable extends LitElement {
  static override styles = [
    shared,
    simulatorColours,
    css`
      .scroll {
        max-height: 24rem;
        overflow-y: auto;
        margin-top: 0.6rem;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.86rem;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--p-surface);
        text-align: start;
        font-weight: 560;
        color: var(--p-quiet);
        padding: 0.3rem 0.4rem;
      }
      td {
        white-space: nowrap;
        padding: 0.1rem 0.4rem;
        border-top: 1px solid var(--p-line);
      }
      .end {
        text-align: end;
      }
      button {
        min-height: 2rem;
        padding: 0 0.3rem;
        margin-inline-start: -0.3rem;
        color: var(--p-ink);
        text-decoration: underline;
        text-decoration-color: var(--wa-color-neutral-border-loud);
        text-underline-offset: 0.25em;
      }
      tr[aria-current] td {
        background: var(--p-brand-soft);
      }
      .root {
        padding: 0.05rem 0.4rem;
        border-radius: 5px;
      }
      .cheat {
        color: var(--p-red);
      }
      @media (max-width: 40rem) {
        .wide {
          display: none;
        }
        th,
        td {
          padding-inline: 0.2rem;
        }
        td:first-child {
          white-space: normal;
        }
      }
    `,
  ];

  @property({ attribute: false }) nodes: readonly SimulatedNodeView[] = [];
  @property({ attribute: false }) book: RootBook | undefined;
  @property({ type: Number }) selected: number | undefined;

  protected override render() {
    return html`<section class="panel" aria-label="Nodes">
      <h2>Nodes</h2>
      ${
        this.nodes.length === 0
          ? html`<p class="small quiet" .style=${"margin-top:0.4rem"}>They appear when a run has started.</p>`
          : this.table()
      }
    </section>`;
  }

  private table(): TemplateResult {
    const sides = sidesOf(this.nodes);
    const split = sides.length > 1;
    return html`<div class="scroll">
      <table class="number" aria-label="Nodes" data-testid="nodes">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col" class="wide">Role</th>
            <th scope="col">State</th>
            ${split ? html`<th scope="col">Side</th>` : nothing}
            <th scope="col" class="end">Epoch</th>
            <th scope="col">Root</th>
            <th scope="col" class="wide end">Reputation</th>
            <th scope="col" class="wide end">Earned</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            this.nodes,
            ({ index }) => index,
            (node) => this.row(node, sides),
          )}
        </tbody>
      </table>
    </div>`;
  }

  private row(node: SimulatedNodeView, sides: readonly number[]): TemplateResult {
    const hue = this.book?.hue(node.root) ?? 0;
    const select = (): unknown => this.dispatchEvent(new CustomEvent("select-node", { detail: node.index }));
    return html`<tr aria-current=${node.index === this.selected ? "true" : nothing} data-root=${node.root}>
      <td><button class="plain" @click=${select}>${node.name}</button></td>
      <td class="wide ${node.role === "honest" ? "" : "cheat"}">${roleWords(node.role)}</td>
      <td>${STATE_WORDS[node.state]}</td>
      ${sides.length > 1 ? html`<td>${sides.indexOf(node.group) + 1}</td>` : nothing}
      <td class="end">${node.epoch < 0 ? "–" : node.epoch}</td>
      <td>
        <span class="root mono" .style=${`--hue:${hue.toFixed(1)}`} title=${node.root}
          >${rootName(node.root)}</span
        >
      </td>
      <td class="wide end">${formatPpm(node.reputationPpm)}</td>
      <td class="wide end">${earnedWords(node)}</td>
    </tr>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-sim-table": NodeTable;
  }
}
