import { nothing } from "lit";
import { describe, expect, it } from "vitest";
import { ShowAll } from "./show-all.ts";

function host() {
  return {
    addController() {},
    removeController() {},
    requestUpdate() {},
    updateComplete: Promise.resolve(true),
  };
}

describe("ShowAll", () => {
  it("shows the first entries of a long list and offers the rest", () => {
    const list = new ShowAll(host(), 2);
    expect(list.shown(["a", "b", "c"])).toEqual(["a", "b"]);
    expect(list.button(["a", "b", "c"])).not.toBe(nothing);
  });

  it("offers nothing where a list is short", () => {
    const list = new ShowAll(host(), 2);
    expect(list.shown(["a", "b"])).toEqual(["a", "b"]);
    expect(list.button(["a", "b"])).toBe(nothing);
  });
});
