import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";

/** Flags that keep a test browser quiet, deterministic and off the internet. */
export const chromiumFlags: readonly string[] = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  // Tabs of a test take turns in front; none may be slowed down for being behind.
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

const CHROMIUM_VARIABLES = ["PARLEY_CHROMIUM", "CHROME_PATH", "PUPPETEER_EXECUTABLE_PATH"];
const FIREFOX_VARIABLES = ["PARLEY_FIREFOX", "FIREFOX_PATH"];
const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const FIREFOX_NAMES = ["firefox-esr", "firefox"];
const CHROMIUM_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const FIREFOX_PLACES = [
  "/Applications/Firefox.app/Contents/MacOS/firefox",
  "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
];

/** Path of a Chromium or Chrome: environment, PATH, the usual places, Playwright's own download. */
export async function findChromium(): Promise<string | undefined> {
  return (
    fromEnvironment(CHROMIUM_VARIABLES) ??
    fromPath(CHROMIUM_NAMES) ??
    CHROMIUM_PLACES.find(isExecutable) ??
    (await fromPlaywright())
  );
}

/** Path of a Firefox: environment, PATH, the usual places. */
export function findFirefox(): string | undefined {
  return fromEnvironment(FIREFOX_VARIABLES) ?? fromPath(FIREFOX_NAMES) ?? FIREFOX_PLACES.find(isExecutable);
}

/**
 * Installs Debian packages when this process may: root on a system with apt-get.
 * Returns whether the installation succeeded.
 */
export function installDebianPackages(packages: readonly string[]): boolean {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env: environment, stdio: "ignore" } as const;
  const install = () =>
    spawnSync("apt-get", ["install", "-y", "--no-install-recommends", ...packages], options).status === 0;
  if (install()) return true;
  spawnSync("apt-get", ["update"], options);
  return install();
}

/** A path named by the environment is taken as it is: a wrong one should fail loudly, not be replaced. */
function fromEnvironment(names: readonly string[]): string | undefined {
  return names.map((name) => process.env[name]).find((value) => value !== undefined && value !== "");
}

function fromPath(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(process.platform === "win32" ? ";" : ":");
  const suffix = process.platform === "win32" ? ".exe" : "";
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name + suffix);
      if (folder !== "" && isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function fromPlaywright(): Promise<string | undefined> {
  const { chromium } = await import("@playwright/test");
  const path = chromium.executablePath();
  return isExecutable(path) ? path : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
