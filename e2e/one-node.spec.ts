import { expect, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { ask, conversation, nodeReady, openTab, startNetwork } from "./support/app.ts";

let network: LocalNetwork;

test.beforeAll(async () => {
  network = await startNetwork();
});

test.afterAll(async () => {
  await network?.stop();
});

test("one profile runs one node: a second tab chats meanwhile and takes over when the first closes", async ({
  browser,
}) => {
  const { context, page: first } = await openTab(browser, network.url);
  await nodeReady(first);
  const nodeId = await first.evaluate(() => parley.node.status.value.nodeId);

  const second = await context.newPage();
  await second.goto(network.url);
  await expect(second.getByTestId("window-label")).toBeVisible();
  expect(await second.evaluate(() => "parley" in globalThis)).toBe(false);
  await ask(second, "hi");
  await expect(conversation(second)).toContainText("Parley");

  await first.close();
  await expect.poll(() => second.evaluate(() => "parley" in globalThis)).toBe(true);
  expect(await second.evaluate(() => parley.node.status.value.nodeId)).toBe(nodeId);
  await context.close();
});
