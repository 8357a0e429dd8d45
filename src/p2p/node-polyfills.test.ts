import "./node-polyfills.ts";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, expect, it } from "vitest";

let server: Server | undefined;
afterEach(() => server?.close());

it("a WebSocket that is reset ends nothing, also when nobody listens for its error", async () => {
  const opened = createServer((socket) => {
    socket.once("data", () => socket.resetAndDestroy());
  });
  server = opened;
  await new Promise<void>((resolve) => opened.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = opened.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const socket = new WebSocket(`ws://127.0.0.1:${address.port}`);
  const code = await new Promise<number>((resolve) => {
    socket.addEventListener("close", (event) => resolve(event.code));
  });
  expect(code).toBe(1006);
});
