import { css } from "lit";

export const donateStyles = css`
  .hero {
    display: grid;
    gap: 1rem;
    padding: 1.3rem;
  }
  .hero h2 {
    font-size: 1.25rem;
  }
  .hero.on {
    border-color: var(--p-brand);
    background:
      radial-gradient(120% 140% at 100% 0%, var(--p-brand-soft), transparent 60%), var(--p-surface);
  }
  .hero.on .pill {
    background: var(--p-surface);
  }
  .promises {
    display: grid;
    gap: 0.7rem;
  }
  .promises li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0.7rem;
  }
  .promises .icon {
    color: var(--p-brand);
    margin-top: 0.12em;
  }
  .figures {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 1rem;
  }
  .figure {
    font-size: 1.55rem;
    font-weight: 620;
    letter-spacing: -0.02em;
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
`;
