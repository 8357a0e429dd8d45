import type { BackgroundDelivery } from "./ports/background-delivery.ts";
import { backgroundDelivery, DELIVERY_TAG } from "./store/background-delivery.ts";

declare global {
  /** Background Sync (https://wicg.github.io/background-sync/spec/): Chromium only; elsewhere messages wait for a tab. */
  interface ServiceWorkerRegistration {
    readonly sync?: { register(tag: string): Promise<void> };
  }
}

/** What nobody has yet goes out when there is a network again, though every tab is closed; undefined without mailboxes. */
export function createBackgroundDelivery(mailboxes: readonly string[]): BackgroundDelivery | undefined {
  if (mailboxes.length === 0 || !("serviceWorker" in navigator)) return undefined;
  return backgroundDelivery({
    mailboxes,
    wake: async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      // The user may have switched background sync off.
      await registration?.sync?.register(DELIVERY_TAG).catch(() => undefined);
    },
  });
}
