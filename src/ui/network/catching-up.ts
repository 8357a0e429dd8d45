import { html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { NodeService } from "../../app/parley.ts";
import type { Progress } from "../../ports/progress.ts";
import { progressBar } from "../elements/progress.ts";
import { plural } from "../format.ts";
import { shared } from "../styles.ts";
import { Watch } from "../watch.ts";

/** How far this node is with the epochs that it missed; nothing when it missed few. */
@customElement("parley-catching-up")
export class CatchingUp extends LitElement {
  static override styles = [shared];

  @property({ attribute: false }) node: NodeService | undefined;
  private readonly status = new Watch(this, () => this.node?.status);

  protected override render() {
    const { catchUp, followedFromArchives = 0 } = this.status.value ?? {};
    // The region stays when it has nothing to say: else its first words would not be read out.
    return html`<div role="status">
        ${catchUp === undefined ? nothing : progressBar(shownAs(catchUp))}
      </div>
      ${
        catchUp === undefined
          ? nothing
          : html`<div class="row spread">
              <span class="small quiet">Peers give each epoch as one file. Without them it takes longer.</span>
              <button class="plain" @click=${() => this.node?.cancelCatchUp()}>Cancel</button>
            </div>`
      }
      ${
        catchUp !== undefined || followedFromArchives === 0
          ? nothing
          : html`<p class="small quiet" data-testid="from-archives">
              Caught up with ${plural(followedFromArchives, "epoch")} from archives.
            </p>`
      }`;
  }
}

function shownAs({ done, of }: { readonly done: number; readonly of: number }): Progress {
  return { step: `Catching up: ${done} of ${plural(of, "epoch")}`, done, total: of };
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-catching-up": CatchingUp;
  }
}
