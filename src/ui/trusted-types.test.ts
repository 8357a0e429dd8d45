import { describe, expect, it } from "vitest";
import { isLineDrawing, isOwn } from "./trusted-types.ts";

const PAGE = "https://parley.example/app/";

describe("isOwn", () => {
  it("takes this origin's scripts and blobs, whatever way they are written", () => {
    for (const address of [
      "/assets/worker.js",
      "worker.js",
      "https://parley.example/assets/worker.js",
      "blob:https://parley.example/3f0c",
    ]) {
      expect([address, isOwn(address, PAGE)]).toEqual([address, true]);
    }
  });

  it("takes nothing else", () => {
    for (const address of [
      "https://evil.example/worker.js",
      "//evil.example/worker.js",
      "https://parley.example.evil.example/worker.js",
      "http://parley.example/worker.js",
      "blob:https://evil.example/3f0c",
      "data:text/javascript,alert(1)",
      "javascript:alert(1)",
      "https://[",
    ]) {
      expect([address, isOwn(address, PAGE)]).toEqual([address, false]);
    }
  });
});

describe("isLineDrawing", () => {
  const drawing =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none"><path d="M6 6l12 12"/></svg>';

  it("takes an icon, before and after a parser wrote it anew", () => {
    expect(isLineDrawing(drawing)).toBe(true);
    expect(isLineDrawing(drawing.replace("/></svg>", "></path></svg>"))).toBe(true);
  });

  it("takes nothing that loads, links or runs", () => {
    for (const markup of [
      `${drawing}<img src=x onerror=alert(1)>`,
      drawing.replace("<path", "<script>alert(1)</script><path"),
      drawing.replace(' fill="none"', ' onload="alert"'),
      drawing.replace('fill="none"', 'fill="url(https://evil.example)"'),
      drawing.replace("<path", '<a href="https://evil.example"><path'),
      "<b>bold</b>",
      "",
    ]) {
      expect([markup, isLineDrawing(markup)]).toEqual([markup, false]);
    }
  });
});
