import { describe, expect, it } from "vitest";
import { hashOf, makeAuthors, makeGenesis, makeRegistry } from "../../../vectors/lib/world.ts";
import { genesisState } from "../../core/artifacts/state.ts";
import { failure } from "../../core/errors.ts";
import type { Chain, RegistrySnapshot } from "../../ports/chain.ts";
import { Registries } from "./registry.ts";

const genesis = makeGenesis();
const final = { ...genesis, parameters: { ...genesis.parameters, finalityBlocks: 6 } };
const state = genesisState(genesis);
const authors = makeAuthors(genesis, 4);

/** A chain whose newest block, stakes and reach a test sets. */
class HeldChain {
  headNumber = 10;
  registry: RegistrySnapshot = makeRegistry(authors);
  isReachable = true;
  reads = 0;

  async head() {
    if (!this.isReachable) throw failure("chain-unreachable", "nobody answers");
    return { blockNumber: this.headNumber, timestampMs: 0 };
  }

  async registryAt(): Promise<RegistrySnapshot> {
    if (!this.isReachable) throw failure("chain-unreachable", "nobody answers");
    this.reads += 1;
    return this.registry;
  }
}

function registriesOn(held: HeldChain, of = final) {
  const chain: Chain = Object.assign(Object.create(null), {
    head: () => held.head(),
    registryAt: () => held.registryAt(),
  });
  return new Registries({ genesis: of, chain });
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

  it("is read once where no finality is asked for", async () => {
    const chain = new HeldChain();
    const registries = registriesOn(chain, genesis);
    expect(await registries.at(1, state)).toMatchObject({ fresh: true, isFinal: true });
    await registries.at(1, state);
    expect(chain.reads).toBe(1);
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
