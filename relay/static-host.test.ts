import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StaticHost, startStaticHost } from "./static-host.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-host-"));
const root = join(folder, "dist");
let host: StaticHost;
let relays = ["one"];

beforeAll(async () => {
  mkdirSync(join(root, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(root, "index.html"), "<!doctype html>page");
  writeFileSync(join(root, "sw.js"), "self");
  writeFileSync(join(root, "runtime.wasm"), "wasm");
  writeFileSync(join(root, "apple-touch-icon.png"), "icon");
  writeFileSync(join(root, "assets/plain.js"), "plain");
  writeFileSync(join(root, "app.webmanifest"), "{}");
  writeFileSync(join(root, "assets/main-AbCd1234.js"), "plain");
  writeFileSync(join(root, "assets/main-AbCd1234.js.gz"), gzipSync("compressed"));
  const extra = { "/network.json": () => ({ relays }), "/genesis.cbor": () => Buffer.from([1, 2, 3]) };
  host = await startStaticHost({ root, port: 0, headers: { "X-Test": "yes" }, extra });
});
afterAll(async () => {
  await host.stop();
  rmSync(folder, { recursive: true });
});

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, host.url), init);

/** fetch would normalise the path before it is sent. */
function statusOfRawPath(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: host.port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

describe("static host", () => {
  it("isolates the page and allows only its own scripts", async () => {
    const { headers } = await get("/");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(headers.get("content-security-policy")).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(headers.get("x-test")).toBe("yes");
  });

  it("names the types that browsers insist on", async () => {
    expect((await get("/runtime.wasm")).headers.get("content-type")).toBe("application/wasm");
    expect((await get("/app.webmanifest")).headers.get("content-type")).toBe("application/manifest+json");
    expect((await get("/sw.js")).headers.get("content-type")).toContain("text/javascript");
  });

  it("keeps hashed files for ever and asks again for the others", async () => {
    expect((await get("/assets/main-AbCd1234.js")).headers.get("cache-control")).toContain("immutable");
    for (const path of [
      "/",
      "/sw.js",
      "/network.json",
      "/runtime.wasm",
      "/apple-touch-icon.png",
      "/assets/plain.js",
    ]) {
      expect((await get(path)).headers.get("cache-control")).toBe("no-cache");
    }
  });

  it("prefers the compressed file that the build made, where it is accepted", async () => {
    const accepted = await get("/assets/main-AbCd1234.js", { headers: { "Accept-Encoding": "gzip, br" } });
    expect(accepted.headers.get("content-encoding")).toBe("gzip");
    expect(await accepted.text()).toBe("compressed");
    const refused = await get("/assets/main-AbCd1234.js", { headers: { "Accept-Encoding": "gzip;q=0" } });
    expect(refused.headers.get("content-encoding")).toBeNull();
    expect(await refused.text()).toBe("plain");
  });

  it("answers 304 to who knows the tag, until the content changes", async () => {
    for (const path of ["/sw.js", "/network.json"]) {
      const tag = (await get(path)).headers.get("etag") ?? "";
      expect((await get(path, { headers: { "If-None-Match": tag } })).status).toBe(304);
    }
    const before = (await get("/network.json")).headers.get("etag") ?? "";
    relays = ["two"];
    const after = await get("/network.json", { headers: { "If-None-Match": before } });
    expect(await after.json()).toEqual({ relays: ["two"] });
  });

  it("serves bytes made on demand", async () => {
    const answer = await get("/genesis.cbor");
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("gives the page for its own routes, and 404 for files that are not there", async () => {
    expect(await (await get("/network")).text()).toContain("page");
    expect((await get("/missing.js")).status).toBe(404);
  });

  it("never leaves its folder", async () => {
    for (const path of [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/assets/..%2f..%2fsecret.txt",
      "/..%5csecret.txt",
      "/%00",
      "/%",
    ]) {
      expect([400, 404], path).toContain(await statusOfRawPath(path));
    }
  });

  it("takes GET and HEAD only", async () => {
    expect((await get("/", { method: "POST" })).status).toBe(405);
    const head = await get("/sw.js", { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe("4");
    expect(await head.text()).toBe("");
  });
});
