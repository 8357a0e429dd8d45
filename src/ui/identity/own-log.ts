import { html, nothing } from "lit";
import type { IdentityStatus } from "../../app/parley.ts";
import type { Action } from "../action.ts";
import { errorNotice, hintNotice } from "../elements/notice.ts";
import { plural } from "../format.ts";

interface Answers {
  readonly confirm: () => unknown;
  readonly takeBack: () => unknown;
}

/** Why this node does not write yet, and what its person can say about it; nothing while it writes. */
export function ownLogNotice({ ownLog }: IdentityStatus, settling: Action, answers: Answers): unknown {
  if (ownLog === undefined || ownLog.state === "settled") return nothing;
  if (ownLog.state === "moved-away") {
    return hintNotice(html`<div class="stack" .style=${"gap:0.6rem"} data-testid="own-log">
      <span>This identity was moved to another device. This one signs nothing with it.</span>
      ${errorNotice(settling.error)}
      <div><wa-button size="s" appearance="outlined" @click=${answers.takeBack}>Use it here again</wa-button></div>
    </div>`);
  }
  const { held, known, peersCompared, peersNeeded, isWrittenElsewhere, isForked } = ownLog;
  return hintNotice(html`<div class="stack" .style=${"gap:0.6rem"} data-testid="own-log">
    <span
      >Recovering: this node waits to learn its own log before it signs anything. It holds ${plural(held, "message")}${
        known > held ? html` of at least ${known}` : nothing
      } and has asked ${peersCompared} of ${plural(peersNeeded, "peer")}.</span
    >
    ${
      isWrittenElsewhere
        ? html`<strong>Another device writes with this identity now. Stop it first: two at once cost the stake.</strong>`
        : nothing
    }
    ${isForked ? html`<strong>Its log has two branches already. Nothing more can be signed with it.</strong>` : nothing}
    ${errorNotice(settling.error)}
    <details class="small">
      <summary>Too few peers?</summary>
      <p .style=${"margin:0.4rem 0"}>
        Only if no other device uses this identity any more, and it was never used in this network or its peers are gone for good:
        what they hold and this device does not know would be contradicted by what it signs.
      </p>
      <wa-button size="s" variant="danger" appearance="outlined" ?loading=${settling.busy} @click=${answers.confirm}
        >No other device has it: go on</wa-button
      >
    </details>
  </div>`);
}
