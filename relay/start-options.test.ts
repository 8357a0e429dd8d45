import { expect, test } from "vitest";
import { parseStartOptions } from "./start-options.ts";

test("nothing said leaves everything to its default", () => {
  expect(parseStartOptions([])).toEqual({ help: false, fresh: false, peers: 0 });
});

test("every option reaches the network", () => {
  const args = ["--port", "0", "--fresh", "--epoch-seconds", "20", "--state", "there", "--dist", "built"];
  args.push("--preset", "pip44", "--peers", "4");
  expect(parseStartOptions(args)).toEqual({
    help: false,
    fresh: true,
    peers: 4,
    port: 0,
    epochSeconds: 20,
    preset: "pip44",
    stateFolder: "there",
    dist: "built",
  });
});

test.each([
  [["--port", "65536"]],
  [["--port", "8o8o"]],
  [["--epoch-seconds", "0"]],
  [["--preset", "constructor"]],
  [["--peers", "many"]],
  [["--what"]],
  [["loose"]],
])("%j is refused with what was expected", (args) => {
  expect(() => parseStartOptions(args)).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ code: "bad-arguments" }) }),
  );
});
