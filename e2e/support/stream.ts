import type { Locator } from "@playwright/test";

/** What was on the screen of an answer being written: each text, as it changed. */
export interface Stream {
  readonly texts: readonly string[];
}

/**
 * Watches the conversation, frame by frame, until the next answer ends. Call it before the question is sent: an
 * answer can be shorter than one round trip to the browser. With `stopAfterTexts`, Stop is pressed then.
 */
export function readStream(
  log: Locator,
  options: { readonly stopAfterTexts?: number } = {},
): Promise<Stream> {
  return log.evaluate(async (element, { stopAfterTexts }) => {
    const texts: string[] = [];
    const page = element.getRootNode() as ShadowRoot;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const busy = () => element.getAttribute("aria-busy") === "true";
    while (!busy()) await frame();
    for (; busy(); await frame()) {
      const turn = [...element.querySelectorAll("parley-turn")].at(-1)?.shadowRoot;
      const text = turn?.querySelector(".answer .text")?.textContent?.trim() ?? "";
      if (text === "" || text === texts.at(-1)) continue;
      texts.push(text);
      if (texts.length !== stopAfterTexts) continue;
      page
        .querySelector("parley-composer")
        ?.shadowRoot?.querySelector<HTMLElement>("[aria-label=Stop]")
        ?.click();
    }
    return { texts };
  }, options);
}
