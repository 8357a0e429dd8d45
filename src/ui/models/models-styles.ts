import { css } from "lit";

/** Cards, inputs and choices of the models dialog's sections. */
export const modelsStyles = css`
  .card {
    display: grid;
    gap: 0.45rem;
    padding: 0.85rem 0.95rem;
    border: 1px solid var(--p-line);
    border-radius: var(--p-radius);
    background: var(--p-page);
    min-width: 0;
  }
  .cards {
    display: grid;
    gap: 0.6rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .sections {
    display: grid;
    gap: 2rem;
    grid-template-columns: minmax(0, 1fr);
  }
  .heading {
    display: grid;
    gap: 0.25rem;
  }
  .lacking {
    color: var(--p-amber);
  }
  .cid {
    overflow-wrap: anywhere;
    min-width: 0;
  }
  .shared {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.4rem;
    padding: 0.5rem 0.5rem 0.5rem 0.7rem;
    border-radius: var(--p-radius-s);
    background: var(--p-sunken);
  }
  form,
  .pick {
    display: flex;
    gap: 0.6rem;
    flex-wrap: wrap;
    align-items: end;
  }
  .field {
    display: grid;
    gap: 0.3rem;
    flex: 1 1 14rem;
    min-width: 0;
  }
  input[type="text"] {
    width: 100%;
    min-height: 2.4rem;
    padding: 0 0.7rem;
    border: 1px solid var(--p-line);
    border-radius: var(--p-radius-s);
    background: var(--p-page);
    color: inherit;
    font: inherit;
  }
  .layers {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
  }
  .layers li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.8rem;
    padding: 0.55rem 0;
    border-bottom: 1px solid var(--p-line);
  }
  /* Its label is for screen readers only. */
  .layers wa-switch::part(label) {
    margin: 0;
  }
  .layers li:last-child {
    border-bottom: 0;
  }
  legend {
    font-size: 1.05rem;
  }
`;
