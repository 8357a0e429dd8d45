import { css } from "lit";

/** Sections of stakes: a column, lines between entries, and selects that look like the fields beside them. */
export const stakeStyles = css`
  section,
  form {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.6rem;
  }
  label {
    display: grid;
    gap: 0.25rem;
    font-size: 0.86rem;
  }
  select {
    width: 100%;
    min-width: 0;
    min-height: 2.25rem;
    padding: 0.35rem 0.5rem;
    border: 1px solid var(--wa-form-control-border-color);
    border-radius: var(--p-radius-s);
    background: var(--wa-form-control-background-color);
    color: var(--p-ink);
    font: inherit;
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.35rem;
    border-block-start: 1px solid var(--p-line);
    padding-block: 0.5rem;
  }
`;
