import { Dexie, type EntityTable } from "dexie";
import { z } from "../core/codec/zod.ts";
import type { ErrorData } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import type { Cid, NodeId } from "../core/primitives.ts";
import type { BackgroundDelivery, DeliveryOutcome } from "../ports/background-delivery.ts";
import type { IndexedDbEngine } from "./databases.ts";

/** The name under which the page asks the browser for a sync when there is a network again. */
export const DELIVERY_TAG = "parley-outbox";

const DATABASE = "parley-outbox";
/** A mailbox that says nothing for so long is tried again at the next sync. */
const ANSWER_TIMEOUT_MS = 15_000;

interface Kept {
  readonly cid: Cid;
  readonly order: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mailboxes: readonly string[];
}

/** A database of its own: the service worker opens it without knowing the network's. */
class DeliveryDatabase extends Dexie {
  declare readonly waiting: EntityTable<Kept, "cid">;
  declare readonly outcomes: EntityTable<DeliveryOutcome, "cid">;

  constructor(engine: IndexedDbEngine) {
    super(DATABASE, engine);
    this.version(1).stores({ waiting: "cid, order", outcomes: "cid" });
  }
}

export interface BackgroundOptions {
  /** URLs of mailboxes, from network.json. */
  readonly mailboxes: readonly string[];
  readonly engine?: IndexedDbEngine;
  /** Asks the browser to wake the service worker when there is a network. */
  readonly wake: () => Promise<void>;
}

/** The page's side: leaves what waits where the service worker finds it. */
export function backgroundDelivery({ mailboxes, engine = {}, wake }: BackgroundOptions): BackgroundDelivery {
  const database = new DeliveryDatabase(engine);
  let handedOver = "";
  return {
    async handOver(messages) {
      const key = messages.map(({ cid }) => cid).join(" ");
      if (key === handedOver) return;
      const { waiting } = database;
      await database.transaction("rw", waiting, async () => {
        await waiting.clear();
        await waiting.bulkAdd(
          messages.map(({ cid, bytes }, order) => ({ cid, order, bytes: bytes.slice(), mailboxes })),
        );
      });
      handedOver = key;
      if (messages.length > 0) await wake();
    },
    async outcomes() {
      const { outcomes } = database;
      return database.transaction("rw", outcomes, async () => {
        const told = await outcomes.toArray();
        await outcomes.clear();
        return told;
      });
    },
  };
}

/** The service worker's side: sends what waits. How many still wait for want of a mailbox that takes them. */
export async function deliverKept(send: typeof fetch, engine: IndexedDbEngine = {}): Promise<number> {
  const database = new DeliveryDatabase(engine);
  const { waiting, outcomes } = database;
  let left = 0;
  try {
    for (const kept of await waiting.orderBy("order").toArray()) {
      const outcome = await sendToOne(kept, send);
      if (outcome !== undefined) await outcomes.put(outcome);
      if (outcome?.by === undefined) left++;
      else await waiting.delete(kept.cid);
    }
    return left;
  } finally {
    database.close();
  }
}

/** One mailbox after another until one has it; the last refusal when none took it; undefined when none answered. */
async function sendToOne(
  { cid, bytes, mailboxes }: Kept,
  send: typeof fetch,
): Promise<DeliveryOutcome | undefined> {
  let refused: DeliveryOutcome | undefined;
  for (const mailbox of mailboxes) {
    const answer = await post(mailbox, bytes, send).catch(() => undefined);
    if (answer?.by !== undefined) return { cid, by: answer.by };
    if (answer?.error !== undefined) refused = { cid, error: answer.error };
  }
  return refused;
}

const held = z.object({ state: z.literal("held"), by: z.string().regex(/^[0-9a-f]{64}$/) });
const refusal = z.object({
  code: z.string().max(64),
  message: z.string().max(1_000),
  expected: z.string().max(1_000).optional(),
  received: z.string().max(1_000).optional(),
});

async function post(
  mailbox: string,
  bytes: Uint8Array<ArrayBuffer>,
  send: typeof fetch,
): Promise<{ readonly by?: NodeId; readonly error?: ErrorData } | undefined> {
  const response = await send(new URL("messages", mailbox.endsWith("/") ? mailbox : `${mailbox}/`), {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: bytes,
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const text = await response.text();
  if (text.length > LIMITS.mailboxAnswerBytes) return undefined;
  const value: unknown = JSON.parse(text);
  if (response.ok) {
    const parsed = held.safeParse(value);
    return parsed.success ? { by: parsed.data.by } : undefined;
  }
  const parsed = refusal.safeParse(value);
  if (!parsed.success) return undefined;
  const { code, message, expected, received } = parsed.data;
  return {
    error: { code, message, ...(expected && { expected }), ...(received && { received }) },
  };
}
