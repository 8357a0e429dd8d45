import type { Simulations } from "../ports/simulation.ts";
import type { KeptState } from "./content/keeper.ts";
import type { AloneService } from "./facade/alone.ts";
import type {
  AdapterService,
  ChatService,
  CorrectionService,
  LearningService,
  ModelService,
} from "./facade/chat.ts";
import type { DisputeService } from "./facade/disputes.ts";
import type { DocumentService, GovernanceService } from "./facade/governance.ts";
import type { AddressBookService, DevicesService, IdentityService } from "./facade/identity.ts";
import type { KeptService, NodeService, OutboxService, RelayService } from "./facade/node.ts";
import type { SchedulerService } from "./facade/scheduler.ts";
import type { KeepingService, TabService } from "./facade/tab.ts";
import type { WalletService } from "./facade/wallet.ts";

export type { Comment, DraftInfo } from "../ports/documents.ts";
export type {
  InjectedFault,
  Simulations,
} from "../ports/simulation.ts";
export type * from "./facade/alone.ts";
export type * from "./facade/chat.ts";
export type * from "./facade/disputes.ts";
export type * from "./facade/governance.ts";
export type * from "./facade/identity.ts";
export type * from "./facade/node.ts";
export type * from "./facade/scheduler.ts";
export type * from "./facade/tab.ts";
export type * from "./facade/wallet.ts";
export type { FinishedRun } from "./learning/last-run.ts";
export type { TrainingWork } from "./learning/training-work.ts";
export type { Lane, Limits, ShownWork, WorkGroup } from "./scheduler/work.ts";

/** What the pages show and do. The pages know nothing else of the system. */
export interface Parley {
  readonly chat: ChatService;
  /** Absent until the list has been read. */
  readonly models?: ModelService;
  readonly corrections: CorrectionService;
  /** Absent until the model has loaded. */
  readonly adapters?: AdapterService;
  /** Absent until the network's part has loaded. */
  readonly learning?: LearningService;
  readonly node: NodeService;
  readonly governance: GovernanceService;
  /** Absent until the network's part has loaded. */
  readonly disputes?: DisputeService;
  readonly wallet: WalletService;
  /** Absent until the network's part has loaded. */
  readonly identity?: IdentityService;
  /** Absent until this tab runs the node. */
  readonly devices?: DevicesService;
  readonly addressBook?: AddressBookService;
  /** Absent until the network's part has loaded. */
  readonly outbox?: OutboxService;
  readonly documents?: DocumentService;
  /** Absent until the network's part has loaded. */
  readonly scheduler?: SchedulerService;
  readonly relays?: RelayService;
  /** Absent until the network's part has loaded. */
  readonly kept?: KeptService;
  /** Networks to look at and to break, on this device alone. */
  readonly simulations?: Simulations;
  /** Absent until the page has started. */
  readonly tab?: TabService;
  readonly keeping?: KeepingService;
  /** Only on a page that was served without a network. */
  readonly alone?: AloneService;
}

export type { KeptState };
