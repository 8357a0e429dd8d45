import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import type { LocalNetwork } from "../relay/local-network.ts";
import corrections from "./fixtures/corrections.json" with { type: "json" };
import { startNetwork } from "./support/app.ts";
import { PeerProcess, peersFolder } from "./support/peer-process.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "..");

test.describe.configure({ mode: "serial" });

const folder = peersFolder();
const pairsFile = join(folder.path, "pairs.json");
/** What a busy machine checks too late is trained again in the next epoch, and again. */
const SLOW_EPOCHS_MS = 480_000;
const DONATE = ["--donate", "--faucet"];
let network: LocalNetwork;
/** By name, which is also the name of its state folder. */
const peers = new Map<string, PeerProcess>();
let root: { readonly epoch: number; readonly root: string };

test.beforeAll(async () => {
  test.setTimeout(300_000);
  // Not less: a check is due within a quarter of it, from five processes that share the machine.
  network = await startNetwork({ epochSeconds: 44 });
  writeFileSync(pairsFile, JSON.stringify(corrections.slice(0, 6)));
  start("trainer", [...DONATE, "--pairs", pairsFile]);
  for (const name of ["second", "third", "fourth"]) start(name, DONATE);
  start("pinner");
  await Promise.all([...peers.values()].map((peer) => peer.line(({ text }) => text.endsWith(" runs"))));
});

test.afterEach(async () => {
  const info = test.info();
  if (info.status === info.expectedStatus) return;
  for (const [name, peer] of peers) await info.attach(name, { body: peer.text(), contentType: "text/plain" });
});

test.afterAll(async () => {
  await Promise.all([...peers.values()].map((peer) => peer.kill()));
  await network?.stop();
  folder.remove();
});

function start(name: string, args: readonly string[] = []): PeerProcess {
  const peer = new PeerProcess(network.url, join(folder.path, name), args);
  peers.set(name, peer);
  return peer;
}

function named(name: string): PeerProcess {
  const peer = peers.get(name);
  if (peer === undefined) throw new Error(`no peer ${name}`);
  return peer;
}

/** Until all these peers hold one root of an epoch after `afterEpoch`. */
async function sameRoot(names: readonly string[], afterEpoch: number) {
  let found = { epoch: -1, root: "" };
  await expect
    .poll(
      async () => {
        const heads = await Promise.all(names.map((name) => named(name).status()));
        found = { epoch: heads[0]?.headEpoch ?? -1, root: heads[0]?.headRoot ?? "" };
        return found.epoch > afterEpoch && heads.every(({ headRoot }) => headRoot === found.root);
      },
      { timeout: SLOW_EPOCHS_MS, intervals: [1_000] },
    )
    .toBe(true);
  return found;
}

test("four peers without a browser close an epoch among themselves, with one root, and one of them anchors it", async () => {
  test.setTimeout(SLOW_EPOCHS_MS + 60_000);
  root = await sameRoot([...peers.keys()], -1);
  await named("second").line(({ text }) => /^Root of epoch \d+ is on the chain|^Anchored epoch/.test(text));
});

test("one that is killed and started again goes on where it was and catches up", async () => {
  test.setTimeout(SLOW_EPOCHS_MS + 60_000);
  await named("fourth").kill();
  writeFileSync(pairsFile, JSON.stringify(corrections));
  const later = await sameRoot(["trainer", "second", "third", "pinner"], root.epoch);
  const again = start("fourth", DONATE);
  await again.line(({ text }) => text.endsWith(" runs"));
  root = await sameRoot([...peers.keys()], later.epoch - 1);
});

test("a second process on a folder in use says so and ends with 3", async () => {
  const second = new PeerProcess(network.url, join(folder.path, "pinner"));
  expect((await second.line(({ level }) => level === "error")).code).toBe("level-locked");
  expect(await second.stop()).toBe(3);
});

test("a peer that comes when only one that keeps everything is left gets everything from it", async () => {
  test.setTimeout(SLOW_EPOCHS_MS + 60_000);
  for (const name of ["trainer", "second", "third", "fourth"]) {
    expect(await named(name).stop()).toBe(0);
    peers.delete(name);
  }
  root = await sameRoot(["pinner"], root.epoch - 1);
  await start("late").line(({ text }) => text.endsWith(" runs"));
  root = await sameRoot(["pinner", "late"], root.epoch - 1);
  const held = (name: string) => named(name).status();
  const whatLateLacks = async () => {
    const [pinner, late] = await Promise.all([held("pinner"), held("late")]);
    return {
      epochs: root.epoch - late.pinnedEpoch,
      missing: late.missingBlocks,
      blocks: pinner.blocks - late.blocks,
    };
  };
  await expect
    .poll(whatLateLacks, { timeout: 120_000, intervals: [1_000] })
    .toEqual({ epochs: 0, missing: 0, blocks: 0 });
});

test("the auditor replays all epochs from what the peers serve", async () => {
  test.setTimeout(200_000);
  const args = ["cli/parley.js", "audit", "--epoch", `${root.epoch}`, "--url", network.url];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT, timeout: 180_000 });
  expect(stdout).toContain("same root");
  expect(stdout).toContain(root.root);
});
