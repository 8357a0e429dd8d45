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
