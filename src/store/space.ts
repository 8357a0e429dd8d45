import type { StorageSpace } from "../ports/storage-space.ts";

/** As the browser says (https://storage.spec.whatwg.org/#dom-storagemanager-estimate): a guess, padded on purpose. */
export const systemSpace: StorageSpace = {
  async estimate() {
    const { usage, quota } = await navigator.storage.estimate();
    return usage === undefined || quota === undefined ? undefined : { usedBytes: usage, quotaBytes: quota };
  },
};
