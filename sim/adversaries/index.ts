import type { AdversaryFactory } from "./adversary.ts";
import { honest } from "./honest.ts";

/** Every adversary by the name that scenarios use. */
export const ADVERSARIES: Readonly<Record<string, AdversaryFactory>> = {
  honest,
};
