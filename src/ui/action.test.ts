import { describe, expect, it } from "vitest";
import { failure } from "../core/errors.ts";
import { Action } from "./action.ts";
import { inWords, thrownInWords } from "./words.ts";

function host() {
  return {
    addController() {},
    removeController() {},
    requestUpdate() {},
    updateComplete: Promise.resolve(true),
  };
}

describe("Action", () => {
  it("is busy while its task runs and refuses a second run", async () => {
    const action = new Action(host());
    let finish = (): void => {};
    const first = action.run(() => new Promise<void>((resolve) => (finish = resolve)));
    expect(action.busy).toBe(true);
    expect(await action.run(async () => {})).toBe(false);
    finish();
    expect(await first).toBe(true);
    expect(action.busy).toBe(false);
  });

  it("keeps the failure until the next run or until it is cleared", async () => {
    const action = new Action(host());
    await action.run(async () => {
      throw failure("wallet-rejected", "the user said no");
    });
    expect(action.error?.code).toBe("wallet-rejected");
    action.clear();
    expect(action.error).toBeUndefined();
  });
});

describe("words", () => {
  it("says what to do for known errors and what came for others", () => {
    expect(thrownInWords(failure("wallet-rejected", "x"))).toContain("declined in the wallet");
    expect(inWords({ code: "odd", message: "Odd thing", expected: "3", received: "4" })).toBe(
      "Odd thing (expected 3, received 4)",
    );
  });
});
