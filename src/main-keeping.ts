import { Subject } from "./app/observable.ts";
import type { KeepingService } from "./app/parley.ts";

/** Storage Standard, §5: what is persistent is not deleted without asking the person. Never asked for by itself. */
export function browserKeeping(storage: StorageManager | undefined): KeepingService {
  const isKept = new Subject<boolean | undefined>(undefined);
  void storage
    ?.persisted()
    .then((persisted) => isKept.set(persisted ? true : undefined))
    .catch(() => undefined);
  return {
    isKept,
    async ask() {
      isKept.set((await storage?.persist().catch(() => false)) ?? false);
    },
  };
}
