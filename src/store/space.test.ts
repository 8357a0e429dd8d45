import { describeStorageSpace } from "../ports/acceptance/storage-space.ts";
import { browserSpace, type StorageScope, untoldSpace } from "./space.ts";

const platform = { usedBytes: 5_000, quotaBytes: 2 ** 41 };

/** Browsers as they are: https://storage.spec.whatwg.org/#dom-storagemanager-estimate */
const BROWSERS: readonly (readonly [string, StorageScope, typeof platform | undefined])[] = [
  [
    "a browser that says",
    { storage: { estimate: async () => ({ usage: platform.usedBytes, quota: platform.quotaBytes }) } },
    platform,
  ],
  ["a browser that says only what is used", { storage: { estimate: async () => ({ usage: 1 }) } }, undefined],
  [
    "a browser that says only what there is",
    { storage: { estimate: async () => ({ quota: 1 }) } },
    undefined,
  ],
  [
    "a browser whose user lets the origin keep nothing",
    { storage: { estimate: () => Promise.reject(new TypeError("storage is not allowed")) } },
    undefined,
  ],
  ["a browser without a storage manager", {}, undefined],
];

for (const [name, scope, says] of BROWSERS) {
  describeStorageSpace(name, async () => ({
    space: browserSpace(scope),
    platform: says,
    dispose: async () => undefined,
  }));
}

describeStorageSpace("a server", async () => ({
  space: untoldSpace,
  platform: undefined,
  dispose: async () => undefined,
}));
