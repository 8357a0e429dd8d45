import { expect, test } from "vitest";
import { parseNodeOptions } from "./options.ts";

const KEY = ["--donate", "--key-file", "wallet.key"];

test("nothing is needed: the network is the local one, the node follows, any port is taken", () => {
  expect(parseNodeOptions([])).toMatchObject({
    url: "http://localhost:8080",
    state: ".parley/node",
    port: 0,
    announce: [],
    relay: false,
    json: false,
    help: false,
  });
  expect(parseNodeOptions([]).donate).toBeUndefined();
});

test("amounts become what the rest counts in", () => {
  const options = parseNodeOptions([...KEY, "--stake", "150.5", "--quota", "2.5", "--gas-limit-gwei", "0.5"]);
  expect(options.donate?.gasLimitWei).toBe(500_000_000n);
  expect(options.donate?.stakeWei).toBe(150_500_000_000_000_000_000n);
  expect(options.quotaBytes).toBe(2_500_000_000);
});

test("ports, addresses and a relay can be named", () => {
  const args = [
    "--port",
    "4001",
    "--webrtc-port",
    "4002",
    "--mailbox-port",
    "4003",
    "--relay",
    "--host",
    "::1",
  ];
  const announce = ["--announce", "/dns4/a.example/tcp/443/wss", "--announce", "/ip4/192.0.2.1/tcp/4001/ws"];
  expect(parseNodeOptions([...args, ...announce])).toMatchObject({
    port: 4001,
    webrtcPort: 4002,
    mailboxPort: 4003,
    relay: true,
    host: "::1",
    announce: ["/dns4/a.example/tcp/443/wss", "/ip4/192.0.2.1/tcp/4001/ws"],
  });
});

test("threads are half of the processors unless said", () => {
  const { threads } = parseNodeOptions([]);
  expect(threads).toBeGreaterThanOrEqual(1);
  expect(threads).toBeLessThanOrEqual(4);
  expect(parseNodeOptions(["--threads", "6"]).threads).toBe(6);
});

test("a busy machine is heeded unless said", () => {
  expect(parseNodeOptions([]).ignoreLoad).toBe(false);
  expect(parseNodeOptions(["--ignore-load"]).ignoreLoad).toBe(true);
});

test.each([
  [["--donate"], "--key-file FILE"],
  [["--stake", "100"], "--stake says nothing without --donate"],
  [["--pairs", "x.json"], "--pairs says nothing without --donate"],
  [["--held-out", "x.json"], "--held-out says nothing without --donate"],
  [["--faucet"], "--faucet says nothing without --donate"],
  [["--key-file", "k"], "--key-file says nothing without --donate"],
  [["--gas-limit-gwei", "20"], "--gas-limit-gwei says nothing without --donate"],
  [[...KEY, "--gas-limit-gwei", "0"], "--gas-limit-gwei"],
  [[...KEY, "--gas-limit-gwei", "cheap"], "--gas-limit-gwei"],
  [[...KEY, "--stake", "0"], "--stake"],
  [[...KEY, "--stake", "1e3"], "--stake"],
  [[...KEY, "--stake", ""], "--stake"],
  [[...KEY, "--stake", "1.0000000000000000001"], "--stake"],
  [["--port", "65536"], "0 to 65535"],
  [["--webrtc-port", "-1"], "--webrtc-port"],
  [["--mailbox-port", "http"], "--mailbox-port is out of range"],
  [["--quota", "0"], "above 0"],
  [["--quota", "many"], "above 0"],
  [["--host", "node.example"], "address of this machine"],
  [["--announce", "node.example:443"], "/dns4/node.example/tcp/443/wss"],
  [["--threads", "0"], "1 to 64"],
  [["--url", "ftp://host"], "--url"],
  [["--what"], "--what"],
  [["loose"], "loose"],
])("%j is refused and says what was expected", (args, part) => {
  expect(() => parseNodeOptions(args)).toThrow(part);
});
