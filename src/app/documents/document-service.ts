import { failure } from "../../core/errors.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Discussion, Documents, Draft, DraftInfo } from "../../ports/documents.ts";
import { KeyedMutex } from "../mutex.ts";
import { Subject } from "../observable.ts";
import type { DiscussionView, DocumentService, DraftView } from "../parley.ts";

interface Opened<T> {
  readonly document: T;
  readonly unsubscribe: () => void;
  users: number;
}

/** What the pages show of shared documents: what is open, kept up to date. */
export class SharedDocuments implements DocumentService {
  readonly discussions = new Subject<ReadonlyMap<Cid, DiscussionView>>(new Map());
  readonly drafts = new Subject<readonly DraftInfo[]>([]);
  readonly openedDrafts = new Subject<ReadonlyMap<string, DraftView>>(new Map());
  readonly #documents: Documents;
  readonly #nodeId: NodeId;
  readonly #mutex = new KeyedMutex();
  readonly #talks = new Map<Cid, Opened<Discussion>>();
  readonly #texts = new Map<string, Opened<Draft>>();

  constructor(documents: Documents, nodeId: NodeId) {
    this.#documents = documents;
    this.#nodeId = nodeId;
    this.drafts.set(documents.drafts());
    documents.onDrafts(() => this.drafts.set(documents.drafts()));
  }

  openDiscussion(proposal: Cid): Promise<void> {
    return this.#open(
      this.#talks,
      proposal,
      () => this.#documents.openDiscussion(proposal),
      (discussion) => {
        const view = { comments: discussion.comments(), present: discussion.present() };
        this.discussions.update((views) => new Map([...views, [proposal, view]]));
      },
    );
  }

  closeDiscussion(proposal: Cid): Promise<void> {
    return this.#close(this.#talks, proposal, () =>
      this.discussions.update((views) => new Map([...views].filter(([cid]) => cid !== proposal))),
    );
  }

  async say(proposal: Cid, text: string, replyTo?: string): Promise<void> {
    await opened(this.#talks, proposal).say(text, replyTo);
  }

  async removeComment(proposal: Cid, id: string): Promise<void> {
    await opened(this.#talks, proposal).remove(id);
  }

  createDraft(title: string): Promise<DraftInfo> {
    return this.#documents.createDraft(title);
  }

  setEditors(id: string, editors: readonly NodeId[]): Promise<void> {
    return this.#documents.setEditors(id, editors);
  }

  deleteDraft(id: string): Promise<void> {
    return this.#documents.deleteDraft(id);
  }

  openDraft(id: string): Promise<void> {
    return this.#open(
      this.#texts,
      id,
      () => this.#documents.openDraft(id),
      (draft) => this.#showDraft(id, draft),
    );
  }

  closeDraft(id: string): Promise<void> {
    return this.#close(this.#texts, id, () =>
      this.openedDrafts.update((views) => new Map([...views].filter(([key]) => key !== id))),
    );
  }

  async writeDraft(id: string, text: string): Promise<void> {
    await opened(this.#texts, id).write(text);
  }

  showCursor(id: string, cursor: number | undefined): void {
    this.#texts.get(id)?.document.showCursor(cursor);
  }

  #showDraft(id: string, draft: Draft): void {
    // Its owner may have deleted it while it was open.
    const info = this.#documents.drafts().find((listed) => listed.id === id);
    const view = info && {
      text: draft.text(),
      present: draft.present(),
      mayWrite: info.editors.includes(this.#nodeId),
    };
    this.openedDrafts.update((views) => {
      const others = [...views].filter(([key]) => key !== id);
      return new Map(view === undefined ? others : [...others, [id, view]]);
    });
  }

  /** Several pages may show one document: it is open as long as one of them does. */
  #open<T extends Discussion | Draft>(
    all: Map<string, Opened<T>>,
    key: string,
    open: () => Promise<T>,
    show: (document: T) => void,
  ): Promise<void> {
    return this.#mutex.run(key, async () => {
      const before = all.get(key);
      if (before !== undefined) {
        before.users++;
        return;
      }
      const document = await open();
      const unsubscribe = document.onChange(() => show(document));
      all.set(key, { document, unsubscribe, users: 1 });
      show(document);
    });
  }

  #close<T extends Discussion | Draft>(
    all: Map<string, Opened<T>>,
    key: string,
    forget: () => void,
  ): Promise<void> {
    return this.#mutex.run(key, async () => {
      const found = all.get(key);
      if (found === undefined || --found.users > 0) return;
      all.delete(key);
      found.unsubscribe();
      forget();
      await found.document.close();
    });
  }
}

function opened<T>(all: ReadonlyMap<string, Opened<T>>, key: string): T {
  const found = all.get(key);
  if (found === undefined) throw failure("document-closed", "Open this document first.", undefined, key);
  return found.document;
}
