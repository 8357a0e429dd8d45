import type { Parley } from "../app/parley.ts";

/** What the pages work with: the chat comes first, the rest when it has loaded. */
export type Services = Pick<Parley, "chat" | "corrections"> & Partial<Parley>;
