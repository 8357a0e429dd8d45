import { bytesToHex } from "../../core/bytes.ts";
import { count, text } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Comment, Discussion } from "../../ports/documents.ts";
import { Records, readDocument } from "./records.ts";
import { type DocumentParts, Scope } from "./scope.ts";

const DOCUMENT = "comments";
const ID_BYTES = 8;

interface Said {
  readonly text: string;
  readonly atMs: number;
  readonly replyTo?: string | undefined;
}

const said: z.ZodType<Said> = z.object({
  text: text(1, LIMITS.commentCharacters),
  atMs: count,
  replyTo: z.string().max(LIMITS.documentNameCharacters).optional(),
});

export async function openDiscussion(base: DocumentParts, subject: string): Promise<Discussion> {
  const name = `discussion/${subject}`;
  const scope = await Scope.open(base, {
    scope: name,
    storedAs: `network/documents/${name}`,
    // Whoever has a key may speak; each in a part of their own, of a bounded size.
    mayWrite: (document) => document === DOCUMENT,
    check: ({ update }) => void readDocument(update),
  });
  scope.show(DOCUMENT);
  const records = new Records<Said>(scope, DOCUMENT, said, LIMITS.commentsPerAuthor);
  const { clock, identity, random } = base;
  return {
    comments: () => commentsOf(records),
    async say(words, replyTo) {
      const trimmed = words.trim();
      if (trimmed.length === 0 || [...trimmed].length > LIMITS.commentCharacters) {
        throw failure(
          "comment-length",
          `A comment has 1 to ${LIMITS.commentCharacters} characters.`,
          `1 to ${LIMITS.commentCharacters}`,
          `${[...trimmed].length}`,
        );
      }
      const key = bytesToHex(random.bytes(ID_BYTES));
      const record = { text: trimmed, atMs: clock.nowMs(), ...(replyTo === undefined ? {} : { replyTo }) };
      await records.change((own) => own.set(key, record));
    },
    async remove(id) {
      const [author, key = ""] = id.split("/");
      if (author !== identity.nodeId) throw failure("not-yours", "Only its author can take a comment back.");
      await records.change((own) => own.delete(key));
    },
    present: () => scope.present(DOCUMENT).map(({ author }) => author),
    onChange: (listener) => scope.onChange(listener),
    close: () => scope.close(),
  };
}

function commentsOf(records: Records<Said>): readonly Comment[] {
  return records
    .all()
    .flatMap(({ author, records: own }) =>
      [...own].map(([key, { text: words, atMs, replyTo }]) => ({
        id: `${author}/${key}`,
        author,
        text: words,
        atMs,
        ...(replyTo === undefined ? {} : { replyTo }),
      })),
    )
    .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}
