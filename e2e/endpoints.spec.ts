import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { nodeReady, openPage, startNetwork } from "./support/app.ts";
import { type RpcProxy, startRpcProxy } from "./support/rpc-proxy.ts";
import { widerThanViewport } from "./support/width.ts";

/** It is left alone for as long again as it has been away, two minutes at most. */
const LONGEST_PAUSE = { timeout: 180_000 };
const PHONE = { width: 360, height: 740 };

test.describe.configure({ mode: "serial" });

let network: LocalNetwork;
let first: RpcProxy;
let second: RpcProxy;
let context: BrowserContext;
let page: Page;

test.beforeAll(async ({ browser }) => {
  network = await startNetwork();
  [first, second] = await Promise.all([startRpcProxy(network.rpcUrl), startRpcProxy(network.rpcUrl)]);
  // The worker would fetch the network's file where no test can put another one in its place.
  context = await browser.newContext({ viewport: PHONE, serviceWorkers: "block" });
  await context.route("**/network.json", async (route) => {
    const file: object = await (await route.fetch()).json();
    await route.fulfill({ json: { ...file, rpcUrls: [first.url, second.url] } });
  });
  page = await context.newPage();
  await page.goto(network.url);
  await nodeReady(page);
  await openPage(page, "Network");
});
test.afterAll(async () => {
  await context?.close();
  await Promise.all([first?.stop(), second?.stop(), network?.stop()]);
});

const panel = () => page.getByRole("region", { name: "Chain", exact: true });
const row = (place: number) => panel().getByRole("listitem").nth(place);
const hostOf = (proxy: RpcProxy) => new URL(proxy.url).host;

test("the Network page tells which endpoint answers, and how old its answer is", async () => {
  await expect(panel().getByRole("status")).toHaveText(`The chain is in reach through ${hostOf(first)}.`);
  await expect(row(0)).toContainText(/answers\s+answered \d+ s ago · block \d+ · \d+ ms/);
  await expect(row(1)).toContainText("in reserve");
});

test("it tells that one does not answer, when it is tried again, and which answers in its place", async () => {
  first.refuse = { status: 502 };
  await expect(row(0)).toContainText("no answer");
  await expect(row(0)).toContainText(/tried again (in \d:\d\d|at the next read) · answered/);
  await expect(panel().getByRole("status")).toHaveText(`The chain is in reach through ${hostOf(second)}.`);
  await expect(page.getByTestId("chain-state")).toHaveText("reachable");

  expect(await widerThanViewport(page)).toEqual([]);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await panel().scrollIntoViewIfNeeded();
    await page.screenshot({
      path: test.info().outputPath(`endpoints-${colorScheme}.png`),
      animations: "disabled",
    });
  }
});

test("with no endpoint left the chain is out of reach, and each tells when it is tried again", async () => {
  second.refuse = { status: 429, retryAfterSeconds: 60 };
  await expect(page.getByTestId("chain-state")).toHaveText("unreachable");
  await expect(row(0)).toContainText("no answer");
  await expect(row(1)).toContainText(/tried again in \d:\d\d/);
  await expect(row(1)).toContainText("asks to wait");
});

test("the better one is taken again when it is back", async () => {
  first.refuse = undefined;
  await expect(row(0)).toContainText(/answers\s+answered \d+ s ago/, LONGEST_PAUSE);
  await expect(page.getByTestId("chain-state")).toHaveText("reachable");
});
