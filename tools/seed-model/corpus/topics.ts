import type { Topic } from "./topic.ts";
import { ABOUT } from "./topics/about.ts";
import { CHAT } from "./topics/chat.ts";
import { ECONOMY } from "./topics/economy.ts";
import { GOVERNANCE } from "./topics/governance.ts";
import { OUTSIDE_KNOWLEDGE } from "./topics/limits.ts";
import { NETWORK } from "./topics/network.ts";
import { SMALL_TALK } from "./topics/small-talk.ts";
import { TRAINING } from "./topics/training.ts";

/** Everything that the seed model is taught before a network exists. */
export const TOPICS: readonly Topic[] = [
  ...SMALL_TALK,
  ...ABOUT,
  ...CHAT,
  ...NETWORK,
  ...TRAINING,
  ...ECONOMY,
  ...GOVERNANCE,
  ...OUTSIDE_KNOWLEDGE,
];
