import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import corrections from "./fixtures/corrections.json" with { type: "json" };
import { ask, conversation, modelReady, nodeReady, openTab, startNetwork } from "./support/app.ts";
import { addCorrections, connectWallet, donate, faucetOf, openMember } from "./support/donors.ts";

let network: LocalNetwork;
let context: BrowserContext;
let page: Page;

test.beforeAll(async () => {
  network = await startNetwork();
});
test.afterAll(() => network.stop());
test.afterEach(() => context.close());

async function openApp(browser: Browser): Promise<void> {
  ({ context, page } = await openTab(browser, network.url));
  await modelReady(page);
  await nodeReady(page);
}

/** A staked donor with corrections to teach, on the Donate page. */
async function openTeacher(browser: Browser): Promise<void> {
  ({ context, page } = await openMember(browser, network, await faucetOf(network)));
  await connectWallet(page);
  await donate(page);
  await addCorrections(page, corrections);
}

const training = () => page.getByRole("region", { name: "Training" });
const trainNow = () => page.getByRole("button", { name: "Train now" }).click();

test("thumbs are kept over a reload, and can be taken back", async ({ browser }) => {
  await openApp(browser);
  await ask(page, "What is an epoch?");
  const good = () => conversation(page).getByRole("button", { name: "Good answer" });
  const bad = () => conversation(page).getByRole("button", { name: "Bad answer" });
  await good().click();
  await expect(good()).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await expect(good()).toHaveAttribute("aria-pressed", "true");
  await bad().click();
  await expect(bad()).toHaveAttribute("aria-pressed", "true");
  await expect(good()).toHaveAttribute("aria-pressed", "false");
  await bad().click();
  await expect(bad()).toHaveAttribute("aria-pressed", "false");
  await page.reload();
  await expect(bad()).toHaveAttribute("aria-pressed", "false");
  await expect(good()).toHaveAttribute("aria-pressed", "false");
});

test("a run shows its curve and its memory, goes on after a reload where it was, and is shown when it has ended", async ({
  browser,
}) => {
  await openTeacher(browser);
  await trainNow();
  await expect(training().getByTestId("loss-curve")).toBeVisible();
  await expect(training()).toContainText(/About \d+ MiB of memory while it trains/);
  const isKept = () =>
    page.evaluate(async () => (await parley.dependencies.store.getTraining("answers")) !== undefined);
  await expect.poll(isKept).toBe(true);
  await page.reload();
  await expect(training()).toContainText(/Continued from step [1-9]/);
  await expect(training().getByTestId("loss-curve")).toBeVisible();

  const last = training().getByTestId("last-run");
  await expect(last).toContainText(/Loss on your corrections: \d+\.\d+ nats before, \d+\.\d+ after/);
  await page.reload();
  await expect(last.getByTestId("loss-curve")).toBeVisible();
});

test("a run that is cancelled says so and can be begun again", async ({ browser }) => {
  await openTeacher(browser);
  await trainNow();
  await expect(training().getByTestId("loss-curve")).toBeVisible();
  await training().getByRole("button", { name: "Cancel training" }).click();
  await expect(page.getByRole("button", { name: "Train now" })).toBeEnabled();
  await expect(training().getByTestId("loss-curve")).toHaveCount(0);
});

test("privacy shows what is spent, and refuses a run over the budget with the steps that would fit", async ({
  browser,
}) => {
  await openTeacher(browser);
  const learning = page.getByRole("region", { name: "How it learns" });
  const strict = learning.getByRole("radio", { name: /^Strict/ });
  await strict.click();
  await expect(strict).toBeChecked();
  await expect(learning.getByRole("status")).toContainText("Spent so far: ε = 0.00, left: 1.00");
  await trainNow();
  await expect(training().getByRole("alert")).toContainText(/At most \d+ steps/);
  await expect(learning.getByRole("status")).toContainText("Spent so far: ε = 0.00, left: 1.00");
  await page.reload();
  await expect(learning.getByRole("radio", { name: /^Strict/ })).toBeChecked();
});

test("what a device learns for itself is saved, forgotten and read again", async ({ browser }) => {
  await openApp(browser);
  await addCorrections(page, corrections);
  const version = page.getByRole("status", { name: "Model" });
  await expect(version).not.toContainText("personal");
  await page.getByRole("button", { name: "Models" }).click();
  const own = page.getByRole("list", { name: "Layers" }).getByRole("listitem").last();
  await expect(own).toContainText("Nothing yet");
  await page.getByRole("button", { name: "Learn for this device alone" }).click();
  await expect(page.getByRole("group", { name: "Learning for this device" })).toBeVisible();
  await expect(own).toContainText("Stays on this device");
  await expect(version).toContainText("personal");

  const saved: { name: string; mimeType: string; buffer: Buffer }[] = [];
  page.on("download", async (download) => {
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
    saved.push({
      name: download.suggestedFilename(),
      mimeType: "application/octet-stream",
      buffer: Buffer.concat(chunks),
    });
  });
  await page.getByRole("button", { name: "Export" }).click();
  await expect
    .poll(() => saved.map(({ name }) => name).sort())
    .toEqual(["adapter_config.json", "adapter_model.safetensors"]);

  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page
    .locator('[label="Forget what this device taught it?"]')
    .getByRole("button", { name: "Forget" })
    .click();
  await expect(own).toContainText("Nothing yet");
  await expect(version).not.toContainText("personal");

  const files = page.locator('parley-file-button[label="Import"] input');
  await files.setInputFiles(saved.filter(({ name }) => name === "adapter_config.json"));
  await expect(page.getByRole("alert")).toContainText("Pick adapter_model.safetensors");
  await files.setInputFiles(saved);
  await expect(own).toContainText("Stays on this device");
  await expect(version).toContainText("personal");

  await own.locator("wa-switch").click();
  await expect(version).not.toContainText("personal");
  await page.reload();
  await modelReady(page);
  await expect(version).not.toContainText("personal");
});
