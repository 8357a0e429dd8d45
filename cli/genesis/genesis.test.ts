import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { generatePrivateKey } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type DevChain, startDevChain } from "../../relay/dev-chain.ts";
import { parseNetworkFile } from "../../src/app/network-file.ts";
import { createChain } from "../../src/chain/chain.ts";
import { accountOfKey } from "../../src/chain/wallet/key-wallet.ts";
import { createLocalRpc, type LocalRpc } from "../../src/chain/wallet/local-rpc.ts";
import { decodeGenesis, genesisCid } from "../../src/core/artifacts/genesis.ts";
import type { Address } from "../../src/core/primitives.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const ETHER = "0xde0b6b3a7640000";
/** The benchmark of the base model runs once, also on a slow machine. */
const SLOW_MS = 120_000;
const EXECUTOR: Address = "0x00000000000000000000000000000000000f00d0";
const HOLDER: Address = "0x000000000000000000000000000000000000b01d";

let folder: string;
let chain: DevChain;
let rpc: LocalRpc;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-genesis-"));
  chain = await startDevChain();
  rpc = createLocalRpc(chain.rpcUrl);
});

afterAll(async () => {
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  /** Resolves when stderr has said it; rejects when the command ends before. */
  said(text: string): Promise<void>;
  readonly ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
}

function genesis(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Run {
  const launcher = join(ROOT, "cli/parley.js");
  const child = spawn(
    process.execPath,
    [launcher, "genesis", "--model", join(ROOT, "public/model"), ...args],
    { cwd: folder, env: { ...process.env, PARLEY_DEPLOYER_KEY: "", ...environment } },
  );
  let [stdout, stderr] = ["", ""];
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const listener of listeners) listener();
  });
  const ended = once(child, "close").then(() => ({ status: child.exitCode, stdout, stderr }));
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      listeners.add(() => {
        if (stderr.includes(text)) resolve();
      });
      void ended.then(() => reject(new Error(`never said "${text}": ${stderr}`)));
    });
  return { child, said, ended };
}

function config(change: Readonly<Record<string, unknown>> = {}): string {
  const file = join(folder, "config.json");
  const value = {
    name: "trial",
    chainId: 31_337,
    preset: "parley",
    executor: EXECUTOR,
    holder: HOLDER,
    start: "2026-12-01T00:00:00Z",
    rpcUrls: [chain.rpcUrl],
    relays: ["/dns4/relay.example/tcp/443/wss/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN"],
    iceServers: [{ urls: ["turn:turn.example:3478"], username: "parley", credential: "open" }],
    parameters: { minimumStakeWei: "7000000000000000000", jurySize: 13 },
    contracts: { challengeSeconds: 3_600 },
    ...change,
  };
  writeFileSync(file, JSON.stringify(value));
  return file;
}

async function payer(): Promise<{ key: `0x${string}`; account: Address }> {
  const key = generatePrivateKey();
  const account = accountOfKey(key);
  await rpc("anvil_setBalance", [account, ETHER]);
  return { key, account };
}

const read = (path: string) => readFileSync(join(folder, path), "utf8");

describe("parley genesis", { timeout: SLOW_MS }, () => {
  test("makes a network, also when it is killed in the middle and run again", async () => {
    const { key } = await payer();
    const keyFile = join(folder, "payer.key");
    writeFileSync(keyFile, key, { mode: 0o600 });
    const args = ["--config", config(), "--out", "net", "--key-file", keyFile];

    const killed = genesis(args);
    await killed.said("Staking sent");
    killed.child.kill("SIGKILL");
    expect((await killed.ended).status).toBeNull();

    const { status, stdout, stderr } = await genesis(args).ended;
    expect(stderr).toContain("ParleyNetwork there");
    expect(stderr).toContain("verified:");
    expect(status).toBe(0);
    expect(stderr + stdout).not.toContain(key.slice(2));

    const made = decodeGenesis(new Uint8Array(readFileSync(join(folder, "net/genesis.cbor"))));
    expect(stdout.trim()).toBe(genesisCid(made));
    expect(made).toMatchObject({ name: "trial", startMs: Date.parse("2026-12-01T00:00:00Z") });
    expect(made.parameters).toMatchObject({ minimumStakeWei: 7n * 10n ** 18n, jurySize: 13 });
    expect(made.parameters.foundationAccount).toBe(made.chain.treasury);
    const network = parseNetworkFile(JSON.parse(read("net/network.json")));
    expect(network).toMatchObject({ genesisCid: genesisCid(made), demoWallet: false, chainId: 31_337 });
    expect(network.iceServers?.[0]?.urls).toEqual(["turn:turn.example:3478"]);
    expect(JSON.parse(read("net/deployment.json"))).toMatchObject({
      genesisCid: genesisCid(made),
    });

    const reads = createChain({ rpcUrls: [chain.rpcUrl], chain: made.chain });
    expect(await reads.tokenBalanceWei(HOLDER)).toBe(99_000_000n * 10n ** 18n);
    expect(await reads.lastAnchoredEpoch()).toBeUndefined();

    const third = await genesis(args).ended;
    expect(third).toMatchObject({ status: 0, stdout });
    expect(third.stderr).not.toContain("sent");
  });

  test("changes relays in network.json alone, as often as they move", async () => {
    const { key } = await payer();
    const environment = { PARLEY_DEPLOYER_KEY: key };
    const made = (relays: readonly string[]) => {
      const file = config({ name: "moving", relays });
      return genesis(["--config", file, "--out", "moving"], environment).ended;
    };
    const first = await made([]);
    expect(first.status).toBe(0);
    for (const port of [1, 2]) {
      const relays = [`/ip4/192.0.2.1/tcp/${port}/ws`];
      expect(await made(relays)).toMatchObject({ status: 0, stdout: first.stdout });
      expect(parseNetworkFile(JSON.parse(read("moving/network.json"))).relays).toEqual(relays);
    }
  });

  test("with --plan only prints what a wallet sends, and writes the files after it was sent", async () => {
    const { account } = await payer();
    const args = ["--config", config({ name: "by wallet" }), "--out", "wallet"];
    const early = await genesis(args).ended;
    expect(early.status).toBe(1);
    expect(early.stderr).toContain("ParleyNetwork is not on the chain yet");

    const plan = await genesis([...args, "--plan"]).ended;
    expect(plan.status).toBe(0);
    const { transactions, addresses } = JSON.parse(plan.stdout);
    expect(await rpc("eth_getTransactionCount", [account, "latest"])).toBe("0x0");
    await rpc("anvil_impersonateAccount", [account]);
    for (const { to, data, value } of transactions) {
      const hash = await rpc("eth_sendTransaction", [{ from: account, to, data, value }]);
      // One after another: the gas of each is estimated on what those before it have left.
      await vi.waitFor(
        async () => expect(await rpc("eth_getTransactionReceipt", [hash])).toMatchObject({ status: "0x1" }),
        { timeout: 30_000 },
      );
    }

    const { status, stderr } = await genesis(args).ended;
    expect(status, stderr).toBe(0);
    const made = decodeGenesis(new Uint8Array(readFileSync(join(folder, "wallet/genesis.cbor"))));
    expect(made.chain).toEqual({ ...addresses, chainId: 31_337 });
  });

  test("says who cannot pay, and what they have", async () => {
    const key = generatePrivateKey();
    const environment = { PARLEY_DEPLOYER_KEY: key };
    const { status, stderr } = await genesis(["--config", config({ name: "poor" })], environment).ended;
    expect(stderr).toMatch(new RegExp(`${accountOfKey(key)} cannot pay.*received 0 wei`, "i"));
    expect(status).toBe(1);
  });

  test("takes the key from the environment, and refuses a folder of another network", async () => {
    const { key } = await payer();
    const environment = { PARLEY_DEPLOYER_KEY: key };
    const first = await genesis(["--config", config(), "--out", "env"], environment).ended;
    expect(first.status).toBe(0);
    const other = await genesis(["--config", config({ name: "other" }), "--out", "env"], environment).ended;
    expect(other.status).toBe(1);
    expect(other.stderr).toContain("This folder holds another network");
    // Found before anything was paid.
    expect(other.stderr).not.toContain("sent");
  });

  test.each([
    ["another chain", { chainId: 1 }, "Another chain answers"],
    ["an unknown parameter", { parameters: { jurySiz: 3 } }, "parameters.jurySiz"],
    ["an amount as a number", { parameters: { minimumStakeWei: 5 } }, "parameters.minimumStakeWei"],
    ["a parameter out of range", { parameters: { jurySize: -1 } }, "out of range"],
    ["parameters that do not fit", { parameters: { validatorSharePpm: 1 } }, "do not fit together"],
    ["another foundation", { parameters: { foundationAccount: HOLDER } }, "the network's own treasury"],
    ["a field that is not known", { colour: "red" }, "expected of name, chainId"],
    ["a choice that is not known", { contracts: { colour: 1 } }, "expected of initialSupplyWei"],
    ["stakes that leave before a ruling", { contracts: { unbondingSeconds: 691_199 } }, "at least 691200"],
    ["no chain to ask", { rpcUrls: ["http://127.0.0.1:9"] }, "127.0.0.1:9, received "],
  ])("refuses %s", async (_what, change, words) => {
    const { status, stderr } = await genesis(["--config", config(change), "--plan"]).ended;
    expect(stderr).toContain(words);
    expect(status).toBe(1);
  });

  test("wants to know what the network is", async () => {
    const { status, stderr } = await genesis([]).ended;
    expect(stderr).toContain("--config FILE");
    expect(status).toBe(2);
  });
});
