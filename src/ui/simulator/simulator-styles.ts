import { css } from "lit";

export const simulatorStyles = css`
  .page {
    max-width: 78rem;
  }
  .lead {
    max-width: none;
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.6rem;
  }
  .toolbar .what {
    flex: 1 1 14rem;
    min-width: 0;
  }
  .toolbar .controls {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    flex: 1 1 17rem;
    max-width: 26rem;
  }
  .toolbar label {
    flex: 1;
    min-width: 0;
  }
  .toolbar select {
    width: 100%;
    min-height: 2.4rem;
    padding: 0 0.5rem;
    border: 1px solid var(--wa-color-neutral-border-loud);
    border-radius: var(--p-radius-s);
    background: var(--p-surface);
    color: var(--p-ink);
    font: inherit;
    font-size: 0.9rem;
  }
  .stage {
    padding: 0.5rem 0.6rem 0.9rem;
    background:
      radial-gradient(
        70% 22rem at 50% 15rem,
        color-mix(in srgb, var(--p-brand-soft) 45%, transparent),
        transparent
      ),
      var(--p-surface);
  }
  .legend {
    display: grid;
    gap: 0.45rem;
    padding: 0.6rem 0.5rem 0;
    border-top: 1px solid var(--p-line);
  }
  .legend ul {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1rem;
  }
  .legend li {
    display: inline-flex;
    align-items: center;
    gap: 0.4rem;
  }
  .legend p {
    font-size: 0.78rem;
    line-height: 1.4;
  }
  .legend .number {
    min-width: 1.5rem;
  }
  .swatch {
    width: 0.62rem;
    height: 0.62rem;
    border-radius: 50%;
    flex: none;
  }
  .shape {
    flex: none;
    fill: var(--p-quiet);
    stroke: var(--p-quiet);
    stroke-width: 1.4;
  }
  .shape.red {
    stroke: var(--p-red);
    stroke-width: 2;
  }
  .shape.dashed {
    fill: color-mix(in srgb, var(--p-quiet) 25%, transparent);
    stroke-dasharray: 2 2;
  }
  .shape.hollow {
    fill: none;
  }
  .counters {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 0.6rem;
  }
  .counters dd {
    font-size: 1.35rem;
    font-weight: 620;
    letter-spacing: -0.02em;
    line-height: 1.25;
  }
  .roots {
    display: grid;
    gap: 0.4rem;
    margin-top: 0.6rem;
  }
  .roots li {
    display: grid;
    grid-template-columns: 1.3rem minmax(5rem, 1fr) minmax(0, 1.7fr);
    align-items: center;
    gap: 0.6rem;
  }
  .roots .epoch {
    text-align: end;
    font-weight: 620;
    font-size: 0.9rem;
  }
  .chips {
    display: flex;
    gap: 3px;
    min-width: 0;
  }
  .chip {
    flex: 1 1 0;
    min-width: 0;
    overflow: hidden;
    text-overflow: clip;
    white-space: nowrap;
    padding: 0.08rem 0.45rem;
    border-radius: 6px;
    font-size: 0.78rem;
  }
  .chip b {
    margin-inline-end: 0.35em;
  }
  .words {
    display: flex;
    align-items: center;
    gap: 0.35rem;
    font-size: 0.8rem;
    line-height: 1.25;
  }
  .words .icon {
    width: 1rem;
    height: 1rem;
  }
  .words:not(.bad) .icon {
    color: var(--p-brand);
  }
  .bad {
    color: var(--p-red);
  }
  .loss {
    margin-top: 0.6rem;
  }
  .loss svg {
    width: 100%;
    height: 5.6rem;
    display: block;
  }
  .loss .end {
    position: absolute;
    width: 9px;
    height: 9px;
    margin: -4.5px;
    border-radius: 50%;
    background: var(--p-brand);
    box-shadow: 0 0 0 3px var(--p-brand-soft);
  }
  .plot {
    position: relative;
  }
  .loss polyline {
    fill: none;
    stroke: var(--p-brand);
    stroke-width: 2.2;
    stroke-linejoin: round;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
  }
  .loss .area {
    fill: var(--p-brand-soft);
    opacity: 0.6;
  }
  .events {
    max-height: 18rem;
    overflow-y: auto;
    margin-top: 0.5rem;
    font-size: 0.88rem;
  }
  .events li {
    display: grid;
    grid-template-columns: 3.4rem minmax(0, 1fr);
    gap: 0.5rem;
    padding: 0.28rem 0;
    border-top: 1px solid var(--p-line);
    overflow-wrap: anywhere;
  }
  .events .good {
    color: var(--p-brand);
  }
  .events .bad {
    color: var(--p-red);
  }
  .failure {
    border-color: var(--p-red);
    background: var(--p-red-soft);
    gap: 0.7rem;
    overflow-wrap: anywhere;
  }
  .failure h2 {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    color: var(--p-red);
  }
  .command {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    padding-inline-start: 0.7rem;
    border-radius: var(--p-radius-s);
    background: var(--p-surface);
  }
  .command code {
    flex: 1;
    min-width: 0;
  }
  @media (min-width: 60rem) {
    .roots li {
      grid-template-columns: 1.6rem minmax(0, 1fr) minmax(0, 1.15fr);
    }
    .theatre {
      display: grid;
      grid-template-columns: minmax(0, 1.35fr) minmax(0, 1fr);
      gap: 1.1rem;
      align-items: start;
    }
  }
  @media (max-width: 59.99rem) {
    .theatre {
      display: grid;
      gap: 1.1rem;
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
