import { expect, test } from "vitest";
import { EchoInference } from "../../../sim/adapters/model/inference.ts";
import { simulatedGenesis } from "../../../sim/genesis.ts";
import { INTENT_INSTRUCTIONS } from "./instructions.ts";
import { INTENT_NAMES } from "./intents.ts";
import { interpret } from "./interpret.ts";

test("a model that never saw the table is told of every intent", () => {
  for (const name of INTENT_NAMES)
    expect(INTENT_INSTRUCTIONS.content).toMatch(new RegExp(`^- ${name}\\b`, "m"));
});

/** The simulated model says the words back, so a person can put any output into its mouth. */
test.each([
  ["no JSON at all", "Sure, I will stake 50!"],
  ["a label that is not in the words", '{"intent":"stake","amount":"amount1"}'],
  ["an amount instead of a label", '{"intent":"stake","amount":"5000"}'],
  ["an intent that does not exist", '{"intent":"empty-wallet"}'],
  ["a slot that the intent has not", '{"intent":"balance","to":"name1"}'],
])("%s becomes unclear, never an action", async (_, output) => {
  const inference = new EchoInference(simulatedGenesis().model);
  await inference.load();
  const { intent } = await interpret(inference, output, { nowMs: Date.UTC(2026, 10, 21) });
  expect(intent).toEqual({ name: "unclear", slots: {}, missing: [] });
});
