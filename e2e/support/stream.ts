import type { Locator } from "@playwright/test";

/**
 * The texts that the next answer goes through while it is written, each as it stood in the page. Call it before the
 * question is sent: an answer can be shorter than one round trip to the browser, and than a frame on a busy machine.
 * With `stopAfterTexts`, Stop is pressed then.
 */
export function readStream(
  log: Locator,
  options: { readonly stopAfterTexts?: number } = {},
): Promise<string[]> {
  return log.evaluate(
    (element, { stopAfterTexts }) =>
      new Promise<string[]>((resolve) => {
        const texts: string[] = [];
        let begun = false;
        const pressStop = () => {
          const composer = element.parentElement?.querySelector("parley-composer")?.shadowRoot;
          composer?.querySelector<HTMLElement>("[aria-label=Stop]")?.click();
        };
        const changes = new MutationObserver(() => {
          const busy = element.getAttribute("aria-busy") === "true";
          if (begun && !busy) {
            changes.disconnect();
            resolve(texts);
          }
          if (!busy) return;
          begun = true;
          const turn = [...element.querySelectorAll("parley-turn")].at(-1)?.shadowRoot;
          if (!turn) return;
          changes.observe(turn, { subtree: true, childList: true, characterData: true });
          const text = turn.querySelector(".answer .text")?.textContent?.trim() ?? "";
          if (text === "" || text === texts.at(-1)) return;
          texts.push(text);
          if (texts.length === stopAfterTexts) pressStop();
        });
        changes.observe(element, { subtree: true, childList: true, attributes: true });
      }),
    options,
  );
}
