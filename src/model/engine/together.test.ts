import { afterAll, beforeAll, expect, it } from "vitest";
import { createNodeModel, type NodeModel } from "../node.ts";
import { readTiny } from "../testing/tiny-folder.ts";

let node: NodeModel;
beforeAll(async () => {
  node = await createNodeModel(readTiny, 1);
  await node.inference.load();
});
afterAll(() => node.release());

const pairs = [{ prompt: "hello", answer: "hello there" }];
const train = () => node.trainer.train({ pairs, adapter: null, steps: 6, learningRatePpm: 10_000, seed: 1 });
const evaluate = () => node.evaluator.evaluate({ adapter: null });
const generate = async () => {
  const messages = [{ role: "user", content: "hello" }] as const;
  const request = { messages, maxTokens: 20, temperature: 0, seed: 1 } as const;
  const { text, generatedTokens } = await node.inference.generate(request, () => undefined);
  return { text, generatedTokens };
};

it("training, evaluating and answering at the same time give what each gives alone", async () => {
  const alone = [await train(), await evaluate(), await generate()];
  const together = await Promise.all([train(), evaluate(), generate(), evaluate()]);
  expect(together.slice(0, 3)).toEqual(alone);
  expect(together[3]).toEqual(alone[1]);
});
