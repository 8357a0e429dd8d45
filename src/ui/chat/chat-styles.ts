import { css } from "lit";

export const chatStyles = css`
  :host {
    height: 100%;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
  }
  .chat {
    display: grid;
    grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
    min-width: 0;
    min-height: 0;
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    padding: 0.4rem 0.75rem;
    border-bottom: 1px solid var(--p-line);
    min-height: 3rem;
  }
  .model {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    min-width: 0;
    overflow: hidden;
    white-space: nowrap;
    margin-inline-start: auto;
  }
  .model > span:not(.pill) {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .log {
    overflow-y: auto;
    overflow-anchor: none;
    outline-offset: -3px;
  }
  .column {
    max-width: var(--p-measure);
    margin: 0 auto;
    padding: 1.4rem 1rem 1rem;
    min-height: 100%;
    display: flex;
    flex-direction: column;
    gap: 1.35rem;
  }
  .foot {
    width: 100%;
    max-width: calc(var(--p-measure) + 1rem);
    margin: 0 auto;
    padding: 0.25rem 0.75rem 0.5rem;
    display: grid;
    gap: 0.5rem;
  }
  .note {
    text-align: center;
    font-size: 0.76rem;
  }
  .welcome {
    margin: auto 0;
    padding-bottom: 1rem;
    display: grid;
    justify-items: center;
    gap: 0.7rem;
    text-align: center;
  }
  .welcome h1 {
    font-size: 1.9rem;
    margin-top: 0.4rem;
  }
  .welcome > p {
    max-width: 27rem;
  }
  .suggestions {
    display: grid;
    gap: 0.6rem;
    grid-template-columns: 1fr 1fr;
    width: 100%;
    max-width: 34rem;
    margin-top: 0.9rem;
  }
  .suggestion {
    appearance: none;
    padding: 0.75rem 0.9rem;
    border: 1px solid var(--p-line);
    border-radius: var(--p-radius);
    background: var(--p-surface);
    color: inherit;
    font: inherit;
    font-size: 0.92rem;
    line-height: 1.35;
    text-align: start;
    cursor: pointer;
    box-shadow: 0 1px 2px var(--p-shadow);
    transition: border-color 120ms;
  }
  .suggestion:hover {
    border-color: var(--p-brand);
  }
  wa-drawer:not(:defined) {
    display: none;
  }
  .side {
    display: none;
  }
  @media (max-width: 29.99rem) {
    .model .provider {
      display: none;
    }
  }
  @media (min-width: 75rem) {
    :host {
      grid-template-columns: 16rem minmax(0, 1fr);
    }
    .side {
      display: block;
      overflow-y: auto;
      padding: 0.9rem 0.75rem;
      border-inline-end: 1px solid var(--p-line);
    }
    .bar {
      padding-inline: 1.25rem;
    }
  }
`;
