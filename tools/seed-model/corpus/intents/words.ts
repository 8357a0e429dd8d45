import { SeededRandom } from "../../random.ts";
import { expand, type Slots } from "../pattern.ts";
import { SLOTS } from "../slots.ts";

/** Slots of the intents' patterns: those of the topics and some more. */
const BASE: Slots = {
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
  clausePattern: [
    "@person is @adjective",
    "my @family {is|was} @adjective",
    "my @thing {is|was} @adjective",
    "{i|we|they|you} {like|love|need|trust|hate|know|forgot|lost|found|want} {it|them|@person|my @family|a good @thing|peace|the idea|the risk|more time}",
    "{i am|i feel|we are|she is|he is|it is} @adjective",
    "{i|we|she|he} {had|has|have} {a plan|a good week|no time|lots of time|too much to do|a new job|an idea|enough|plenty}",
    "the {price|market|weather|rent|bill|party|meeting|deadline|trip|election|deal} is {@adjective|due|over|near|coming}",
    "i {heard|read|think|believe|fear|hope|saw} {it is time|it is @adjective|things are getting @adjective|everybody does it|prices will fall|prices will rise}",
    "{i want|we want|i'd like} to {be safe|sleep well|be ready|save money|be fair|help|travel to @city|buy a @thing|go on holiday|help the others|earn something}",
  ],
  adjective: [
    "late",
    "ready",
    "happy",
    "worried",
    "broke",
    "rich",
    "busy",
    "tired",
    "curious",
    "sure",
    "new",
    "slow",
    "urgent",
    "important",
    "bad",
    "good",
    "strange",
    "risky",
    "safe",
    "cheap",
    "expensive",
    "full",
    "empty",
    "hungry",
    "gone",
    "back",
    "far away",
    "honest",
    "clever",
    "sick",
  ],
  skill: ["to swim", "the guitar", "chess", "to dance", "yoga", "to draw", "french", "to ski", "poker"],
};

const CLAUSES = 400;

/** Slots of the intents' patterns: those of the topics and more, among them side clauses that mean nothing here. */
export const WORDS: Slots = { ...BASE, clause: clauses() };

function clauses(): string[] {
  const random = new SeededRandom("clauses");
  return Array.from({ length: CLAUSES }, () =>
    expand(random.pick(BASE["clausePattern"] ?? []), random, BASE),
  );
}
