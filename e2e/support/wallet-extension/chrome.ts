/** The little of Chrome's extension API that the test wallet uses (https://developer.chrome.com/docs/extensions/reference). */
export interface Sender {
  readonly origin?: string;
  readonly tab?: { readonly id?: number };
}

interface ChromeApi {
  readonly runtime: {
    getURL(path: string): string;
    sendMessage(message: unknown): Promise<unknown>;
    readonly onMessage: {
      /** Returning true keeps the channel open until `respond` is called. */
      addListener(
        listener: (message: unknown, sender: Sender, respond: (answer: unknown) => void) => boolean,
      ): void;
    };
  };
  readonly storage: {
    readonly local: {
      get(key: string): Promise<Readonly<Record<string, unknown>>>;
      set(values: Readonly<Record<string, unknown>>): Promise<void>;
    };
  };
  readonly tabs: {
    create(options: { readonly url: string }): Promise<unknown>;
  };
}

declare global {
  var chrome: ChromeApi;
}
