import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeBackgroundDelivery, type MailboxAnswer } from "../ports/acceptance/background-delivery.ts";
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

const startAnew = (): void => {
  servers = [];
  engine = { indexedDB: new IDBFactory(), IDBKeyRange };
  woken = 0;
};
const closeServers = async (): Promise<void> => {
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
};

/** In HTTP: what mailboxes answer. */
function answerOf(says: MailboxAnswer): [status: number, body: string] {
  if (says === "nothing") return [502, "<html>Bad gateway</html>"];
  return "by" in says
    ? [200, JSON.stringify({ state: "held", by: says.by })]
    : [422, JSON.stringify(says.error)];
}

describeBackgroundDelivery("IndexedDB and HTTP", async () => {
  startAnew();
  let answer: (text: string) => MailboxAnswer = () => "nothing";
  const box = await mailbox((text) => answerOf(answer(text)));
  return {
    delivery: page([box.url]),
    reopen: async () => page([box.url]),
    async deliver(says) {
      answer = says;
      box.bodies.length = 0;
      await deliverKept(fetch, engine);
      return box.bodies.map((body) => body.replace("POST /messages ", ""));
    },
    dispose: closeServers,
  };
});

describe("background delivery", () => {
  beforeEach(startAnew);
  afterEach(closeServers);

  it("wakes the service worker once for the same messages, and not for none", async () => {
    const delivery = page([]);
    await delivery.handOver([message("first"), message("second")]);
    await delivery.handOver([message("first"), message("second")]);
    expect(woken).toBe(1);
    await delivery.handOver([]);
    expect(woken).toBe(1);
  });

  it("posts to the mailbox's messages, and counts what it would not take", async () => {
    const box = await mailbox((body) =>
      body === "one" ? held() : [422, '{"code":"late","message":"Late"}'],
    );
    await page([box.url]).handOver([message("one"), message("two")]);
    expect(await deliverKept(fetch, engine)).toBe(1);
    expect(box.bodies).toEqual(["POST /messages one", "POST /messages two"]);
  });

  it("goes to the next mailbox when one is away or talks nonsense", async () => {
    const nonsense = await mailbox(() => [200, "<html>welcome</html>"]);
    const box = await mailbox(held);
    const delivery = page(["http://127.0.0.1:1/", nonsense.url, box.url]);
    await delivery.handOver([message("one")]);
    expect(await deliverKept(fetch, engine)).toBe(0);
    expect(box.bodies).toEqual(["POST /messages one"]);
  });
});
