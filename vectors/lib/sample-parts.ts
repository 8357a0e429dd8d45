/** What the samples of messages are made of. */
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import type { Bodies, Kind } from "../../src/core/messages/kinds.ts";
import { makeAuthors, makeGenesis, seedOf } from "./world.ts";

export const genesis = makeGenesis();
export const authors = makeAuthors(genesis, 3);

/** Wire form of a body, as plain data. */
export type Wire = Record<string, unknown>;

export interface Samples<K extends Kind> {
  readonly good: Readonly<Record<string, Bodies[K]>>;
  /** Changes of the first good body's wire form that must be refused with code schema. */
  readonly broken: Readonly<Record<string, (body: Wire) => Wire>>;
  /** The same with other codes. */
  readonly refused?: Readonly<Record<string, readonly [code: string, change: (body: Wire) => Wire]>>;
}

export const someCid = (name: string) => cidOf(seedOf(name));
export const metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000, utilityPpm: 20_000 };

export const change = (field: string, value: unknown) => (body: Wire) => ({ ...body, [field]: value });
export const NEGATIVE_EPOCH = {
  "epoch negative": change("epoch", -1),
  "epoch unsafe": change("epoch", 2n ** 60n),
};
