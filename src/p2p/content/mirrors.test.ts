import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { equalBytes } from "../../core/bytes.ts";
import { cidOf, encodeCbor, parseCid } from "../../core/codec/dag-cbor.ts";
import { Mirrors } from "./mirrors.ts";

const BLOCK = encodeCbor(Uint8Array.from({ length: 600_000 }, (_, index) => (index * 13) & 255));
const CID = cidOf(BLOCK);
const never = new AbortController().signal;

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A web server that answers so; gives its address and how often it was asked. */
async function serve(answer: Answer): Promise<{ url: string; asked: () => number }> {
  let count = 0;
  const server = createServer((request, response) => answer(request, response, count++));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}/blocks/`, asked: () => count };
}

const whole: Answer = (request, response) => {
  const isAsked = request.url === `/blocks/${CID}?format=raw`;
  response.writeHead(isAsked ? 200 : 404);
  response.end(isAsked ? BLOCK : undefined);
};
const wrong: Answer = (_, response) => {
  response.writeHead(200);
  response.end(BLOCK.map((byte) => byte ^ 1));
};
/** Ends in the middle, without saying so. */
function cut(request: IncomingMessage, response: ServerResponse, withRanges: boolean, bytes: number): void {
  const from = withRanges ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
  response.writeHead(from > 0 ? 206 : 200, { "Content-Length": BLOCK.length - from });
  response.write(BLOCK.subarray(from, from + bytes), () => response.destroy());
}

async function fetched(urls: readonly string[]): Promise<boolean> {
  return equalBytes(await new Mirrors(urls).get(parseCid(CID), never), BLOCK);
}

describe("mirrors", () => {
  it("give a block by its CID", async () => {
    const { url } = await serve(whole);
    expect(await fetched([url])).toBe(true);
  });

  it("are left for another one when they send wrong bytes, for a while", async () => {
    const [liar, honest] = [await serve(wrong), await serve(whole)];
    const mirrors = new Mirrors([liar.url, honest.url]);
    for (let time = 0; time < 3; time++) {
      expect(equalBytes(await mirrors.get(parseCid(CID), never), BLOCK)).toBe(true);
    }
    expect(liar.asked()).toBe(1);
    expect(honest.asked()).toBe(3);
  });

  it("go on where an answer was cut off", async () => {
    const { url, asked } = await serve((request, response) => cut(request, response, true, 250_000));
    expect(await fetched([url])).toBe(true);
    expect(asked()).toBe(3);
  });

  it("that know no ranges begin again", async () => {
    const { url } = await serve((request, response, count) => {
      if (count === 0) cut(request, response, false, 200_000);
      else whole(request, response, count);
    });
    expect(await fetched([url])).toBe(true);
  });

  it("that cut every answer, send too much, or fail, end with not-found", async () => {
    const endless: Answer = (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(new Uint8Array(1024 * 1024)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    const failing: Answer = (_, response) => response.writeHead(500).end();
    const cutting: Answer = (request, response) => cut(request, response, false, 1_000);
    for (const answer of [endless, failing, cutting, wrong]) {
      const { url } = await serve(answer);
      await expect(fetched([url])).rejects.toMatchObject({ data: { code: "not-found" } });
    }
    await expect(fetched(["http://127.0.0.1:1/"])).rejects.toMatchObject({ data: { code: "not-found" } });
    await expect(fetched([])).rejects.toMatchObject({ data: { code: "not-found" } });
  });

  it("stop when the signal fires", async () => {
    const { url } = await serve(() => undefined);
    const controller = new AbortController();
    const waiting = new Mirrors([url]).get(parseCid(CID), controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow();
  });
});
