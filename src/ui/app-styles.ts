import { css } from "lit";

/**
 * Phone first: header, page, tab bar. From 60rem on: a rail at the side instead of the tab bar. The brand's word is whole or,
 * on the line below its picture, not to be seen: it makes room for what the tools say.
 */
export const appStyles = css`
  :host {
    height: 100dvh;
    display: grid;
    --top: calc(var(--p-header) + env(safe-area-inset-top, 0px));
    grid-template: var(--top) auto minmax(0, 1fr) auto / minmax(0, 1fr);
    grid-template-areas: "header" "alone" "main" "nav";
  }
  .skip {
    position: absolute;
    inset: 0.5rem auto auto 0.5rem;
    z-index: 10;
    padding: 0.5rem 0.9rem;
    border-radius: var(--p-radius-s);
    background: var(--p-ink);
    color: var(--p-page);
    transform: translateY(-200%);
  }
  .skip:focus {
    transform: none;
  }
  header {
    grid-area: header;
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem;
    padding: env(safe-area-inset-top, 0px) 0.5rem 0 min(0.9rem, 10vw - 1.5rem);
    border-bottom: 1px solid var(--p-line);
  }
  .brand {
    display: flex;
    flex-wrap: wrap;
    gap: 0.55rem;
    min-width: 28px;
    height: 28px;
    line-height: 28px;
    overflow: hidden;
    color: var(--p-ink);
    text-decoration: none;
    font-size: 1.12rem;
    font-weight: 700;
    letter-spacing: -0.025em;
    border-radius: var(--p-radius-s);
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 0.15rem;
    flex: none;
    max-width: calc(100% - 2.25rem);
    white-space: nowrap;
  }
  .alone {
    grid-area: alone;
  }
  .wallet {
    color: var(--p-ink);
    min-width: 0;
  }
  .window-of {
    padding: 0 0.5rem;
  }
  .working {
    width: 0.85em;
    height: 0.85em;
    border-radius: 50%;
    flex: none;
    border: 2px solid;
    border-inline-end-color: transparent;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  main {
    grid-area: main;
    min-height: 0;
    min-width: 0;
    position: relative;
  }
  main:focus-visible {
    outline: 0;
  }
  main > :not(.update, .pending, .loading) {
    height: 100%;
  }
  .update,
  .pending {
    position: absolute;
    inset: 0.6rem 0.75rem auto;
    z-index: 5;
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.75rem;
    max-width: 32rem;
    margin: 0 auto;
    padding: 0.35rem 0.5rem 0.35rem 1rem;
    border-radius: var(--p-radius);
    background: var(--p-brand-soft);
    color: var(--p-brand-soft-ink);
    box-shadow: 0 6px 24px var(--p-shadow);
  }
  .update .plain {
    color: inherit;
  }
  .pending {
    inset: auto 0.75rem 0.75rem;
    width: fit-content;
    padding: 0.55rem 1rem;
    border-radius: 999px;
    background: var(--p-ink);
    color: var(--p-page);
    font-size: 0.9rem;
  }
  .loading {
    padding: 2rem;
    text-align: center;
  }
  nav {
    grid-area: nav;
    display: grid;
    grid-template-columns: repeat(5, minmax(0, 1fr));
    min-height: var(--p-tabs);
    padding-bottom: env(safe-area-inset-bottom);
    border-top: 1px solid var(--p-line);
    background: var(--p-surface);
  }
  nav a {
    display: grid;
    justify-items: center;
    align-content: center;
    gap: 0.1rem;
    color: var(--p-quiet);
    text-decoration: none;
    font-size: 0.72rem;
    font-weight: 560;
    outline-offset: -3px;
    border-radius: var(--p-radius-s);
  }
  nav .symbol {
    position: relative;
    display: grid;
    place-items: center;
    width: 3.4rem;
    height: 1.75rem;
    border-radius: 1rem;
  }
  nav .icon {
    width: 1.4rem;
    height: 1.4rem;
  }
  nav a[aria-current] {
    color: var(--p-brand);
  }
  nav a[aria-current] .symbol {
    background: var(--p-brand-soft);
    color: var(--p-brand-soft-ink);
  }
  .live {
    position: absolute;
    inset: 0.2rem 0.85rem auto auto;
    width: 0.5rem;
    height: 0.5rem;
    border-radius: 50%;
    background: var(--p-amber);
  }
  .wallet > span:not(.pill) {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  @media (max-width: 24rem) {
    .window-of {
      padding: 0;
    }
    .wallet .pill,
    .window-of ~ .wallet .icon {
      display: none;
    }
  }
  @media (min-width: 60rem) {
    :host {
      grid-template: var(--top) auto minmax(0, 1fr) / 12.5rem minmax(0, 1fr);
      grid-template-areas: "header header" "alone alone" "nav main";
    }
    header {
      padding-inline: 1.25rem 0.9rem;
    }
    .tools {
      gap: 0.4rem;
    }
    nav {
      grid-template-columns: minmax(0, 1fr);
      align-content: start;
      gap: 0.2rem;
      padding: 0.9rem 0.75rem;
      border-top: 0;
      border-inline-end: 1px solid var(--p-line);
      background: transparent;
    }
    nav a {
      grid-template-columns: auto minmax(0, 1fr);
      align-items: center;
      justify-items: start;
      gap: 0.7rem;
      padding: 0.6rem 0.75rem;
      font-size: 0.95rem;
    }
    nav a:hover {
      background: var(--p-sunken);
      color: var(--p-ink);
    }
    nav a[aria-current] {
      background: var(--p-brand-soft);
      color: var(--p-brand-soft-ink);
    }
    nav .symbol {
      width: auto;
      height: auto;
      background: none !important;
    }
    .live {
      inset: -0.15rem -0.2rem auto auto;
    }
  }
`;
