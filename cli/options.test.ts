import { expect, test } from "vitest";
import { parseAuditOptions } from "./options.ts";

test("an epoch is enough: the network is the local one", () => {
  expect(parseAuditOptions(["--epoch", "7"])).toEqual({ epoch: 7, url: "http://localhost:8080" });
});

test("the network's URL loses its closing slash", () => {
  expect(parseAuditOptions(["--epoch=0", "--url", "https://parley.example/"])).toEqual({
    epoch: 0,
    url: "https://parley.example",
  });
});

test("an account's payments can be asked for, in any case of its digits", () => {
  const account = `0x${"aB".repeat(20)}`;
  expect(parseAuditOptions(["--epoch", "7", "--why", account]).why).toBe(account.toLowerCase());
});

test.each([
  [[], "--epoch N"],
  [["--epoch", "-1"], "--epoch"],
  [["--epoch", "1.5"], "--epoch N"],
  [["--epoch", "1", "--url", "ftp://host"], "--url"],
  [["--epoch", "1", "--url", "host"], "--url"],
  [["--epoch", "1", "--why", "0xabc"], "--why"],
  [["--what"], "--what"],
  [["--epoch", "1", "loose"], "loose"],
])("%j is refused and says what was expected", (args, part) => {
  expect(() => parseAuditOptions(args)).toThrow(part);
});
