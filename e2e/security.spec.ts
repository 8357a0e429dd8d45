import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import { startStaticHost } from "../relay/static-host.ts";
import { ask, modelReady, nodeReady, openPage, openTab, startNetwork } from "./support/app.ts";

const DIST = resolve(import.meta.dirname, "../dist");

test.setTimeout(180_000);

let network: LocalNetwork;
test.beforeAll(async () => {
  network = await startNetwork();
});
test.afterAll(() => network?.stop());

declare global {
  /** What the browser refused to do for this page, as directive and what was refused. */
  var violations: string[];
}

function watchViolations(): void {
  globalThis.violations = [];
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => {
    globalThis.violations.push(`${effectiveDirective} ${blockedURI} ${sample}`);
  });
}

const violationsOf = (page: Page): Promise<string[]> => page.evaluate(() => globalThis.violations);

test("the app does everything without breaking its own policy", async ({ browser }) => {
  const { page, context } = await openTab(browser, network.url, { initScript: watchViolations });
  await modelReady(page);
  await ask(page, "What is an epoch?");
  await nodeReady(page);
  for (const name of ["Donate", "Network", "Vote", "Simulator", "Chat"] as const) {
    await openPage(page, name);
    await expect(page.getByRole("main", { name })).toBeVisible();
    await expect(page.getByRole("heading").first()).toBeVisible();
  }
  await page.getByRole("button", { name: /^Wallet/ }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);
  await context.close();
});

test("no text becomes a script, markup or a worker from elsewhere", async ({ browser }) => {
  const { page, context } = await openTab(browser, network.url, { initScript: watchViolations });
  await modelReady(page);
  const outcomes = await page.evaluate(async () => {
    const attempt = (task: () => unknown): string => {
      try {
        task();
        return "done";
      } catch (thrown) {
        return thrown instanceof Error ? thrown.name : "thrown";
      }
    };
    const script = document.createElement("script");
    return {
      markup: attempt(() => {
        document.body.innerHTML += "<img src=x onerror='globalThis.pwned = 1'>";
      }),
      code: attempt(() => {
        script.text = "globalThis.pwned = 1";
      }),
      // In a turn of its own: what a test itself runs may evaluate.
      evaluated: await new Promise((resolve) => {
        setTimeout(() => resolve(attempt(() => Reflect.construct(Function, ["globalThis.pwned = 1"])())));
      }),
      worker: attempt(() => new Worker("https://evil.example/worker.js")),
      handler: attempt(() => document.body.setAttribute("onclick", "globalThis.pwned = 1")),
      source: attempt(() => {
        script.src = "https://evil.example/script.js";
      }),
      pwned: "pwned" in globalThis,
    };
  });
  expect(outcomes).toEqual({
    markup: "TypeError",
    code: "TypeError",
    evaluated: "EvalError",
    worker: "TypeError",
    handler: "TypeError",
    source: "TypeError",
    pwned: false,
  });
  await context.close();
});

test("a style that stands in the page itself is refused", async ({ browser }) => {
  const { page, context } = await openTab(browser, network.url, { initScript: watchViolations });
  await modelReady(page);
  await page.evaluate(() => {
    const style = document.createElement("style");
    style.textContent = "body { display: none }";
    document.head.append(style);
    document.body.setAttribute("style", "display:none");
  });
  await expect(page.locator("body")).toBeVisible();
  const refused = async () => (await violationsOf(page)).map((violation) => violation.split(" ")[0]);
  // The browser tells the page of what it has refused in a turn of its own.
  await expect
    .poll(async () => new Set(await refused()))
    .toEqual(new Set(["style-src-elem", "style-src-attr"]));
  await context.close();
});

test("the host says so with every answer", async ({ request }) => {
  const page = await request.get(network.url);
  const { "content-security-policy": policy = "", "permissions-policy": permissions = "" } = page.headers();
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toContain("unsafe-inline");
  expect(policy).not.toContain("'unsafe-eval'");
  expect(permissions).toContain("geolocation=()");
  const [script] = (await page.text()).match(/\/assets\/[^"]+\.js/) ?? [];
  const asset = await request.get(new URL(script ?? "missing", network.url).href);
  expect(asset.headers()["content-security-policy"]).toContain("script-src 'self'");
  expect(asset.headers()["x-content-type-options"]).toBe("nosniff");
});

test("a script that is not the one the page was built with does not run", async ({ page }) => {
  const root = mkdtempSync(join(tmpdir(), "parley-integrity-"));
  cpSync(DIST, root, { recursive: true });
  const html = readFileSync(join(root, "index.html"), "utf8");
  const entry = /<script type="module"[^>]*src="([^"]+)"/.exec(html)?.[1] ?? "missing";
  for (const suffix of [".br", ".gz"]) rmSync(join(root, `${entry}${suffix}`), { force: true });
  writeFileSync(join(root, entry), `globalThis.pwned = 1;\n${readFileSync(join(root, entry), "utf8")}`);
  const host = await startStaticHost({ root, port: 0 });
  try {
    const refused = page.waitForEvent("console", (message) => message.text().includes("integrity"));
    await page.goto(host.url);
    await refused;
    expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false);
  } finally {
    await host.stop();
    rmSync(root, { recursive: true });
  }
});
