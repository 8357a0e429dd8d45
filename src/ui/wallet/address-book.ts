import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { AddressBookService, AddressEntry } from "../../app/parley.ts";
import { LIMITS } from "../../core/limits.ts";
import { Action } from "../action.ts";
import "../elements/copy-button.ts";
import { errorNotice } from "../elements/notice.ts";
import { shorten } from "../format.ts";
import { shared } from "../styles.ts";
import { typedIn } from "../typed-in.ts";
import { Watch } from "../watch.ts";

/** Names for addresses, the same on all devices of a person. */
@customElement("parley-address-book")
export class AddressBookSection extends LitElement {
  static override styles = [
    shared,
    css`
      section,
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.6rem;
      }
      li {
        border-block-start: 1px solid var(--p-line);
        padding-block: 0.35rem;
      }
      .name {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) book: AddressBookService | undefined;
  @state() private name = "";
  @state() private address = "";
  private readonly entries = new Watch(this, () => this.book?.entries);
  private readonly changing = new Action(this);

  protected override render() {
    if (this.book === undefined) return nothing;
    const entries = this.entries.value ?? [];
    return html`<section aria-label="Address book">
      <h3>Address book</h3>
      ${
        entries.length === 0
          ? html`<p class="small quiet">Names that you give to addresses. Your paired devices have them too.</p>`
          : html`<ul>
            ${repeat(
              entries,
              ({ name }) => name,
              (entry) => this.line(entry),
            )}
          </ul>`
      }
      <form @submit=${this.add}>
        <wa-input
          label="Name"
          size="s"
          maxlength=${LIMITS.addressNameCharacters}
          .value=${this.name}
          @input=${(event: Event) => {
            this.name = typedIn(event);
          }}
        ></wa-input>
        <wa-input
          label="Address"
          size="s"
          placeholder="0x…"
          .value=${this.address}
          @input=${(event: Event) => {
            this.address = typedIn(event);
          }}
        ></wa-input>
        ${errorNotice(this.changing.error, () => this.changing.clear())}
        <div>
          <wa-button
            size="s"
            ?disabled=${this.name.trim() === "" || this.address.trim() === ""}
            ?loading=${this.changing.busy}
            @click=${this.add}
            >Keep</wa-button
          >
        </div>
      </form>
    </section>`;
  }

  private line({ name, address }: AddressEntry): TemplateResult {
    return html`<li class="row spread">
      <span class="name">${name}</span>
      <span class="row">
        <span class="mono" title=${address}>${shorten(address, 8, 6)}</span>
        <parley-copy .text=${address} label=${`Copy the address of ${name}`}></parley-copy>
        <button
          class="plain"
          aria-label=${`Forget ${name}`}
          @click=${() => this.changing.run(async () => this.book?.remove(name))}
        >
          Forget
        </button>
      </span>
    </li>`;
  }

  private async add(event: Event): Promise<void> {
    event.preventDefault();
    if (!(await this.changing.run(async () => this.book?.set(this.name, this.address)))) return;
    this.name = "";
    this.address = "";
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-address-book": AddressBookSection;
  }
}
