import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { freePort } from "./free-port.ts";

let server: Server | undefined;

afterEach(() => server?.close());

function listen(host: string): Promise<number> {
  return new Promise((resolve) => {
    const opened = createServer();
    server = opened;
    opened.listen(0, host, () => {
      const address = opened.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

test("a free port is kept", async () => {
  const port = await freePort(0);
  expect(await freePort(port)).toBe(port);
});

test.each(["127.0.0.1", "0.0.0.0"])("a port taken on %s is replaced by a higher one", async (host) => {
  const taken = await listen(host);
  expect(await freePort(taken)).toBeGreaterThan(taken);
});

test("a port promised to somebody else is not given twice", async () => {
  const port = await freePort(0);
  expect(await freePort(port, [port])).not.toBe(port);
});
