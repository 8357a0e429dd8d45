import { describe, expect, it } from "vitest";
import { describeError, failure, toErrorData } from "./errors.ts";

describe("anything thrown as data", () => {
  const data = { code: "delta-norm", message: "It is too large", expected: "at most 1", received: "2" };

  it("an error of ours gives its data, and data stays what it is", () => {
    expect(toErrorData(failure("delta-norm", "It is too large", "at most 1", "2"))).toEqual(data);
    expect(toErrorData(data)).toBe(data);
    expect(describeError(toErrorData(data))).toBe("It is too large (expected at most 1, received 2)");
  });

  it("an error of the platform gives its message, though it has a code of its own", () => {
    const thrown = Object.assign(new Error("no such file"), { code: "ENOENT" });
    expect(toErrorData(thrown)).toEqual({ code: "unexpected", message: "no such file" });
  });

  it.each([["a word"], [7], [null], [undefined], [{ code: 3, message: "no code" }], [{ code: "only" }]])(
    "%j is unexpected",
    (thrown) => {
      expect(toErrorData(thrown).code).toBe("unexpected");
    },
  );
});
