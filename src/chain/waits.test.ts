import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listening } from "../../e2e/support/rpc-proxy.ts";
import { makeGenesis } from "../../vectors/lib/world.ts";
import { createChain } from "./chain.ts";
import { Waits } from "./waits.ts";

describe("what waits for a chain that does not answer", () => {
  let server: Server;
  let asked: Promise<void>;
  let url: string;
  beforeEach(async () => {
    asked = new Promise((resolve) => {
      server = createServer(() => resolve());
    });
    url = `http://127.0.0.1:${await listening(server)}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it("ends when the process does, and asks nothing more", async () => {
    const waits = new Waits();
    const chain = createChain({ rpcUrls: [url], chain: makeGenesis().chain, waits });
    const head = chain.head();
    await asked;
    waits.end();
    await expect(head).rejects.toMatchObject({ code: "aborted" });
    server.removeAllListeners("request");
    let posts = 0;
    server.on("request", () => posts++);
    await expect(chain.head()).rejects.toMatchObject({ code: "aborted" });
    expect(posts).toBe(0);
  });

  it("gives the work's own answers and errors as long as the process goes on", async () => {
    const waits = new Waits();
    expect(await waits.until(async () => 7)).toBe(7);
    await expect(waits.until(() => Promise.reject(new Error("its own")))).rejects.toThrow("its own");
  });
});
