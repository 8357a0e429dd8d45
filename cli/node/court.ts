import { Court, type CourtStep } from "../../src/app/disputes/court.ts";
import { Disputes } from "../../src/app/disputes/disputes.ts";
import type { NodeDependencies } from "../../src/app/node/dependencies.ts";
import type { NodeRunner } from "../../src/app/node/node-runner.ts";
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
  const disputes = new Disputes({ dependencies, ledger: node.ledger, log: node.log, epochs: node.epochs });
  const court = new Court({
    clock: dependencies.clock,
    disputes,
    self: dependencies.identity.nodeId,
    validators: () => node.ledger.head.value.state.registry.entries.map(({ nodeId }) => nodeId),
    gas: () => node.status.value.anchoring,
    onDone: (step) => log("good", doneWords(step), { act: step.act }),
    onFailed: (step, thrown) => {
      // Somebody else was faster: the contract refuses the second before it costs anything.
      const { code } = toErrorData(thrown);
      if (code === "reverted") log("info", `Not needed any more: ${step.act}, ${about(step)}`);
      else if (code !== "aborted")
        logError(log, "warn", `Waits: ${step.act}, ${about(step)}`, toErrorData(thrown));
    },
  });
  return {
    start: () => disputes.start(),
    look: () => court.look(),
    stop: () => disputes.stop(),
  };
}

function about(step: CourtStep): string {
  return step.act === "report"
    ? `node ${step.evidence.nodeId.slice(0, 8)} and epoch ${step.evidence.epoch}`
    : `dispute ${step.dispute.dispute} about epoch ${step.dispute.epoch}`;
}

function doneWords(step: CourtStep): string {
  switch (step.act) {
    case "draw":
      return `Drew the jury of ${about(step)}`;
    case "rule": {
      const ruling = step.dispute.finding === "same" ? "uphold" : "overturn";
      return `Ruled to ${ruling} by its own computation, in ${about(step)}`;
    }
    case "close":
      return `Closed ${about(step)}`;
    case "collect":
      return `Collected a juror's pay of ${about(step)}`;
    case "report":
      return `Reported evidence to the chain, against ${about(step)}`;
  }
}
