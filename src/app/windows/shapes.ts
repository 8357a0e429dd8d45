import { z } from "../../core/codec/zod.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { SharedVersion } from "../adapters/shared-version.ts";
import type {
  AddressBookService,
  DisputeRequest,
  DisputeService,
  DocumentService,
  GovernanceService,
  KeptService,
  LearningService,
  NodeService,
  OutboxService,
  RelayService,
  SchedulerService,
  WalletService,
} from "../parley.ts";
import { STATE_BEFORE } from "../scheduler/shown.ts";
import { asked, nothing, type Shape, seen, told } from "./shape.ts";

/**
 * The services that live where the node runs and are shown in every tab. Arguments are checked here as far as their
 * form goes; the service checks what they say, as it does for its own page.
 */
export interface NodeServices {
  readonly node: NodeService;
  readonly governance: GovernanceService;
  readonly disputes: DisputeService;
  readonly learning: LearningService;
  readonly outbox: OutboxService;
  readonly documents: DocumentService;
  readonly addressBook: AddressBookService;
  readonly scheduler: SchedulerService;
  readonly relays: RelayService;
  readonly kept: KeptService;
  /** What the network answers with. */
  readonly shared: SharedVersion;
}

const object = <T extends object>() => z.custom<T>((value) => typeof value === "object" && value !== null);
const orNull = <T extends object>() => z.custom<T | null>((value) => typeof value === "object");
const orMissing = <T extends object>() =>
  z.custom<T | undefined>((value) => value === undefined || (typeof value === "object" && value !== null));

type Argument<F extends (...args: never) => unknown, I extends number> = Parameters<F>[I];

const nodeShape = (nodeId: NodeId): Shape<NodeService> => ({
  status: seen({ nodeId, donating: false, staked: false, work: undefined, dueWei: 0n, claimedWei: 0n }),
  // Peers belong to the tab that has them: while none runs the node there are none.
  network: seen({ state: "connecting", peers: [], relays: [], refused: {} }, { stays: false }),
  clock: seen(undefined),
  events: seen([]),
  epochs: seen([]),
  startDonating: asked(nothing),
  stopDonating: asked(nothing, { again: true }),
  train: asked(nothing),
  cancelTraining: told(nothing),
  cancelCatchUp: told(nothing),
  keepHeldOut: asked(
    z.tuple([z.array(object<Argument<NodeService["keepHeldOut"], 0>[number]>()).readonly()]),
  ),
  anchor: asked(nothing),
  setAnchorGasLimit: asked(z.tuple([z.bigint().min(0n).or(z.undefined())]), { again: true }),
  collectAnchorRewards: asked(nothing),
  claim: asked(nothing),
});

const governanceShape: Shape<GovernanceService> = {
  proposals: seen([]),
  parameters: seen(undefined),
  propose: asked(
    z.tuple([z.string(), z.string(), orNull<NonNullable<Argument<GovernanceService["propose"], 2>>>()]),
  ),
  vote: asked(z.tuple([z.string(), z.enum(["for", "against", "abstain"])])),
};

const count = z.int().min(0);
export const disputeRequest: z.ZodType<DisputeRequest> = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("open"), epoch: count, reason: z.string() }),
  z.strictObject({ act: z.literal("report"), evidence: z.string() }),
  z.strictObject({ act: z.enum(["draw", "rule", "close", "collect"]), dispute: count }),
]);

const disputeShape: Shape<DisputeService> = {
  state: seen({ challenges: new Map(), disputes: [], evidence: [] }),
  act: asked(z.tuple([disputeRequest])),
};

const learningShape: Shape<LearningService> = {
  state: seen({ objective: "answers", spentMicro: 0 }),
  setObjective: asked(z.tuple([z.enum(["answers", "preferences"])]), { again: true }),
  setPrivacy: asked(z.tuple([orMissing<NonNullable<Argument<LearningService["setPrivacy"], 0>>>()]), {
    again: true,
  }),
};

const outboxShape: Shape<OutboxService> = { entries: seen([]), deliver: asked(nothing, { again: true }) };

const documentShape: Shape<DocumentService> = {
  discussions: seen(new Map()),
  openDiscussion: asked(z.tuple([z.string()])),
  closeDiscussion: asked(z.tuple([z.string()])),
  say: asked(z.tuple([z.string(), z.string(), z.string().optional()])),
  removeComment: asked(z.tuple([z.string(), z.string()]), { again: true }),
  drafts: seen([]),
  openedDrafts: seen(new Map()),
  createDraft: asked(z.tuple([z.string()])),
  setEditors: asked(z.tuple([z.string(), z.array(z.string()).readonly()]), { again: true }),
  deleteDraft: asked(z.tuple([z.string()]), { again: true }),
  openDraft: asked(z.tuple([z.string()])),
  closeDraft: asked(z.tuple([z.string()])),
  writeDraft: asked(z.tuple([z.string(), z.string()]), { again: true }),
  showCursor: told(z.tuple([z.string(), z.union([z.number(), z.undefined()])])),
};

const schedulerShape: Shape<SchedulerService> = {
  state: seen(STATE_BEFORE),
  setLimits: asked(z.tuple([object<Argument<SchedulerService["setLimits"], 0>>()]), { again: true }),
  setKeepAwake: asked(z.tuple([z.boolean()]), { again: true }),
  ownerAnswers: told(nothing),
  stopEverything: asked(nothing, { again: true }),
};

const relayShape: Shape<RelayService> = {
  add: asked(z.tuple([z.string()])),
  remove: asked(z.tuple([z.string()])),
};

const keptShape: Shape<KeptService> = {
  state: seen(undefined),
  freeUp: asked(nothing, { again: true }),
  setQuota: asked(z.tuple([z.union([z.number().int().nonnegative(), z.undefined()])]), { again: true }),
};

const addressBookShape: Shape<AddressBookService> = {
  entries: seen([]),
  set: asked(z.tuple([z.string(), z.string()]), { again: true }),
  remove: asked(z.tuple([z.string()]), { again: true }),
};

const sharedShape: Shape<SharedVersion> = { versions: seen(undefined) };

export type NodeShapes = { readonly [K in keyof NodeServices]: Shape<NodeServices[K]> };

export function nodeShapes(nodeId: NodeId): NodeShapes {
  return {
    node: nodeShape(nodeId),
    governance: governanceShape,
    disputes: disputeShape,
    learning: learningShape,
    outbox: outboxShape,
    documents: documentShape,
    addressBook: addressBookShape,
    scheduler: schedulerShape,
    relays: relayShape,
    kept: keptShape,
    shared: sharedShape,
  };
}

/** Of each tab's own: a wallet opens where its user looks. */
export const walletShape: Shape<WalletService> = {
  status: seen({ wallets: [], demo: false, chain: "none", unbonding: [] }),
  transactions: seen([]),
  history: seen({ account: undefined, events: [], behindBlocks: 0 }),
  connect: asked(z.tuple([z.string()])),
  disconnect: told(nothing),
  takeBack: asked(z.tuple([z.bigint().positive()])),
  withdraw: asked(nothing),
  stakes: seen({ account: undefined }),
  lookAtStakes: asked(nothing, { again: true }),
  delegate: asked(z.tuple([z.string().max(LIMITS.typedNodeIdCharacters), z.bigint().positive()])),
  undelegate: asked(z.tuple([z.string(), z.bigint().positive()])),
  lock: asked(z.tuple([z.string(), z.number().int().positive()])),
  speedUp: asked(z.tuple([z.string()])),
  cancelTransaction: asked(z.tuple([z.string()])),
  forgetTransaction: asked(z.tuple([z.string()]), { again: true }),
};
