import { expect, test } from "vitest";
import { isAsset } from "./previous-assets.ts";

test("only files that carry a digest in their name are kept for the version before", () => {
  expect(["/assets/index-abc.js", "/assets/donate-page-x.css"].every(isAsset)).toBe(true);
  expect(
    ["/index.html", "/assets/on-demand/lib-x.js", "/model/model.json", "/assets/", "/network.json"].some(
      isAsset,
    ),
  ).toBe(false);
});
