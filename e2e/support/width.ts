import type { Page } from "@playwright/test";

/** What sticks out of the viewport's sides, in every shadow tree: `<tag class> left..right`; empty when all fits. */
export function widerThanViewport(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const width = document.documentElement.clientWidth;
    const visit = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot) visit(element.shadowRoot);
        if (!element.checkVisibility()) continue;
        const { left, right } = element.getBoundingClientRect();
        // Half a pixel of rounding is nobody's scroll bar.
        if (left >= -0.5 && right <= width + 0.5) continue;
        found.push(`<${element.localName} ${element.className}> ${Math.round(left)}..${Math.round(right)}`);
      }
    };
    visit(document);
    return found;
  });
}

/**
 * The texts of the header that can be seen: `whole`, or `cut` by the side of a box that hides what does not fit, or by the
 * window. What is hidden altogether, on purpose, is in neither.
 */
export function headerTexts(page: Page): Promise<{ readonly whole: string[]; readonly cut: string[] }> {
  return page.evaluate(() => {
    const whole: string[] = [];
    const cut: string[] = [];
    const header = document.querySelector("parley-app")?.shadowRoot?.querySelector("header") ?? undefined;
    if (header === undefined) throw new Error("no header");

    /** What of a text is in sight: within all boxes around it that hide what does not fit. */
    function inSight(element: Element): { left: number; right: number; top: number; bottom: number } {
      const sight = { left: 0, right: document.documentElement.clientWidth, top: 0, bottom: innerHeight };
      for (let at: Element | null = element; at !== null && at !== header; at = at.parentElement) {
        if (getComputedStyle(at).overflowX === "visible") continue;
        const box = at.getBoundingClientRect();
        sight.left = Math.max(sight.left, box.left);
        sight.right = Math.min(sight.right, box.right);
        sight.top = Math.max(sight.top, box.top);
        sight.bottom = Math.min(sight.bottom, box.bottom);
      }
      return sight;
    }

    const texts = document.createTreeWalker(header, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const text = node.textContent?.trim() ?? "";
      const element = node.parentElement;
      if (text === "" || element === null || !element.checkVisibility()) continue;
      if (element.closest(".visually-hidden") !== null) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      const sight = inSight(element);
      if (top >= sight.bottom || bottom <= sight.top) continue;
      const fits = left >= sight.left - 0.5 && right <= sight.right + 0.5;
      (fits ? whole : cut).push(text);
    }
    return { whole, cut };
  });
}
