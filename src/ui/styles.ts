import { css } from "lit";

/** What every element of the pages shares: boxes, words, plain buttons, panels, pills, rows. */
export const shared = css`
  :host {
    display: block;
    color: var(--p-ink);
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
    scrollbar-width: thin;
    scrollbar-color: var(--wa-color-neutral-border-loud) transparent;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: 1.6rem;
    line-height: 1.2;
    letter-spacing: -0.022em;
    font-weight: 650;
  }
  h2 {
    font-size: 1.05rem;
    line-height: 1.3;
    letter-spacing: -0.012em;
    font-weight: 620;
  }
  h3 {
    font-size: 0.95rem;
    line-height: 1.35;
    font-weight: 600;
  }
  .icon {
    flex: none;
    width: 1.25em;
    height: 1.25em;
  }
  .quiet {
    color: var(--p-quiet);
  }
  .small {
    font-size: 0.86rem;
  }
  .mono {
    font-family: var(--wa-font-family-code);
    font-size: 0.86em;
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    flex-wrap: wrap;
  }
  .spread {
    justify-content: space-between;
  }
  .stack {
    display: grid;
    gap: 1rem;
    align-content: start;
  }
  .panel {
    background: var(--p-surface);
    border: 1px solid var(--p-line);
    border-radius: var(--p-radius);
    padding: 1.1rem 1.15rem;
    box-shadow: 0 1px 2px var(--p-shadow);
    min-width: 0;
  }
  .pill {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    padding: 0.12rem 0.6rem;
    border-radius: 999px;
    font-size: 0.78rem;
    font-weight: 560;
    line-height: 1.5;
    white-space: nowrap;
    background: var(--p-sunken);
    color: var(--p-quiet);
  }
  .pill.good {
    background: var(--p-brand-soft);
    color: var(--p-brand-soft-ink);
  }
  .pill.wait {
    background: var(--p-amber-soft);
    color: var(--p-amber);
  }
  .pill.bad {
    background: var(--p-red-soft);
    color: var(--p-red);
  }
  .dot {
    width: 0.5em;
    height: 0.5em;
    border-radius: 50%;
    background: currentColor;
    flex: none;
  }
  .plain {
    appearance: none;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4rem;
    min-height: 2.25rem;
    min-width: 2.25rem;
    padding: 0 0.5rem;
    border: 0;
    border-radius: var(--p-radius-s);
    background: transparent;
    color: var(--p-quiet);
    font: inherit;
    font-size: 0.86rem;
    font-weight: 540;
    cursor: pointer;
    transition:
      background 120ms,
      color 120ms;
  }
  .plain:hover {
    background: var(--p-sunken);
    color: var(--p-ink);
  }
  .plain:disabled {
    opacity: 0.45;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--p-brand);
    outline-offset: 2px;
  }
  a {
    color: var(--p-brand);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 0.4rem;
    padding: 1.6rem 1rem;
    text-align: center;
    color: var(--p-quiet);
  }
  .empty .icon {
    width: 1.8rem;
    height: 1.8rem;
    opacity: 0.75;
  }
  wa-button::part(base) {
    font-weight: 580;
  }
  wa-progress-bar {
    --track-height: 0.5rem;
    --track-color: var(--p-sunken);
    --indicator-color: var(--p-brand);
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      transition-duration: 0.01ms !important;
    }
  }
`;

/** A page that scrolls as a whole under the header, with a title and panels. */
export const pageStyles = css`
  :host {
    height: 100%;
    overflow-y: auto;
  }
  .page {
    max-width: 62rem;
    margin: 0 auto;
    padding: 1.4rem 1rem 2.5rem;
    display: grid;
    gap: 1.1rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .lead {
    margin-top: 0.3rem;
    color: var(--p-quiet);
    max-width: 44rem;
  }
  @media (min-width: 60rem) {
    .page {
      padding: 1.8rem 2rem 3rem;
    }
    .columns {
      display: grid;
      grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
      gap: 1.1rem;
      align-items: start;
    }
  }
  @media (max-width: 59.99rem) {
    .columns {
      display: grid;
      gap: 1.1rem;
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
