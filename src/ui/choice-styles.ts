import { css } from "lit";

/** Groups of boxes to tick and of one to choose, each with its words beside it. */
export const choiceStyles = css`
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    display: grid;
    gap: 0.4rem;
    min-width: 0;
  }
  legend {
    padding: 0;
    margin-bottom: 0.4rem;
    font-weight: 600;
    font-size: 0.95rem;
  }
  .check {
    display: flex;
    gap: 0.6rem;
    align-items: start;
  }
  .check input {
    margin-top: 0.25rem;
    accent-color: var(--p-brand);
  }
`;
