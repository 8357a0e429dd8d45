import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { generatePrivateKey } from "viem/accounts";
import { type DevChain, startDevChain } from "../relay/dev-chain.ts";
import { type StaticHost, startStaticHost } from "../relay/static-host.ts";
import { accountOfKey } from "../src/chain/wallet/key-wallet.ts";
import { createLocalRpc } from "../src/chain/wallet/local-rpc.ts";
import { openPage, openTab } from "./support/app.ts";
import { connectWallet } from "./support/donors.ts";
import { PeerProcess, peersFolder } from "./support/peer-process.ts";
import { testWalletScript } from "./support/test-wallet.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "..");
/** Not a local network's: no faucet, no demo wallet, no console. */
const CHAIN_ID = 4_242;
const HOLDER = "0x000000000000000000000000000000000000b01d";
const TEN_COINS = "0x8ac7230489e80000";

let chain: DevChain;
let host: StaticHost | undefined;
const folder = mkdtempSync(join(tmpdir(), "parley-made-"));
const peers = peersFolder();

test.beforeAll(async () => {
  chain = await startDevChain({ chainId: CHAIN_ID });
});
test.afterAll(async () => {
  await Promise.all([host?.stop(), chain?.stop()]);
  rmSync(folder, { recursive: true, force: true });
  peers.remove();
});

/** The command as docs/operators.md has it. Resolves with the genesis CID. */
async function genesis(): Promise<string> {
  const key = generatePrivateKey();
  const rpc = createLocalRpc(chain.rpcUrl);
  await Promise.all(
    [accountOfKey(key), HOLDER].map((account) => rpc("anvil_setBalance", [account, TEN_COINS])),
  );
  const config = {
    name: "Made by hand",
    chainId: CHAIN_ID,
    preset: "local",
    start: "2026-01-01T00:00:00Z",
    executor: HOLDER,
    holder: HOLDER,
    rpcUrls: [chain.rpcUrl],
    contracts: { challengeSeconds: 60, unbondingSeconds: 600 },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "payer.key"), key, { mode: 0o600 });
  const [file, payer, out] = ["config.json", "payer.key", "network"].map((name) => join(folder, name));
  const args = [
    "cli/parley.js",
    "genesis",
    "--config",
    `${file}`,
    "--key-file",
    `${payer}`,
    "--out",
    `${out}`,
  ];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT });
  return stdout.trim();
}

test("what parley genesis writes beside a page makes it, its wallet and a node peer members of that network", async ({
  browser,
}) => {
  const cid = await genesis();
  const read = (name: string) => readFileSync(join(folder, "network", name));
  const extra = {
    "/network.json": (): unknown => JSON.parse(read("network.json").toString()),
    "/genesis.cbor": () => read("genesis.cbor"),
  };
  host = await startStaticHost({ root: join(ROOT, "dist"), port: 0, extra });

  const peer = new PeerProcess(host.url, join(peers.path, "peer"));
  const initScript = testWalletScript({ rpcUrl: chain.rpcUrl, chainId: CHAIN_ID, account: HOLDER });
  const { context, page } = await openTab(browser, host.url, { initScript });
  await openPage(page, "Network");
  await expect(page.getByTestId("chain-state")).toHaveText("reachable");
  await connectWallet(page);
  await page.getByRole("button", { name: /^Wallet, 0x/ }).click();
  // The initial supply, less the hundredth that pays for anchoring: read from this network's token.
  await expect(page.getByTestId("balance")).toHaveText(/^\s*99\s000\s000\s*$/);
  await context.close();

  expect((await peer.line(({ text }) => text.startsWith("Network "))).text).toBe(
    `Network Made by hand ${cid}`,
  );
  await peer.line(({ text }) => text.endsWith(" runs"));
  expect(await peer.stop()).toBe(0);
});
