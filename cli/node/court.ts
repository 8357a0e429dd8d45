import { Court } from "../../src/app/disputes/court.ts";
import { Disputes } from "../../src/app/disputes/disputes.ts";
import type { NodeDependencies } from "../../src/app/node/dependencies.ts";
import type { NodeRunner } from "../../src/app/node/node-runner.ts";
import type { DisputeAct, ShownDispute } from "../../src/app/parley.ts";
import { toErrorData } from "../../src/core/errors.ts";
import { type Log, logError } from "./log.ts";

export interface NodeCourt {
  start(): void;
  /** Takes the steps whose turn it is. */
  look(): Promise<void>;
  stop(): void;
}

/** The disputes of the chain, followed and judged by a node that has a key of its own. */
export function nodeCourt(dependencies: NodeDependencies, node: NodeRunner, log: Log): NodeCourt {
  const disputes = new Disputes({ dependencies, ledger: node.ledger, epochs: node.epochs });
  const court = new Court({
    clock: dependencies.clock,
    disputes,
    self: dependencies.identity.nodeId,
    validators: () => node.ledger.head.value.state.registry.entries.map(({ nodeId }) => nodeId),
    gas: () => node.status.value.anchoring,
    onDone: (act, dispute) => log("good", doneWords(act, dispute), { dispute: dispute.dispute, act }),
    onFailed: (act, { dispute }, thrown) => {
      // Somebody else was faster: the contract refuses the second before it costs anything.
      const { code } = toErrorData(thrown);
      if (code === "reverted")
        log("info", `Dispute ${dispute}: ${act} was not needed any more`, { dispute, act });
      else logError(log, "warn", `Dispute ${dispute}: ${act} waits`, toErrorData(thrown));
    },
  });
  return {
    start: () => disputes.start(),
    look: () => court.look(),
    stop: () => disputes.stop(),
  };
}

function doneWords(act: DisputeAct, { dispute, epoch, finding }: ShownDispute): string {
  switch (act) {
    case "draw":
      return `Dispute ${dispute} about epoch ${epoch}: drew the jury`;
    case "rule":
      return `Dispute ${dispute} about epoch ${epoch}: ruled to ${finding === "same" ? "uphold" : "overturn"}, by its own computation`;
    case "close":
      return `Dispute ${dispute} about epoch ${epoch}: closed`;
    case "collect":
      return `Dispute ${dispute} about epoch ${epoch}: collected a juror's pay`;
  }
}
