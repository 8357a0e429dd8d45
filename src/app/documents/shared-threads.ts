import { count, text } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Store, StoredThread, StoredTurn } from "../../ports/store.ts";
import type { LocalRecord, LocalRecords } from "./device-sync.ts";

const TURNS = 1_000;
const id = z.string().min(1).max(64);

const threadSchema = z.object({
  title: text(0, LIMITS.threadTitleCharacters),
  createdAtMs: count,
  turns: z
    .array(
      z.object({
        id,
        index: count,
        role: z.enum(["user", "assistant"]),
        content: z.string().max(LIMITS.deviceRecordCharacters),
        createdAtMs: count,
        correctedTo: z.string().max(LIMITS.correctionCharacters).optional(),
        thumb: z.enum(["up", "down"]).optional(),
        stoppedBy: z.enum(["end", "length", "stop", "abort"]).optional(),
      }),
    )
    .max(TURNS),
});

type Threads = Pick<
  Store,
  "listThreads" | "listTurns" | "putThread" | "putTurn" | "deleteTurn" | "deleteThread"
>;

/** Conversations, whole, by thread. */
export function sharedThreads(store: Threads, onChange: (listener: () => void) => () => void): LocalRecords {
  return {
    collection: "threads",
    async list() {
      const threads = await store.listThreads();
      const records = await Promise.all(
        threads.map(async (thread) => [thread.id, await recordOf(store, thread)] as const),
      );
      return new Map(records);
    },
    async put(threadId, { value, atMs }) {
      const { title, createdAtMs, turns } = parse(threadId, value);
      const kept = new Set(turns.map((turn) => turn.id));
      for (const turn of await store.listTurns(threadId)) {
        if (!kept.has(turn.id)) await store.deleteTurn(turn.id);
      }
      for (const turn of turns) await store.putTurn(plain(turn, threadId));
      await store.putThread({ id: threadId, title, createdAtMs, updatedAtMs: atMs });
    },
    remove: (threadId) => store.deleteThread(threadId),
    onChange,
  };
}

async function recordOf(store: Threads, thread: StoredThread): Promise<LocalRecord> {
  const { id: threadId, title, createdAtMs, updatedAtMs } = thread;
  const turns = (await store.listTurns(threadId)).map(({ threadId: _, ...turn }) => turn);
  return { value: JSON.stringify({ title, createdAtMs, turns }), atMs: updatedAtMs };
}

type Parsed = z.infer<typeof threadSchema>;

function parse(threadId: string, value: string): Parsed {
  const parsed = threadSchema.safeParse(readJson(value));
  if (id.safeParse(threadId).success && parsed.success) return parsed.data;
  throw reject("schema", "This is no conversation", undefined, parsed.error?.issues[0]?.message);
}

function readJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Without the fields that are not there. */
function plain(turn: Parsed["turns"][number], threadId: string): StoredTurn {
  const { correctedTo, thumb, stoppedBy, ...rest } = turn;
  return {
    ...rest,
    threadId,
    ...(correctedTo === undefined ? {} : { correctedTo }),
    ...(thumb === undefined ? {} : { thumb }),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  };
}
