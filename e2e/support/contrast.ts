import type { Page } from "@playwright/test";

/** Text, or a drawing that is a control's only content, that does not stand out from what is behind it. */
export interface Faint {
  readonly what: string;
  readonly ratio: number;
  readonly needed: number;
}

/**
 * Everything in sight whose computed colours miss WCAG 2.2 AA: 1.4.3 (text: 4.5, large text: 3) and 1.4.11 (drawings in
 * controls: 3). Left out, as there: inactive controls, what is hidden, what stands on a picture.
 */
export function faintIn(page: Page): Promise<{ readonly looked: number; readonly faint: readonly Faint[] }> {
  return page.evaluate(() => {
    const [context] = [document.createElement("canvas").getContext("2d", { willReadFrequently: true })];
    if (context === null) throw new Error("no canvas");
    const canvas = context;
    canvas.canvas.width = 1;
    canvas.canvas.height = 1;

    type Colour = readonly [red: number, green: number, blue: number, alpha: number];

    function colourOf(css: string): Colour {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha / 255];
    }

    function over([red, green, blue, alpha]: Colour, [r, g, b]: Colour): Colour {
      const mix = (above: number, below: number) => above * alpha + below * (1 - alpha);
      return [mix(red, r), mix(green, g), mix(blue, b), 1];
    }

    function luminance([red, green, blue]: Colour): number {
      const linear = (value: number) =>
        value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    }

    function ratioOf(one: Colour, other: Colour): number {
      const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05);
    }

    function parentOf(element: Element): Element | null {
      if (element.assignedSlot !== null) return element.assignedSlot;
      if (element.parentElement !== null) return element.parentElement;
      const root = element.getRootNode();
      return root instanceof ShadowRoot ? root.host : null;
    }

    function chainOf(element: Element): readonly Element[] {
      const chain: Element[] = [];
      for (let at: Element | null = element; at !== null; at = parentOf(at)) chain.push(at);
      return chain;
    }

    /** Undefined where a picture lies behind. */
    function behind(chain: readonly Element[]): Colour | undefined {
      const layers: Colour[] = [];
      for (const element of chain) {
        const style = getComputedStyle(element);
        if (style.backgroundImage !== "none") return undefined;
        const layer = colourOf(style.backgroundColor);
        if (layer[3] > 0) layers.push(layer);
        if (layer[3] === 1 || element instanceof HTMLDialogElement) break;
      }
      return layers.reduceRight<Colour>((below, above) => over(above, below), colourOf("Canvas"));
    }

    function isInactive(chain: readonly Element[]): boolean {
      return chain.some((element) => element.matches(":disabled, [disabled], [aria-disabled=true], [inert]"));
    }

    function isHidden(element: Element, chain: readonly Element[]): boolean {
      const { width, height } = element.getBoundingClientRect();
      if (width <= 1 || height <= 1) return true;
      return (
        chain.some((one) => getComputedStyle(one).clipPath === "inset(50%)") ||
        !element.checkVisibility({
          opacityProperty: true,
          visibilityProperty: true,
        })
      );
    }

    let looked = 0;
    function faint(element: Element, css: string, needed: number, what: string): Faint | undefined {
      const chain = chainOf(element);
      if (isHidden(element, chain) || isInactive(chain)) return undefined;
      const back = behind(chain);
      if (back === undefined) return undefined;
      looked++;
      const opacity = chain.reduce((product, one) => product * Number(getComputedStyle(one).opacity), 1);
      const [red, green, blue, alpha] = colourOf(css);
      const ratio = ratioOf(over([red, green, blue, alpha * opacity], back), back);
      return ratio >= needed ? undefined : { what, ratio: Math.round(ratio * 100) / 100, needed };
    }

    function ofElement(element: Element): Faint | undefined {
      const style = getComputedStyle(element);
      const text = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent?.trim() ?? "")
        .join(" ")
        .trim();
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const name = `${element.localName} in ${chainOf(element).find((one) => one.shadowRoot)?.localName}`;
      if (text !== "") return faint(element, style.color, isLarge ? 3 : 4.5, `${name}: ${text.slice(0, 60)}`);
      const control = chainOf(element).find((one) => one.matches("button, a"));
      if (element.localName !== "svg" || control === undefined) return undefined;
      return faint(element, style.color, 3, `${name} of ${control.getAttribute("aria-label") ?? control.id}`);
    }

    function within(root: Document | ShadowRoot): readonly Element[] {
      return [...root.querySelectorAll("*")].flatMap((element) => [
        element,
        ...(element.shadowRoot === null ? [] : within(element.shadowRoot)),
      ]);
    }

    const found = within(document)
      .map(ofElement)
      .filter((one) => one !== undefined);
    return { looked, faint: found };
  });
}
