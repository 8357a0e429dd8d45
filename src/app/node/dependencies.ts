import type { Genesis } from "../../core/genesis.ts";
import type { Identity } from "../../core/identity.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Cid } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Chain, Operator, Wallet } from "../../ports/chain.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Content } from "../../ports/content.ts";
import type { EpochEngine } from "../../ports/epoch-engine.ts";
import type { Evaluator } from "../../ports/evaluator.ts";
import type { Gossip } from "../../ports/gossip.ts";
import type { LogSync } from "../../ports/log-sync.ts";
import type { Random } from "../../ports/random.ts";
import type { Store } from "../../ports/store.ts";
import type { Trainer } from "../../ports/trainer.ts";
import type { Learning } from "../learning/learning-service.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";

/** Checks a message from outside: here or in a worker. Throws what core's decodeMessage throws. */
export type DecodeMessage = (bytes: Uint8Array) => Promise<Message>;

/** Everything a node needs from its surroundings. */
export interface NodeDependencies {
  readonly genesis: Genesis;
  readonly networkCid: Cid;
  readonly identity: Identity;
  readonly operator: Operator;
  readonly store: Store;
  readonly gossip: Gossip;
  readonly logSync: LogSync;
  readonly artifacts: Artifacts;
  /** Parts of the same blocks: gives and takes archives of epochs; without it logs bring everything. */
  readonly content?: Pick<Content, "stream" | "holders" | "offer"> | undefined;
  readonly chain: Chain;
  readonly wallet: Wallet;
  readonly trainer: Trainer;
  /** What to train on, and how privately. */
  readonly learning: Learning;
  readonly evaluator: Evaluator;
  readonly clock: Clock;
  readonly random: Random;
  readonly decode: DecodeMessage;
  readonly engine: EpochEngine;
  /** Gives duties and training their turns; without one they begin at once. */
  readonly scheduler?: Scheduler | undefined;
}
