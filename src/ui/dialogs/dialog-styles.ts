import { css } from "lit";

/** Dialogs of the pages: nearly all of a phone's screen, so that what is asked for is in sight. */
export const dialogStyles = css`
  @media (max-width: 30rem) {
    wa-dialog {
      --spacing: 1rem;
    }
    wa-dialog::part(dialog) {
      max-width: calc(100% - 1rem);
      max-height: calc(100% - 1rem);
    }
  }
`;
