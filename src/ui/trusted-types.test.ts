import { describe, expect, it } from "vitest";
import { isOwn } from "./trusted-types.ts";

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
