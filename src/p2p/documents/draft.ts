import { applyUpdate, Doc, mergeUpdates } from "yjs";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { Draft, DraftInfo } from "../../ports/documents.ts";
import type { Board } from "./board.ts";
import type { Part } from "./frames.ts";
import { readDocument } from "./records.ts";
import { type DocumentParts, Scope } from "./scope.ts";

const DOCUMENT = "text";
const TEXT = "text";

/** One text that all editors of a draft write: their parts merged. */
export async function openDraft(base: DocumentParts, board: Board, id: string): Promise<Draft> {
  const info = (): DraftInfo => {
    const found = board.find(id);
    if (found === undefined) throw failure("draft-unknown", "There is no such draft.", undefined, id);
    return found;
  };
  const editors = (): readonly NodeId[] => board.find(id)?.editors ?? [];
  const name = `draft/${info().id}`;
  const scope = await Scope.open(base, {
    scope: name,
    storedAs: `network/documents/${name}`,
    mayWrite: (document, author) => document === DOCUMENT && editors().includes(author),
    check: ({ update }) => void readDocument(update),
  });
  const endBoard = board.onChange(() => scope.changed());
  scope.show(DOCUMENT);
  // One name for all that is written while it is open: Yjs keeps runs of one writer together.
  const { clientID } = new Doc();
  let writing: Promise<unknown> = Promise.resolve();

  const write = async (wanted: string): Promise<void> => {
    const own = scope.own(DOCUMENT);
    const doc = merged(scope.parts(DOCUMENT));
    doc.clientID = clientID;
    // What this node adds is exactly what this transaction changes.
    let added: Uint8Array | undefined;
    doc.on("update", (update: Uint8Array) => {
      added = update;
    });
    replaceText(doc, wanted);
    if (added === undefined) return;
    await scope.write(DOCUMENT, own === undefined ? added : mergeUpdates([own.update, added]));
  };
  return {
    info,
    text: () => textOf(merged(scope.parts(DOCUMENT))),
    async write(wanted) {
      if (!editors().includes(base.identity.nodeId)) {
        throw failure("not-editor", "Only the editors of a draft can change it. Ask its owner.");
      }
      if (wanted.length > LIMITS.draftTextCharacters) {
        throw failure(
          "document-full",
          "A draft cannot be longer.",
          `${LIMITS.draftTextCharacters} characters`,
          `${wanted.length}`,
        );
      }
      const written = writing.then(() => write(wanted));
      writing = written.catch(() => undefined);
      await written;
    },
    showCursor: (cursor) => scope.show(DOCUMENT, cursor ?? null),
    present: () =>
      scope.present(DOCUMENT).map(({ author, cursor }) => ({
        nodeId: author,
        ...(cursor === null ? {} : { cursor }),
      })),
    onChange: (listener) => scope.onChange(listener),
    async close() {
      endBoard();
      await writing;
      await scope.close();
    },
  };
}

function merged(parts: readonly Part[]): Doc {
  const doc = new Doc();
  for (const { update } of parts) applyUpdate(doc, update);
  return doc;
}

function textOf(doc: Doc): string {
  return doc.getText(TEXT).toString().slice(0, LIMITS.draftTextCharacters);
}

/** Changes only what differs between both ends, so that what others write elsewhere at the same time stays. */
export function replaceText(doc: Doc, wanted: string): void {
  const shared = doc.getText(TEXT);
  const before = shared.toString();
  let start = 0;
  while (start < before.length && start < wanted.length && before[start] === wanted[start]) start++;
  if (splitsPair(before, start) || splitsPair(wanted, start)) start--;
  let end = 0;
  while (
    end < before.length - start &&
    end < wanted.length - start &&
    before[before.length - 1 - end] === wanted[wanted.length - 1 - end]
  ) {
    end++;
  }
  if (splitsPair(before, before.length - end) || splitsPair(wanted, wanted.length - end)) end--;
  doc.transact(() => {
    if (before.length - end > start) shared.delete(start, before.length - end - start);
    if (wanted.length - end > start) shared.insert(start, wanted.slice(start, wanted.length - end));
  });
}

/** Whether a character outside the basic plane lies across this place. */
function splitsPair(text: string, place: number): boolean {
  const [high, low] = [text.charCodeAt(place - 1), text.charCodeAt(place)];
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
