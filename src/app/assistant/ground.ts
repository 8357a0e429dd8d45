import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import type { Entity, EntityValue } from "./entities/entity.ts";
import { INTENT_TABLE, type IntentName, isIntentName, type SlotSpec } from "./intents.ts";

/** What a slot holds: something in the person's own words, read by deterministic code, or a fixed value. */
export type SlotValue =
  | { readonly from: "words"; readonly words: string; readonly value: EntityValue }
  | { readonly from: "choice"; readonly choice: string };

/** A question for a slot that was not said. */
export interface Missing {
  readonly slot: string;
  readonly ask: string;
}

/** What the person wants done, every value grounded in their words. `missing` must be asked before anything is done. */
export interface Intent {
  readonly name: IntentName;
  readonly slots: Readonly<Record<string, SlotValue>>;
  readonly missing: readonly Missing[];
}

const LONGEST_OUTPUT = 500;
const OutputSchema = z.object({ intent: z.string() }).catchall(z.string());

/**
 * The model's output for these words and what was recognised in them, checked from the ground: it is JSON of a known intent,
 * and every slot points at a mark of a right kind in these very words, or holds one of its fixed values.
 * Errors: intent-refused.
 */
export function groundIntent(output: string, words: string, entities: readonly Entity[]): Intent {
  const { intent: name, ...labels } = readOutput(output);
  if (!isIntentName(name)) throw refused("an intent of the table", name);
  const specs: Readonly<Record<string, SlotSpec>> = INTENT_TABLE[name]?.slots ?? {};
  const slots: Record<string, SlotValue> = {};
  for (const [slot, label] of Object.entries(labels)) {
    const spec = Object.hasOwn(specs, slot) ? specs[slot] : undefined;
    if (spec === undefined) throw refused(`a slot of ${name}`, slot);
    slots[slot] = groundSlot(spec, label, words, entities);
  }
  return { name, slots, missing: missingSlots(name, slots) };
}

/** What still has to be asked, in the order in which it is asked. */
export function missingSlots(name: IntentName, slots: Readonly<Record<string, SlotValue>>): Missing[] {
  return Object.entries(INTENT_TABLE[name]?.slots ?? {}).flatMap(([slot, { required, ask }]) =>
    required && !Object.hasOwn(slots, slot) ? [{ slot, ask }] : [],
  );
}

function readOutput(output: string): z.infer<typeof OutputSchema> {
  if (output.length > LONGEST_OUTPUT)
    throw refused(`at most ${LONGEST_OUTPUT} characters`, `${output.length}`);
  try {
    return OutputSchema.parse(JSON.parse(output));
  } catch {
    throw refused("a JSON object with an intent and texts", output);
  }
}

function groundSlot(spec: SlotSpec, label: string, words: string, entities: readonly Entity[]): SlotValue {
  if (spec.values !== undefined) {
    if (spec.values.includes(label)) return { from: "choice", choice: label };
    throw refused(spec.values.join(", "), label);
  }
  const entity = entities.find((candidate) => candidate.label === label);
  if (entity === undefined || !spec.marks?.includes(entity.value.kind)) {
    throw refused(`something in the words: ${spec.marks?.join(" or ") ?? "nothing"}`, label);
  }
  return { from: "words", words: words.slice(entity.start, entity.end), value: entity.value };
}

function refused(expected: string, received: string) {
  return failure(
    "intent-refused",
    "The model's output is no intent of these words.",
    expected,
    received.slice(0, 200),
  );
}
