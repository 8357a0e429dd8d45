import { describe, expect, it } from "vitest";
import { hrefOf, PAGES, pageOf } from "./route.ts";

describe("routes", () => {
  it("finds every page by its own link", () => {
    for (const page of PAGES) expect(pageOf(hrefOf(page))).toBe(page);
  });

  it("opens the chat for an empty or unknown address", () => {
    expect(pageOf("")).toBe("chat");
    expect(pageOf("#/nowhere")).toBe("chat");
  });

  it("ignores what follows the page's name", () => {
    expect(pageOf("#/vote/bafyabc")).toBe("vote");
    expect(pageOf("#/simulator?seed=1")).toBe("simulator");
  });
});
