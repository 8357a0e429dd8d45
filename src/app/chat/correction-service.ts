import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Store, StoredPair } from "../../ports/store.ts";
import { Subject } from "../observable.ts";
import type { CorrectionService } from "../parley.ts";
import { randomId } from "../random-id.ts";
import type { Chat } from "./chat-service.ts";

/** Corrected answers: training data that stays on this device. */
export class Corrections implements CorrectionService {
  readonly pairs = new Subject<readonly StoredPair[]>([]);
  readonly #store: Store;
  readonly #chat: Chat;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(dependencies: { store: Store; chat: Chat; clock: Clock; random: Random }) {
    this.#store = dependencies.store;
    this.#chat = dependencies.chat;
    this.#clock = dependencies.clock;
    this.#random = dependencies.random;
  }

  /** Reads what is kept; again when another tab or the node has changed it. */
  async start(): Promise<void> {
    this.pairs.set(await this.#store.listPairs());
  }

  async correct(turnId: string, answer: string): Promise<void> {
    const better = answer.trim();
    const turns = this.#chat.turns.value;
    const index = turns.findIndex((turn) => turn.id === turnId);
    const turn = turns[index];
    const question = turns[index - 1];
    if (turn?.role !== "assistant" || question?.role !== "user") {
      throw failure("not-found", "Only an answer to a question can be corrected.");
    }
    if (better === "") throw failure("empty-answer", "Write what the answer should have been.");
    if (better.length > LIMITS.correctionCharacters) {
      throw failure(
        "answer-too-long",
        "That answer is too long to learn from.",
        `at most ${LIMITS.correctionCharacters} characters`,
        `${better.length}`,
      );
    }
    if (better === (turn.correctedTo ?? turn.content)) {
      throw failure("unchanged", "That is what the answer says already.");
    }
    const pair: StoredPair = {
      // One pair a turn: correcting it again replaces the earlier correction.
      id: `turn-${turn.id}`,
      prompt: question.content,
      answer: better,
      rejectedAnswer: turn.content,
      createdAtMs: this.#clock.nowMs(),
    };
    await this.#store.putPair(pair);
    await this.#chat.markCorrected(turn, better);
    this.pairs.set(await this.#store.listPairs());
  }

  async judge(turnId: string, thumb: "up" | "down" | undefined): Promise<void> {
    const turns = this.#chat.turns.value;
    const turn = turns.find(({ id }) => id === turnId);
    if (turn?.role !== "assistant") throw failure("not-found", "Only an answer can be judged.");
    const { thumb: _, ...plain } = turn;
    const judged = thumb === undefined ? plain : { ...plain, thumb };
    await this.#store.putTurn(judged);
    this.#chat.turns.update((all) => all.map((other) => (other.id === turnId ? judged : other)));
  }

  /** Adds a pair that did not come from a conversation (import). */
  async add(prompt: string, answer: string): Promise<void> {
    await this.#store.putPair({
      id: randomId(this.#random),
      prompt,
      answer,
      createdAtMs: this.#clock.nowMs(),
    });
    this.pairs.set(await this.#store.listPairs());
  }

  async remove(pairId: string): Promise<void> {
    await this.#store.deletePair(pairId);
    this.pairs.set(await this.#store.listPairs());
  }
}
