import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startRelay } from "./relay.ts";

it("has the same address after a restart, and keeps its key to itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-relay-"));
  const privateKeyFile = join(folder, "kept/key");
  const first = await startRelay({ port: 0, host: "127.0.0.1", privateKeyFile });
  const [address = ""] = first.multiaddrs;
  await first.stop();
  const port = Number(/tcp\/(\d+)/.exec(address)?.[1]);
  const second = await startRelay({ port, host: "127.0.0.1", privateKeyFile });
  expect(second.multiaddrs).toEqual([address]);
  expect(address).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\/12D3Koo/);
  expect(statSync(privateKeyFile).mode & 0o077).toBe(0);
  await second.stop();
  rmSync(folder, { recursive: true });
});

it("listens on IPv6 too", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-relay-"));
  const relay = await startRelay({ port: 0, host: "::1", privateKeyFile: join(folder, "key") });
  expect(relay.multiaddrs[0]).toMatch(/^\/ip6\/::1\/tcp\/\d+\/ws\/p2p\//);
  await relay.stop();
  rmSync(folder, { recursive: true });
});
