import { describe, expect, it } from "vitest";
import { NETWORK_VALUE_PREFIX } from "../src/ports/store.ts";
import { type SimulatedNode, World } from "./world.ts";

const RESIDUAL = `${NETWORK_VALUE_PREFIX}residual`;
/** 6 of the stand-in model's 24 values an epoch. */
const deltaDensityPpm = 250_000;

async function donors(world: World): Promise<readonly SimulatedNode[]> {
  const nodes: SimulatedNode[] = [];
  for (let index = 0; index < 4; index++) nodes.push(await world.addNode(`node ${index}`));
  for (const { runner } of nodes) await runner.startDonating();
  return nodes;
}

async function trainIn(world: World, { runner, store }: SimulatedNode, epoch: number): Promise<void> {
  await world.advanceToEpoch(epoch);
  await world.clock.advance(2_000);
  await store.putPair({ id: `${epoch}`, prompt: `What is ${epoch}?`, answer: "A number.", createdAtMs: 1 });
  await runner.train();
  await world.advanceToEpoch(epoch + 1);
  await world.clock.advance(5_000);
}

describe("a network that sends sparse deltas", () => {
  it("learns, and keeps what was not sent for the next time", async () => {
    const world = new World({ parameters: { deltaDensityPpm } });
    const nodes = await donors(world);
    const [trainer] = nodes;
    if (trainer === undefined) throw new Error("no trainer");
    await trainIn(world, trainer, 0);
    const [submission] = await trainer.runner.log.ofEpoch(0, "submission");
    expect(submission?.envelope.body.deltaType).toBe("sparse");
    const first = trainer.runner.epochs.value[0];
    expect(first?.contributions).toMatchObject([{ outcome: "included" }]);
    const left = await trainer.store.getValue(RESIDUAL);
    expect(left).toBeDefined();
    expect(await trainer.store.getValue(`${RESIDUAL} ${submission?.envelope.body.deltaCid}`)).toBeUndefined();
    await trainIn(world, trainer, 1);
    const second = trainer.runner.epochs.value.find(({ epoch }) => epoch === 1);
    expect(second?.contributions).toMatchObject([{ outcome: "included" }]);
    expect(second?.metrics.lossMicroNats).toBeLessThan(first?.metrics.lossMicroNats ?? 0);
    expect(await trainer.store.getValue(RESIDUAL)).not.toEqual(left);
    expect(new Set(nodes.map(({ runner }) => runner.ledger.head.value.root)).size).toBe(1);
  });

  it("has delivered nothing by a delta that was not adopted", async () => {
    const world = new World({ parameters: { deltaDensityPpm } });
    const nodes = await donors(world);
    const [trainer, ...others] = nodes;
    if (trainer === undefined) throw new Error("no trainer");
    await world.advanceToEpoch(0);
    await world.clock.advance(2_000);
    await trainer.store.putPair({ id: "0", prompt: "What is 0?", answer: "A number.", createdAtMs: 1 });
    await trainer.runner.train();
    for (const other of others) await other.runner.stopDonating();
    await world.advanceToEpoch(2);
    expect(trainer.runner.ledger.head.value.state.epoch).toBe(-1);
    expect(await trainer.store.getValue(RESIDUAL)).toBeUndefined();
  });
});
