import { request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { ignore, reject } from "../../src/core/errors.ts";
import { LIMITS } from "../../src/core/limits.ts";
import { type Mailbox, type MailboxOptions, startMailbox } from "./mailbox.ts";

const NODE = "5".repeat(64);

describe("a mailbox", () => {
  let mailbox: Mailbox;
  let nowMs = 0;
  const delivered: Uint8Array[] = [];
  afterEach(async () => {
    delivered.length = 0;
    await mailbox.stop();
  });

  const open = async (deliver: MailboxOptions["deliver"] = async () => undefined) => {
    mailbox = await startMailbox({
      port: 0,
      host: "127.0.0.1",
      nodeId: NODE,
      nowMs: () => nowMs,
      deliver: (bytes) => {
        delivered.push(bytes);
        return deliver(bytes);
      },
    });
  };
  const post = (body: Uint8Array<ArrayBuffer>, type = "application/octet-stream", path = "messages") =>
    fetch(new URL(path, mailbox.url), { method: "POST", headers: { "content-type": type }, body });

  it("hands on the bytes as they came, and says which node holds them", async () => {
    await open();
    const response = await post(new Uint8Array([1, 2, 3]));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ state: "held", by: NODE });
    expect(delivered).toEqual([new Uint8Array([1, 2, 3])]);
  });

  it("answers a refusal as data: 400 for a message that is wrong for good, 409 for one that may come again", async () => {
    await open(async ([first]) =>
      first === 1
        ? reject("bad-signature", "Not signed by its author").data
        : ignore("log-gap", "Messages before it are missing", "sequence 3", "sequence 7").data,
    );
    const wrong = await post(new Uint8Array([1]));
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ code: "bad-signature", verdict: "REJECT" });
    const early = await post(new Uint8Array([2]));
    expect(early.status).toBe(409);
    expect(await early.json()).toMatchObject({
      code: "log-gap",
      expected: "sequence 3",
      received: "sequence 7",
    });
  });

  it("may be used by pages of any origin", async () => {
    await open();
    const asked = await fetch(new URL("messages", mailbox.url), { method: "OPTIONS" });
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe("*");
    expect(asked.headers.get("access-control-allow-headers")).toBe("Content-Type");
    const told = await post(new Uint8Array([1]));
    expect(told.headers.get("access-control-allow-origin")).toBe("*");
    expect(told.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  });

  it.each([
    ["another path", "application/octet-stream", "other", 404, "not-found"],
    ["another type", "text/plain", "messages", 415, "media-type"],
  ])("refuses %s", async (_, type, path, status, code) => {
    await open();
    const response = await post(new Uint8Array([1]), type, path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
    expect(delivered).toEqual([]);
  });

  it("refuses reading", async () => {
    await open();
    expect((await fetch(new URL("messages", mailbox.url))).status).toBe(405);
  });

  it("refuses what is larger than a message, announced or not", async () => {
    await open();
    const large = new Uint8Array(LIMITS.messageBytes + 1);
    expect((await post(large)).status).toBe(413);
    expect(await postInPieces(mailbox.url, large)).toBe(413);
    expect(delivered).toEqual([]);
  });

  it("slows down one address, and lets it go on later", async () => {
    await open();
    const { burst } = LIMITS.mailboxQuota;
    const statuses: number[] = [];
    for (let sent = 0; sent <= burst; sent++) statuses.push((await post(new Uint8Array([1]))).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(burst);
    expect(statuses.at(-1)).toBe(429);
    nowMs += 60_000;
    expect((await post(new Uint8Array([1]))).status).toBe(200);
  });
});

/** Without a length in the header. */
function postInPieces(url: string, bytes: Uint8Array): Promise<number | undefined> {
  return new Promise((resolve, fail) => {
    const sending = request(new URL("messages", url), {
      method: "POST",
      headers: { "content-type": "application/octet-stream", "transfer-encoding": "chunked" },
    });
    sending.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sending.on("error", fail);
    for (let start = 0; start < bytes.length; start += 2 ** 20)
      sending.write(bytes.subarray(start, start + 2 ** 20));
    sending.end();
  });
}
