import type { Mark } from "../../ports/chat.ts";
import type { JsonSchema } from "../../ports/inference.ts";
import { INTENT_TABLE, type MarkKind, type SlotSpec } from "./intents.ts";

/**
 * JSON Schema of the intents that words with these marks can have: one alternative an intent, its slots in the table's order,
 * each with the labels of its kinds that are in the words. No slot is required: what was not said is left out.
 */
export function intentSchema(marks: readonly Mark[]): JsonSchema {
  return {
    oneOf: Object.entries(INTENT_TABLE).map(([name, { slots }]) => ({
      type: "object",
      properties: { intent: { const: name }, ...slotProperties(slots, marks) },
      required: ["intent"],
      additionalProperties: false,
    })),
  };
}

function slotProperties(slots: Readonly<Record<string, SlotSpec>>, marks: readonly Mark[]): JsonSchema {
  return Object.fromEntries(
    Object.entries(slots).flatMap(([slot, spec]) => {
      const values = spec.values ?? labelsOf(spec.marks ?? [], marks);
      return values.length === 0 ? [] : [[slot, { enum: values }]];
    }),
  );
}

/** Labels of these kinds, in the order of the words. */
export function labelsOf(kinds: readonly MarkKind[], marks: readonly Mark[]): string[] {
  return marks.map(({ label }) => label).filter((label) => kinds.some((kind) => kind === kindOf(label)));
}

function kindOf(label: string): string {
  return label.replace(/[0-9]+$/, "");
}
