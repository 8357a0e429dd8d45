import { css } from "lit";

/** Fields, lists and codes of the identity dialog's sections. */
export const identityStyles = css`
  section {
    display: grid;
    gap: 0.7rem;
    grid-template-columns: minmax(0, 1fr);
  }
  form {
    display: grid;
    gap: 0.7rem;
    grid-template-columns: minmax(0, 1fr);
  }
  label.field {
    display: grid;
    gap: 0.3rem;
    font-size: 0.9rem;
    min-width: 0;
  }
  input:not([type="checkbox"], [type="file"]),
  textarea {
    width: 100%;
    min-height: 2.5rem;
    padding: 0.45rem 0.7rem;
    border: 1px solid var(--p-line);
    border-radius: var(--p-radius-s);
    background: var(--p-page);
    color: inherit;
    font: inherit;
    resize: vertical;
  }
  label.check {
    font-size: 0.92rem;
  }
  .words {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(7.2rem, 1fr));
    gap: 0.35rem 0.8rem;
    padding: 0.8rem 1rem;
    border-radius: var(--p-radius-s);
    background: var(--p-sunken);
    font-family: var(--wa-font-family-code);
    font-size: 0.9rem;
  }
  .words b {
    display: inline-block;
    min-width: 1.9em;
    color: var(--p-quiet);
    font-weight: 400;
  }
  .list li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.6rem;
    padding: 0.5rem 0;
    border-bottom: 1px solid var(--p-line);
  }
  .list li:last-child {
    border-bottom: 0;
  }
  .code {
    max-height: 7rem;
    overflow-y: auto;
    padding: 0.6rem 0.7rem;
    border-radius: var(--p-radius-s);
    background: var(--p-sunken);
    font-family: var(--wa-font-family-code);
    font-size: 0.78rem;
    overflow-wrap: anywhere;
  }
  .digits {
    font-size: 2.2rem;
    font-weight: 640;
    letter-spacing: 0.12em;
    font-variant-numeric: tabular-nums;
  }
  .qr {
    width: min(16rem, 100%);
    height: auto;
    background: #fff;
    border-radius: var(--p-radius-s);
  }
  video {
    width: 100%;
    max-height: 16rem;
    border-radius: var(--p-radius-s);
    background: var(--p-sunken);
    object-fit: cover;
  }
  .id {
    overflow-wrap: anywhere;
    min-width: 0;
  }
  .bad {
    color: var(--p-red);
  }
`;
