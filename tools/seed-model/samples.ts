import path from "node:path";
import { createNodeModel } from "../../src/model/node.ts";
import type { ChatMessage } from "../../src/ports/chat.ts";
import { MODEL_FOLDER } from "./settings.ts";

/** Threads to read with one's own eyes: the seed model's greedy answers. */
const THREADS: readonly (readonly string[])[] = [
  ["hi"],
  ["What can you do?"],
  ["what is an epoch", "tell me more", "thanks!"],
  ["How do I vote?", "and offline?"],
  ["how can i donate my computer", "what do i get"],
  ["is my data private"],
  ["who are you?", "are you chatgpt?"],
  ["do i need a wallet to chat"],
  ["send 5 tokens to alice"],
  ["how do i claim my rewards"],
  ["what is the capital of France?"],
  ["write me a poem about the sea"],
  ["tell me a joke", "another one"],
  ["waht is a validater"],
  ["does it work without internet on my phone?"],
  ["your answer was wrong"],
  ["what happens if the relay dies?"],
  ["why should i trust you people"],
  ["how many tokens do i need for staking"],
  ["I want to propose a new rule"],
  ["could you tell me who trained you"],
  ["what is the guardian veto"],
  ["explain the challenge period"],
  ["asdf"],
  ["bye"],
];

const root = path.resolve(import.meta.dirname, "../..");
const model = await createNodeModel(path.join(root, MODEL_FOLDER));
await model.inference.load();
for (const thread of THREADS) {
  const messages: ChatMessage[] = [];
  for (const content of thread) {
    messages.push({ role: "user", content });
    const { text } = await model.inference.generate(
      { messages, maxTokens: 96, temperature: 0, seed: 1 },
      () => {},
    );
    console.log(`${messages.length > 1 ? "   " : ""}> ${content}\n   ${text}`);
    messages.push({ role: "assistant", content: text });
  }
}
await model.release();
