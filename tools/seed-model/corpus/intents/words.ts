import type { Slots } from "../pattern.ts";
import { SLOTS } from "../slots.ts";

/** Slots of the intents' patterns: those of the topics and some more. */
export const WORDS: Slots = {
  ...SLOTS,
  thing: [
    "bike",
    "car",
    "phone",
    "printer",
    "sofa",
    "watch",
    "tv",
    "fridge",
    "guitar",
    "umbrella",
    "router",
    "shoe",
    "lamp",
    "kettle",
    "tooth",
  ],
  shop: ["bakery", "pharmacy", "hospital", "bank", "supermarket", "station", "airport", "hotel", "bar"],
  family: [
    "mother",
    "father",
    "brother",
    "sister",
    "dad",
    "mom",
    "grandmother",
    "son",
    "daughter",
    "wife",
    "cat",
    "dog",
    "boss",
    "uncle",
  ],
  skill: ["to swim", "the guitar", "chess", "to dance", "yoga", "to draw", "french", "to ski", "poker"],
};
