import { bytesToHex } from "../../core/bytes.ts";
import { text } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { DraftInfo } from "../../ports/documents.ts";
import { Records, readDocument } from "./records.ts";
import { type DocumentParts, Scope } from "./scope.ts";

const DOCUMENT = "list";
const ID_BYTES = 8;

interface Listed {
  readonly title: string;
  readonly editors: readonly NodeId[];
}

const listed: z.ZodType<Listed> = z.object({
  title: text(1, LIMITS.proposalTitleCharacters),
  editors: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(LIMITS.draftEditors),
});

/** Which drafts there are and who may write them: each owner's own list, signed. */
export class Board {
  readonly #base: DocumentParts;
  readonly #scope: Scope;
  readonly #records: Records<Listed>;

  private constructor(base: DocumentParts, scope: Scope) {
    this.#base = base;
    this.#scope = scope;
    this.#records = new Records(scope, DOCUMENT, listed, LIMITS.draftsPerAuthor);
  }

  static async open(base: DocumentParts): Promise<Board> {
    const scope = await Scope.open(base, {
      scope: "drafts",
      storedAs: "network/documents/drafts",
      mayWrite: (document) => document === DOCUMENT,
      check: ({ update }) => void readDocument(update),
    });
    return new Board(base, scope);
  }

  /** By title. */
  drafts(): readonly DraftInfo[] {
    return this.#records
      .all()
      .flatMap(({ author, records }) =>
        [...records].map(([name, { title, editors }]) => ({
          id: `${author}/${name}`,
          owner: author,
          title,
          editors: [...new Set([author, ...editors])],
        })),
      )
      .sort((a, b) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1));
  }

  find(id: string): DraftInfo | undefined {
    return this.drafts().find((draft) => draft.id === id);
  }

  async create(title: string): Promise<DraftInfo> {
    const { identity, random } = this.#base;
    const trimmed = title.trim();
    if (!text(1, LIMITS.proposalTitleCharacters).safeParse(trimmed).success) {
      throw failure(
        "draft-title",
        `A title has 1 to ${LIMITS.proposalTitleCharacters} characters.`,
        undefined,
        `${[...trimmed].length}`,
      );
    }
    const own = this.drafts().filter(({ owner }) => owner === identity.nodeId);
    if (own.length >= LIMITS.draftsPerAuthor) {
      throw failure(
        "too-many-drafts",
        "Delete a draft first.",
        `${LIMITS.draftsPerAuthor} drafts`,
        `${own.length}`,
      );
    }
    const name = bytesToHex(random.bytes(ID_BYTES));
    await this.#records.change((records) => records.set(name, { title: trimmed, editors: [] }));
    const { nodeId } = identity;
    return { id: `${nodeId}/${name}`, owner: nodeId, title: trimmed, editors: [nodeId] };
  }

  async setEditors(id: string, editors: readonly NodeId[]): Promise<void> {
    const { name, title } = this.#ownDraft(id);
    if (editors.length > LIMITS.draftEditors) {
      throw failure("too-many-editors", `A draft has at most ${LIMITS.draftEditors} editors.`);
    }
    await this.#records.change((records) => records.set(name, { title, editors: [...editors] }));
  }

  async delete(id: string): Promise<void> {
    const { name } = this.#ownDraft(id);
    await this.#records.change((records) => records.delete(name));
  }

  onChange(listener: () => void): () => void {
    return this.#scope.onChange(listener);
  }

  close(): Promise<void> {
    return this.#scope.close();
  }

  #ownDraft(id: string): { readonly name: string; readonly title: string } {
    const draft = this.find(id);
    if (draft === undefined) throw failure("draft-unknown", "There is no such draft.", undefined, id);
    if (draft.owner !== this.#base.identity.nodeId) {
      throw failure("not-owner", "Only who began a draft can do this.");
    }
    return { name: id.slice(draft.owner.length + 1), title: draft.title };
  }
}
