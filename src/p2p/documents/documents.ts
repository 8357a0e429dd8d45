import type { Documents } from "../../ports/documents.ts";
import { Board } from "./board.ts";
import { openDeviceRecords } from "./device-records.ts";
import { openDiscussion } from "./discussion.ts";
import { openDraft } from "./draft.ts";
import type { DocumentParts } from "./scope.ts";

/** Documents over gossip: who has one open holds it, and gives it to who opens it later. */
export async function createDocuments(base: DocumentParts): Promise<Documents> {
  const board = await Board.open(base);
  const open = new Set<{ close(): Promise<void> }>();
  const opened = <T extends { close(): Promise<void> }>(document: T): T => {
    open.add(document);
    return {
      ...document,
      async close() {
        open.delete(document);
        await document.close();
      },
    };
  };
  return {
    openDiscussion: async (subject) => opened(await openDiscussion(base, subject)),
    drafts: () => board.drafts(),
    onDrafts: (listener) => board.onChange(listener),
    createDraft: (title) => board.create(title),
    setEditors: (id, editors) => board.setEditors(id, editors),
    deleteDraft: (id) => board.delete(id),
    openDraft: async (id) => opened(await openDraft(base, board, id)),
    openDeviceRecords: async (group, collection) => opened(await openDeviceRecords(base, group, collection)),
    async stop() {
      await Promise.all([...open].map((document) => document.close()));
      await board.close();
    },
  };
}
