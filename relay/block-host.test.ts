import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { equalBytes } from "../src/core/bytes.ts";
import { cidOf, encodeCbor, parseCid } from "../src/core/codec/dag-cbor.ts";
import { Mirrors } from "../src/p2p/content/mirrors.ts";
import { type StaticHost, startStaticHost } from "./static-host.ts";

const BLOCK = encodeCbor(Uint8Array.from({ length: 300_000 }, (_, index) => index & 255));
const CID = cidOf(BLOCK);
const MISSING = cidOf(encodeCbor("not in the folder"));

describe("a folder of blocks behind the static host", () => {
  const root = mkdtempSync(join(tmpdir(), "parley-blocks-"));
  let host: StaticHost;
  beforeEach(async () => {
    mkdirSync(join(root, "page"), { recursive: true });
    mkdirSync(join(root, "blocks"), { recursive: true });
    writeFileSync(join(root, "page", "index.html"), "<!doctype html>");
    writeFileSync(join(root, "blocks", CID), BLOCK);
    writeFileSync(join(root, "secret"), "not a block");
    host = await startStaticHost({ root: join(root, "page"), port: 0, blocks: join(root, "blocks") });
  });
  afterEach(async () => {
    await host.stop();
    rmSync(root, { recursive: true });
  });

  it("is a mirror: nodes get what it holds, checked, and nothing else", async () => {
    const mirrors = new Mirrors([`${host.url}blocks`]);
    const { signal } = new AbortController();
    expect(equalBytes(await mirrors.get(parseCid(CID), signal), BLOCK)).toBe(true);
    await expect(mirrors.get(parseCid(MISSING), signal)).rejects.toMatchObject({
      data: { code: "not-found" },
    });
    // A block that is missing is no lie: the mirror is asked again.
    expect(equalBytes(await mirrors.get(parseCid(CID), signal), BLOCK)).toBe(true);
  });

  it("answers pages of any origin, whole or from an offset", async () => {
    const whole = await fetch(`${host.url}blocks/${CID}`);
    expect(whole.headers.get("access-control-allow-origin")).toBe("*");
    expect(whole.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect(whole.headers.get("cache-control")).toContain("immutable");
    const rest = await fetch(`${host.url}blocks/${CID}`, { headers: { Range: "bytes=299000-" } });
    expect(rest.status).toBe(206);
    expect(equalBytes(new Uint8Array(await rest.arrayBuffer()), BLOCK.subarray(299_000))).toBe(true);
    const beyond = await fetch(`${host.url}blocks/${CID}`, { headers: { Range: "bytes=999999999-" } });
    expect(beyond.status).toBe(416);
    const asked = await fetch(`${host.url}blocks/${CID}`, { method: "OPTIONS" });
    expect(asked.headers.get("access-control-allow-headers")).toBe("Range");
  });

  it("gives no file that is no block", async () => {
    for (const path of ["secret", "..%2Fsecret", "", `${CID}/..%2f..%2fsecret`, MISSING]) {
      expect((await fetch(`${host.url}blocks/${path}`)).status).not.toBe(200);
    }
  });
});
