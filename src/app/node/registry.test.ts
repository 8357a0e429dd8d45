import { describe, expect, it } from "vitest";
import { hashOf, makeAuthors, makeGenesis, makeRegistry } from "../../../vectors/lib/world.ts";
import { genesisState } from "../../core/artifacts/state.ts";
import { epochLengthMs, registryTimestampMs } from "../../core/epoch/clock.ts";
import { failure } from "../../core/errors.ts";
import type { Chain, RegistrySnapshot } from "../../ports/chain.ts";
import type { Clock } from "../../ports/clock.ts";
import { Registries } from "./registry.ts";

const genesis = makeGenesis();
const final = { ...genesis, parameters: { ...genesis.parameters, finalityBlocks: 6 } };
const state = genesisState(genesis);
const authors = makeAuthors(genesis, 4);
const LONG_MS = 60_000;

/** A chain whose newest block, stakes and reach a test sets. */
class HeldChain {
  headNumber = 10;
  headMs = Number.MAX_SAFE_INTEGER;
  registry: RegistrySnapshot = makeRegistry(authors);
  isReachable = true;
  reads = 0;

  async head() {
    if (!this.isReachable) throw failure("chain-unreachable", "nobody answers");
    return { blockNumber: this.headNumber, timestampMs: this.headMs };
  }

  async registryAt(): Promise<RegistrySnapshot> {
    if (!this.isReachable) throw failure("chain-unreachable", "nobody answers");
    this.reads += 1;
    return this.registry;
  }
}

/** Each look at the clock is the next turn of the node. */
function registriesOn(held: HeldChain, of = final, turnMs = LONG_MS) {
  const chain: Chain = Object.assign(Object.create(null), {
    head: () => held.head(),
    registryAt: () => held.registryAt(),
  });
  let nowMs = 0;
  const clock: Clock = Object.assign(Object.create(null), {
    nowMs: () => {
      nowMs += turnMs;
      return nowMs;
    },
  });
  return new Registries({ genesis: of, chain, clock });
}

describe("the registry of an epoch", () => {
  it("is final with enough blocks on its block, and until then read anew, since the chain may change it", async () => {
    const chain = new HeldChain();
    const registries = registriesOn(chain);
    expect(await registries.at(1, state)).toMatchObject({ fresh: true, isFinal: false });
    const reorganised = { ...chain.registry, blockHash: hashOf("another branch") };
    chain.registry = reorganised;
    chain.headNumber = 13;
    expect(await registries.at(1, state)).toEqual({ registry: reorganised, fresh: true, isFinal: true });
    chain.registry = makeRegistry(authors.slice(1));
    expect((await registries.at(1, state)).registry).toBe(reorganised);
  });

  it("is left alone for a while when it is not final: endpoints count requests", async () => {
    const chain = new HeldChain();
    const lengthMs = epochLengthMs(final);
    const registries = registriesOn(chain, final, lengthMs / 1_000);
    for (let turn = 0; turn < 1_000; turn++) {
      expect(await registries.at(1, state)).toEqual({
        registry: chain.registry,
        fresh: true,
        isFinal: false,
      });
    }
    expect(chain.reads).toBeGreaterThan(10);
    expect(chain.reads).toBeLessThanOrEqual(lengthMs / 1_000);
  });

  it("is read once where no finality is asked for", async () => {
    const chain = new HeldChain();
    const registries = registriesOn(chain, genesis);
    expect(await registries.at(1, state)).toMatchObject({ fresh: true, isFinal: true });
    await registries.at(1, state);
    expect(chain.reads).toBe(1);
  });

  it("is read anew when a block came before the time at which it counts, also where blocks are final at once", async () => {
    const chain = new HeldChain();
    const registries = registriesOn(chain, genesis);
    const countsAtMs = registryTimestampMs(genesis, 3);
    chain.headMs = countsAtMs - 1;
    const early = await registries.at(3, state);
    expect(early).toEqual({ registry: chain.registry, fresh: true, isFinal: true });
    await registries.at(3, state);
    expect(chain.reads).toBe(1);
    // A block with the very time may have a neighbour of the same time.
    for (const headMs of [countsAtMs, countsAtMs]) {
      chain.headNumber += 1;
      chain.headMs = headMs;
      chain.registry = { ...makeRegistry(authors.slice(1)), blockNumber: chain.headNumber };
      expect((await registries.at(3, state)).registry).toBe(chain.registry);
    }
    const { registry } = chain;
    chain.headNumber += 1;
    chain.headMs = countsAtMs + 1;
    expect((await registries.at(3, state)).registry).toBe(registry);
    const { reads } = chain;
    chain.headNumber += 1;
    chain.registry = makeRegistry(authors);
    expect((await registries.at(3, state)).registry).toBe(registry);
    expect(chain.reads).toBe(reads);
  });

  it("is not waited for where blocks are final at once, also when a block came while it was read", async () => {
    const chain = new HeldChain();
    chain.registry = { ...chain.registry, blockNumber: chain.headNumber + 1 };
    expect((await registriesOn(chain, genesis).at(1, state)).isFinal).toBe(true);
  });

  it("is the state's without a chain in reach, or the last that was seen; nobody waits for blocks then", async () => {
    const chain = new HeldChain();
    const registries = registriesOn(chain);
    chain.isReachable = false;
    expect(await registries.at(1, state)).toEqual({
      registry: state.registry,
      fresh: false,
      isFinal: true,
    });
    chain.isReachable = true;
    const { registry } = await registries.at(1, state);
    chain.isReachable = false;
    expect(await registries.at(1, state)).toEqual({ registry, fresh: true, isFinal: true });
  });
});
