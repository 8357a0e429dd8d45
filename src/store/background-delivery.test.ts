import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backgroundDelivery, deliverKept } from "./background-delivery.ts";

const BY = "a".repeat(64);
const message = (cid: string) => ({ cid, bytes: new TextEncoder().encode(cid) });

let servers: Server[];
let engine: { indexedDB: IDBFactory; IDBKeyRange: typeof IDBKeyRange };
let woken: number;

/** A mailbox over real HTTP that answers each message with what `answer` says. */
async function mailbox(answer: (body: string) => [status: number, body: string]) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      bodies.push(`${request.method} ${request.url} ${body}`);
      const [status, text] = answer(body);
      response.writeHead(status, { "Content-Type": "application/json" }).end(text);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, bodies };
}

const held = (): [number, string] => [200, JSON.stringify({ state: "held", by: BY })];
const page = (mailboxes: readonly string[]) =>
  backgroundDelivery({
    mailboxes,
    engine,
    wake: async () => {
      woken++;
    },
  });

beforeEach(() => {
  servers = [];
  engine = { indexedDB: new IDBFactory(), IDBKeyRange };
  woken = 0;
});
afterEach(() => Promise.all(servers.map((server) => new Promise((closed) => server.close(closed)))));

describe("background delivery", () => {
  it("sends what waits in the order of the log, and tells the page once who holds it", async () => {
    const box = await mailbox(held);
    const delivery = page([box.url]);
    await delivery.handOver([message("first"), message("second")]);
    expect(woken).toBe(1);
    expect(await deliverKept(fetch, engine)).toBe(0);
    expect(box.bodies).toEqual(["POST /messages first", "POST /messages second"]);
    expect(await delivery.outcomes()).toEqual([
      { cid: "first", by: BY },
      { cid: "second", by: BY },
    ]);
    expect(await delivery.outcomes()).toEqual([]);
    expect(await deliverKept(fetch, engine)).toBe(0);
    expect(box.bodies).toHaveLength(2);
  });

  it("goes to the next mailbox when one is away or talks nonsense", async () => {
    const nonsense = await mailbox(() => [200, "<html>welcome</html>"]);
    const box = await mailbox(held);
    const delivery = page(["http://127.0.0.1:1/", nonsense.url, box.url]);
    await delivery.handOver([message("one")]);
    expect(await deliverKept(fetch, engine)).toBe(0);
    expect(box.bodies).toEqual(["POST /messages one"]);
  });

  it("keeps what no mailbox took, and says why", async () => {
    const box = await mailbox(() => [422, JSON.stringify({ code: "log-gap", message: "One is missing" })]);
    const delivery = page([box.url]);
    await delivery.handOver([message("one")]);
    expect(await deliverKept(fetch, engine)).toBe(1);
    expect(await delivery.outcomes()).toEqual([
      { cid: "one", error: { code: "log-gap", message: "One is missing" } },
    ]);
    expect(await deliverKept(fetch, engine)).toBe(1);
    expect(box.bodies).toHaveLength(2);
  });

  it("forgets what the page delivered itself", async () => {
    const box = await mailbox(held);
    const delivery = page([box.url]);
    await delivery.handOver([message("one"), message("two")]);
    await delivery.handOver([message("two")]);
    await deliverKept(fetch, engine);
    expect(box.bodies).toEqual(["POST /messages two"]);
  });
});
