import { dns } from "@multiformats/dns";
import { expect, test } from "vitest";
import { toErrorData } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { parseRelay, resolveRelays } from "./relay-addresses.ts";

const R = "12D3KooWHhpyeGRP8jBJJ8qSWz4W3pw8Z7Gp4f3PS7oYTQSWUW2D";
const OTHER = "12D3KooWCYtVbZg9LRghV5Afg6x3q7aTkEudTEi1k7NEumQq2rG1";

function codeOf(text: string, secureOnly = false): string {
  try {
    return parseRelay(text, secureOnly).kind;
  } catch (thrown) {
    return toErrorData(thrown).code;
  }
}

test("relays are taken by WebSocket, WebRTC-direct and by name, with blanks around", () => {
  for (const text of [
    `/ip4/127.0.0.1/tcp/9090/ws/p2p/${R}`,
    ` /dns4/relay.example/tcp/443/wss/p2p/${R}\n`,
    `/dns6/relay.example/tcp/443/tls/ws/p2p/${R}`,
    `/ip4/10.0.0.1/udp/4001/webrtc-direct/certhash/uEiAkMDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE/p2p/${R}`,
  ]) {
    expect(parseRelay(text)).toMatchObject({ kind: "relay", peer: R });
  }
  expect(parseRelay("/dnsaddr/relays.example")).toEqual({
    kind: "name",
    host: "relays.example",
    peer: undefined,
  });
  expect(parseRelay(`/dnsaddr/relays.example/p2p/${R}`)).toMatchObject({ host: "relays.example", peer: R });
});

test.each([
  ["", "relay-address"],
  ["relay.example.org", "relay-address"],
  ["wss://relay.example.org", "relay-address"],
  [`/${"x".repeat(500)}`, "relay-address"],
  [`/ip4/127.0.0.1/tcp/9090/p2p/${R}`, "relay-address"],
  [`/dns4/relay.example/tcp/443/wss/p2p/${R}/p2p-circuit/p2p/${OTHER}`, "relay-address"],
  ["/ip4/127.0.0.1/tcp/9090/ws", "relay-peer-id"],
  ["/ip4/127.0.0.1/tcp/9090/ws/p2p/nobody", "relay-peer-id"],
])("refuses %j as %s", (text, code) => {
  expect(codeOf(text)).toBe(code);
});

test("says what a page over HTTPS cannot reach", () => {
  expect(codeOf(`/dns4/relay.example/tcp/80/ws/p2p/${R}`, true)).toBe("relay-insecure");
  expect(codeOf(`/dns4/relay.example/tcp/443/tls/ws/p2p/${R}`, true)).toBe("relay");
  expect(codeOf(`/dns4/relay.example/tcp/443/wss/p2p/${R}`, true)).toBe("relay");
});

/** A resolver over fixed records, as @multiformats/dns takes them. */
function resolverOf(records: Readonly<Record<string, readonly string[]>>) {
  return dns({
    resolvers: {
      ".": async (name) => ({
        Status: 0,
        TC: false,
        RD: true,
        RA: true,
        AD: false,
        CD: false,
        Question: [],
        Answer: (records[name] ?? []).map((data) => ({ name, type: 16, TTL: 60, data })),
      }),
    },
  });
}

const resolve = async (host: string, records: Readonly<Record<string, readonly string[]>>, peer?: string) =>
  (await resolveRelays({ host, peer }, resolverOf(records), AbortSignal.timeout(5_000))).map(({ address }) =>
    address.toString(),
  );

test("a name leads to its relays, each once, and other records are left alone", async () => {
  const one = `/dns4/a.example/tcp/443/wss/p2p/${R}`;
  const two = `/dns4/b.example/tcp/443/wss/p2p/${OTHER}`;
  const records = {
    "_dnsaddr.x.example": [`"dnsaddr=${one}"`, `dnsaddr=${one}`, `dnsaddr=${two}`, "v=spf1", "dnsaddr=?"],
  };
  expect(await resolve("x.example", records)).toEqual([one, two]);
  expect(await resolve("x.example", records, OTHER)).toEqual([two]);
});

test("names that lead in circles come to an end, and one name gives a bounded number of relays", async () => {
  const circle = {
    "_dnsaddr.x.example": ["dnsaddr=/dnsaddr/x.example", `dnsaddr=/ip4/1.2.3.4/tcp/1/ws/p2p/${R}`],
  };
  expect(await resolve("x.example", circle)).toEqual([`/ip4/1.2.3.4/tcp/1/ws/p2p/${R}`]);
  const many = Array.from({ length: 100 }, (_, index) => `dnsaddr=/ip4/1.2.3.4/tcp/${index + 1}/ws/p2p/${R}`);
  expect(await resolve("x.example", { "_dnsaddr.x.example": many })).toHaveLength(LIMITS.relaysPerName);
});
