import { expect, test } from "vitest";
import { missingOptional, platformOf } from "./complete-lock.ts";

test("platforms are read from package names", () => {
  expect(platformOf("@rollup/rollup-linux-x64-musl")).toEqual({
    os: ["linux"],
    cpu: ["x64"],
    libc: ["musl"],
  });
  expect(platformOf("@foundry-rs/anvil-darwin-amd64")).toEqual({ os: ["darwin"], cpu: ["x64"] });
  expect(platformOf("@rollup/rollup-linux-arm-musleabihf")).toEqual({
    os: ["linux"],
    cpu: ["arm"],
    libc: ["musl"],
  });
  expect(platformOf("fsevents")).toBeUndefined();
});

test("an optional dependency is held where Node would find it", () => {
  const parent = { optionalDependencies: { near: "1.0.0", top: "1.0.0", gone: "1.0.0" } };
  const packages = {
    "": {},
    "node_modules/a/node_modules/b": parent,
    "node_modules/a/node_modules/near": {},
    "node_modules/top": {},
    "node_modules/other/node_modules/gone": {},
  };
  expect(missingOptional({ packages })).toEqual([{ name: "gone", version: "1.0.0", parent }]);
});
