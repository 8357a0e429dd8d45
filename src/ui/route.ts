/** Pages by their name in the address: `#/network`. Anything else is the chat. */
export const PAGES = ["chat", "donate", "network", "vote", "simulator"] as const;
export type Page = (typeof PAGES)[number];

export function pageOf(hash: string): Page {
  const name = hash.replace(/^#\/?/, "").split(/[/?]/)[0];
  return PAGES.find((page) => page === name) ?? "chat";
}

export function hrefOf(page: Page): string {
  return `#/${page}`;
}

/** Calls `listener` at every change of page by link, back button or typing; returns stop. */
export function onPage(listener: (page: Page) => void): () => void {
  const handle = (): void => listener(pageOf(location.hash));
  addEventListener("hashchange", handle);
  return () => removeEventListener("hashchange", handle);
}
