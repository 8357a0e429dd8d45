/** A little network that closes epochs of nothing but governance. */

import { genesisState } from "../../src/core/artifacts/state.ts";
import { epochStartMs } from "../../src/core/epoch/clock.ts";
import { transition } from "../../src/core/epoch/transition.ts";
import type { Message, TypedMessage } from "../../src/core/messages/message.ts";
import type { ParameterChanges, Parameters } from "../../src/core/parameters.ts";
import type { Cid } from "../../src/core/primitives.ts";
import type { Choice, State } from "../../src/core/state.ts";
import { type Author, makeAuthors, makeGenesis, makeRegistry, proposeSet } from "./world.ts";

/** Author i holds (i + 1) · 100 tokens; 1,500 tokens in all. Voting takes three epochs after the one that opens. */
export function governed(parameters: Partial<Parameters> = {}, members = 5) {
  const genesis = makeGenesis(parameters);
  const authors = makeAuthors(genesis, members);
  const registry = makeRegistry(authors);
  const stranger = makeAuthors(genesis, members + 1)[members];
  const at = (index: number): Author => {
    const author = authors[index] ?? stranger;
    if (author === undefined) throw new Error("no such author");
    return author;
  };
  const step = (state: State, epoch: number, messages: readonly Message[]) => {
    const artifacts = new Map<Cid, Uint8Array>();
    const aggregateMetrics = { lossMicroNats: 1, accuracyPpm: 1 };
    const messageSet = proposeSet(genesis, state, authors, {
      epoch,
      registry,
      messages,
      artifacts,
      aggregateMetrics,
    });
    const result = transition(genesis, state, { messageSet, messages, artifacts });
    return { ...result, refused: result.refused.map(({ error }) => error.code), errors: result.refused };
  };
  const propose = (
    author: Author,
    epoch = 0,
    changes: ParameterChanges | null = null,
  ): TypedMessage<"proposal"> =>
    author.sign(
      "proposal",
      { title: "t", text: "x", proposalType: "protocol.parameter", changes },
      epochStartMs(genesis, epoch),
    );
  const vote = (author: Author, proposal: Cid, choice: Choice) =>
    author.sign("ballot", { proposal, choice }, epochStartMs(genesis, 1));
  return { genesis, at, step, propose, vote, state: genesisState(genesis) };
}
