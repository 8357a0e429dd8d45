import { beforeAll, describe, expect, it } from "vitest";
import { MemoryWallet } from "../../sim/adapters/chain/wallet.ts";
import { simulatedAddress } from "../../sim/genesis.ts";
import { type SimulatedNode, World } from "../../sim/world.ts";
import { Waits } from "../../src/chain/waits.ts";
import { encodeCertificate } from "../../src/core/artifacts/certificate.ts";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { hash } from "../../src/ports/acceptance/stakers.ts";
import { Donor } from "./donor.ts";

const ACCOUNT = simulatedAddress("account of donor");
const COLLECTED_TOGETHER = 8;
/** The donor looks every two seconds, its node at the chain every three. */
const LOOKED_MS = 10_000;

/** The simulated wallet, found where a key file's is. */
class KeyFileWallet extends MemoryWallet {
  override connect() {
    return super.connect("memory-wallet");
  }
}

async function donatingWorld() {
  const world = new World();
  const wallet = new KeyFileWallet(world.chain, ACCOUNT);
  const node = await world.addNode("donor", undefined, { wallet });
  const lines: string[] = [];
  const file = {
    genesisCid: genesisCid(world.genesis),
    relays: [],
    rpcUrls: [],
    chainId: world.genesis.chain.chainId,
    demoWallet: false,
  };
  const donor = new Donor({
    dependencies: node.dependencies,
    node: node.runner,
    network: { file, genesis: world.genesis },
    options: { faucet: false },
    waits: new Waits(),
    log: (_level, text) => lines.push(text),
    onRefused: (thrown) => lines.push(`refused: ${thrown}`),
  });
  return { world, node, donor, lines };
}

/** A root by which something new can be claimed, anchored by the donor. */
async function anchorNext(
  { chain, clock }: World,
  { dependencies, store }: SimulatedNode,
  epoch: number,
): Promise<void> {
  const { operator, wallet } = dependencies;
  const { blockNumber } = await chain.registryAt(clock.nowMs());
  const numbered = (number: number) => number.toString(16).padStart(64, "0");
  const [previousRoot, stateRoot] = [numbered(epoch), numbered(epoch + 1)];
  const root = {
    epoch,
    previousRoot,
    stateRoot,
    claimsRoot: stateRoot,
    manifestDigest: hash("d"),
    snapshotBlock: blockNumber,
  };
  const signatures = [{ operator: operator.address, signature: await operator.sign(root) }];
  await wallet.anchor({ root, signatures });
  await store.putEpoch({
    epoch,
    stateRoot,
    previousRoot,
    manifestCid: "manifest",
    messageSetCid: "message set",
    state: new Uint8Array(),
    certificate: encodeCertificate({ root, signatures }),
  });
}

describe("a donor without a person", () => {
  let donating: Awaited<ReturnType<typeof donatingWorld>>;

  const collected = () =>
    donating.node.runner.events.value
      .map(({ text }) => text)
      .filter((text) => text.startsWith("Collected the reward"));

  beforeAll(async () => {
    donating = await donatingWorld();
    donating.donor.start();
    await donating.world.clock.advance(1_000);
    await donating.world.advanceToEpoch(0);
  });

  it("leaves rewards where they are while there are few of them", async () => {
    const { world, node, lines } = donating;
    for (let epoch = 0; epoch < COLLECTED_TOGETHER - 1; epoch++) await anchorNext(world, node, epoch);
    await world.clock.advance(LOOKED_MS);
    expect(lines).toContain("Donating: this node takes part in every duty");
    expect(node.runner.status.value.anchorRewards?.epochs).toBe(COLLECTED_TOGETHER - 1);
    expect(collected()).toEqual([]);
  });

  it("collects eight rewards together, once, and is paid for each", async () => {
    const { world, node, donor } = donating;
    await anchorNext(world, node, COLLECTED_TOGETHER - 1);
    const beforeWei = await world.chain.tokenBalanceWei(ACCOUNT);
    await world.clock.advance(LOOKED_MS);
    expect(collected()).toEqual([`Collected the reward for ${COLLECTED_TOGETHER} anchored epochs`]);
    const { rewardWei } = await world.chain.anchorRewards([]);
    expect(await world.chain.tokenBalanceWei(ACCOUNT)).toBe(
      beforeWei + BigInt(COLLECTED_TOGETHER) * rewardWei,
    );
    expect(node.runner.status.value.anchorRewards).toBeUndefined();
    donor.stop();
    await donor.settled();
  });
});
