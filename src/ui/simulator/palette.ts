import { css } from "lit";
import { FAMILIES, type Family } from "./families.ts";

/** Colours of message families, and of roots by their hue: `--hue` in degrees. */
export const simulatorColours = css`
  :host {
    --f-learn: light-dark(#0e6656, #63cdb3);
    --f-check: light-dark(#b06a0c, #edb562);
    --f-agree: light-dark(#3456b8, #8fb0ff);
    --f-dispute: light-dark(#b02a2a, #f3867a);
    --f-govern: light-dark(#7d3ba8, #d3a2f5);
    --f-other: light-dark(#6f7a75, #8b9993);
  }
  .root {
    background: light-dark(oklch(0.53 0.14 var(--hue)), oklch(0.8 0.12 var(--hue)));
    color: light-dark(#ffffff, #0e1413);
  }
`;

/** Colours that a canvas can use: it knows no custom properties. */
export interface Palette {
  readonly isDark: boolean;
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly surface: string;
  readonly red: string;
  readonly onRoot: string;
  readonly families: ReadonlyMap<Family, string>;
}

/** The colours as the theme has them now, read off an element of the page. */
export function readPalette(probe: HTMLElement): Palette {
  const resolved = (colour: string): string => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  };
  return {
    isDark: resolved("light-dark(rgb(255 255 255), rgb(0 0 0))") === "rgb(0, 0, 0)",
    ink: resolved("var(--p-ink)"),
    quiet: resolved("var(--p-quiet)"),
    line: resolved("var(--p-line)"),
    surface: resolved("var(--p-surface)"),
    red: resolved("var(--p-red)"),
    onRoot: resolved("light-dark(#ffffff, #0e1413)"),
    families: new Map(FAMILIES.map(({ id }) => [id, resolved(`var(--f-${id})`)])),
  };
}

/** The colour of a root with this hue, as in the style sheet. */
export function rootColour(palette: Palette, hue: number, alpha = 1): string {
  const [lightness, chroma] = palette.isDark ? [0.8, 0.12] : [0.53, 0.14];
  return `oklch(${lightness} ${chroma} ${hue.toFixed(1)} / ${alpha})`;
}
