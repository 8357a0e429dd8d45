import { phaseAt } from "../../core/epoch/clock.ts";
import type { Cid } from "../../core/primitives.ts";
import type { NodeStatus } from "../facade/node.ts";
import type { NodeDependencies } from "../node/dependencies.ts";
import type { Ledger } from "../node/ledger.ts";
import type { MessageLog } from "../node/message-log.ts";
import type { Subject } from "../observable.ts";
import { EpochArchives } from "./archives.ts";
import { CatchUp } from "./catch-up.ts";

/** The archives of one node: those that it gives, and those that it follows epochs from. */
export class NodeArchives {
  readonly #dependencies: NodeDependencies;
  readonly #log: MessageLog;
  readonly #ledger: Ledger;
  readonly #given: EpochArchives;
  readonly #catchUp: CatchUp | undefined;

  /** `onEnd`: logs may come now. */
  constructor(dependencies: NodeDependencies, log: MessageLog, ledger: Ledger, onEnd: () => void) {
    this.#dependencies = dependencies;
    this.#log = log;
    this.#ledger = ledger;
    this.#given = new EpochArchives(dependencies, log);
    this.#catchUp = catchUpOf(dependencies, log, ledger, onEnd);
  }

  get isCatchingUp(): boolean {
    return this.#catchUp?.isRunning ?? false;
  }

  /** Before the log is served. */
  async start(status: Subject<NodeStatus>): Promise<void> {
    const [given, catchUp] = [this.#given, this.#catchUp];
    this.#log.onArchives({
      archivesAfter: (root) => given.after(root),
      waits: (peer) => catchUp?.begin(peer) ?? false,
    });
    this.#dependencies.content?.offer(given);
    this.#ledger.onAdopted(({ result }) => given.adopted(result.state.epoch));
    await given.start();
    catchUp?.state.subscribe(({ running, followed }) =>
      status.update(({ catchUp: _, ...others }) => ({
        ...others,
        ...(running && { catchUp: running }),
        ...(followed > 0 && { followedFromArchives: followed }),
      })),
    );
  }

  /** Logs bring what is missing. */
  cancel(): void {
    this.#catchUp?.cancel();
  }

  /** Resolves when none is being named. */
  settled(): Promise<void> {
    return this.#given.settled();
  }

  stop(): void {
    this.#given.stop();
    this.cancel();
  }
}

/** Catching up by archives, over a node's own log and ledger; undefined where none can be had. */
function catchUpOf(
  dependencies: NodeDependencies,
  log: Pick<MessageLog, "keepMembers">,
  ledger: Pick<Ledger, "head" | "fetchVotes" | "votesOn" | "adoptCertified">,
  onEnd: () => void,
): CatchUp | undefined {
  const { content, genesis, clock } = dependencies;
  if (content === undefined) return undefined;
  const head = () => {
    const { state, root } = ledger.head.value;
    return { epoch: state.epoch, root };
  };
  const books = {
    head,
    votesAfterHead: async () => {
      await ledger.fetchVotes();
      const sets = new Map<Cid, Uint8Array[]>();
      for (const { bytes, envelope } of ledger.votesOn(head().root)) {
        const { messageSet } = envelope.body;
        sets.set(messageSet, [...(sets.get(messageSet) ?? []), bytes]);
      }
      return sets;
    },
    keep: (messages: readonly Uint8Array[]) => log.keepMembers(messages),
    adopt: () => ledger.adoptCertified(),
  };
  const epochNow = () => phaseAt(genesis, clock.nowMs())?.epoch;
  return new CatchUp({ ...dependencies, content, epochNow }, books, onEnd);
}
