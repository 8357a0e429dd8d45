import type { StorageSpace } from "../ports/storage-space.ts";

/** The part of Navigator that is used; pages without a secure context have no storage manager. */
export interface StorageScope {
  readonly storage?: Pick<StorageManager, "estimate">;
}

/** As the browser says (https://storage.spec.whatwg.org/#dom-storagemanager-estimate): a guess, padded on purpose. */
export function browserSpace({ storage }: StorageScope): StorageSpace {
  return {
    async estimate() {
      // It refuses where the user lets the origin keep nothing.
      const { usage, quota } = (await storage?.estimate().catch(() => undefined)) ?? {};
      return usage === undefined || quota === undefined ? undefined : { usedBytes: usage, quotaBytes: quota };
    },
  };
}

/** Where nobody counts: disks of servers. */
export const untoldSpace: StorageSpace = { estimate: async () => undefined };
