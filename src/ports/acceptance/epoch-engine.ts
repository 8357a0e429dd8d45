import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aggregateEpoch } from "../../core/epoch/aggregate-epoch.ts";
import { type TransitionInput, transition } from "../../core/epoch/transition.ts";
import type { Genesis } from "../../core/genesis.ts";
import type { State } from "../../core/state.ts";
import type { EpochEngine } from "../epoch-engine.ts";

export interface EpochEngineUnderTest {
  readonly engine: EpochEngine;
  readonly genesis: Genesis;
  /** State before an epoch that accepts at least one submission, and that epoch's input. */
  readonly state: State;
  readonly input: TransitionInput;
  dispose(): Promise<void>;
}

/** Promises of the EpochEngine port. */
export function describeEpochEngine(name: string, make: () => Promise<EpochEngineUnderTest>): void {
  describe(`EpochEngine: ${name}`, () => {
    let subject: EpochEngineUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("computes the core's transition", async () => {
      const { engine, genesis, state, input } = subject;
      const expected = transition(genesis, state, input);
      expect(expected.adapter).not.toBeNull();
      expect(await engine.transition(state, input)).toEqual(expected);
    });

    it("computes the core's aggregate", async () => {
      const { engine, genesis, state, input } = subject;
      const { epoch, registry } = input.messageSet.envelope.body;
      const epochInput = { ...input, epoch, registry };
      const expected = aggregateEpoch(genesis, state, epochInput);
      expect(await engine.aggregate(state, epochInput)).toEqual(expected);
    });

    it("gives the same result again and leaves its arguments as they were", async () => {
      const { engine, state, input } = subject;
      const before = structuredClone({ state, input });
      const [first, second] = await Promise.all([
        engine.transition(state, input),
        engine.transition(state, input),
      ]);
      expect(second).toEqual(first);
      expect(structuredClone({ state, input })).toEqual(before);
    });

    it("throws the core's errors with their data, and works afterwards", async () => {
      const { engine, state, input } = subject;
      await expect(engine.transition(state, { ...input, messages: [] })).rejects.toMatchObject({
        data: { code: "member-missing" },
      });
      expect((await engine.transition(state, input)).adapter).not.toBeNull();
    });
  });
}
