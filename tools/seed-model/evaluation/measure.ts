import { z } from "zod";
import { interpret } from "../../../src/app/assistant/interpret.ts";
import type { Inference } from "../../../src/ports/inference.ts";
import { CORPUS_NOW_MS } from "../corpus/intents/surfaces.ts";
import { type Line, rightSlots } from "./lines.ts";

export interface Outcome {
  readonly text: string;
  readonly expected: string;
  /** The intent's name as the model wrote it. */
  readonly got: string;
  readonly intentRight: boolean;
  /** Intent and every slot. */
  readonly exact: boolean;
  /** Slots that hold what is not in the words. */
  readonly ungrounded: number;
  readonly output: string;
}

const OutputSchema = z.object({ intent: z.string() }).catchall(z.string());

/** Asks the model for the intent of every line, with constrained decoding, as the app does. */
export async function measureIntents(
  inference: Pick<Inference, "generate">,
  lines: readonly Line[],
  onLine?: (done: number) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const line of lines) {
    outcomes.push(await measureLine(inference, line));
    onLine?.(outcomes.length);
  }
  return outcomes;
}

async function measureLine(inference: Pick<Inference, "generate">, line: Line): Promise<Outcome> {
  const { text } = line;
  const { entities, output, intent } = await interpret(inference, text, { nowMs: CORPUS_NOW_MS });
  const right = rightSlots(line, entities);
  const { intent: got, ...slots } = OutputSchema.parse(JSON.parse(output));
  const intentRight = got === line.intent.intent;
  const slotsRight =
    Object.keys(slots).length === right.size &&
    Object.entries(slots).every(([slot, value]) => right.get(slot)?.includes(value) === true);
  const ungrounded = Object.values(intent.slots).filter(
    (slot) => slot.from === "words" && !text.includes(slot.words),
  ).length;
  const refused = got !== intent.name ? 1 : 0;
  return {
    text,
    expected: line.intent.intent,
    got,
    intentRight,
    exact: intentRight && slotsRight,
    ungrounded: ungrounded + refused,
    output,
  };
}
