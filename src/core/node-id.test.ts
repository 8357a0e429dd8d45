import { describe, expect, it } from "vitest";
import { LIMITS } from "./limits.ts";
import { parseNodeId } from "./node-id.ts";

const NODE = "0123456789abcdef".repeat(4);

describe("parseNodeId", () => {
  it.each([NODE, `0x${NODE}`, ` ${NODE}\n`, NODE.toUpperCase(), `0x${NODE.toUpperCase()}`])(
    "takes %j as it is pasted",
    (text) => expect(parseNodeId(text)).toBe(NODE),
  );

  it.each(["", "0x", NODE.slice(1), `${NODE}0`, `${NODE.slice(1)}g`, `0x0x${NODE}`, `${NODE} ${NODE}`])(
    "takes %j for no node ID",
    (text) => expect(parseNodeId(text)).toBeUndefined(),
  );

  it("does not look at what is longer than anybody types", () => {
    expect(parseNodeId(`${NODE}${" ".repeat(LIMITS.typedNodeIdCharacters)}`)).toBeUndefined();
  });
});
