/** One tab of the browser profile, for as long as it lives. */
export type TabId = string;

/** Every tab of one browser profile that has the app open, and what they say to each other. Nothing leaves the device. */
export interface Tabs {
  readonly id: TabId;
  /**
   * To all other tabs, in the order of the posts; a tab that is not there never hears of it. Whatever structured clone
   * copies. Errors: tab-message (it cannot be copied).
   */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): () => void;
  /** Calls once when that tab has closed, crashed or been put away; soon when it is gone already. Returns unsubscribe. */
  onGone(tab: TabId, listener: () => void): () => void;
  /** This tab is gone for the others from now on; posts do nothing. */
  close(): void;
}
