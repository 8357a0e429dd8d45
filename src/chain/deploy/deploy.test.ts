import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DevChain, startDevChain } from "../../../relay/dev-chain.ts";
import { parleyParameters } from "../../core/presets.ts";
import type { Address } from "../../core/primitives.ts";
import { createLocalRpc, type LocalRpc } from "../wallet/local-rpc.ts";
import { CREATE2_PROXY, CREATE2_PROXY_SENDER, CREATE2_PROXY_TRANSACTION } from "./create2-proxy.ts";
import { connectChain, deploy, missingSteps } from "./deploy.ts";
import { type ContractChoices, contractParameters, NOBODY } from "./parameters.ts";
import { planDeployment } from "./plan.ts";
import { verifyDeployment } from "./verify.ts";

const ETHER = "0xde0b6b3a7640000";
const TOKEN_WEI = 10n ** 18n;
const PERSON: Address = "0x00000000000000000000000000000000000f00d0";
const CHOICES: ContractChoices = {
  holder: NOBODY,
  executor: PERSON,
  keeper: PERSON,
  initialSupplyWei: 1_000n * TOKEN_WEI,
  supplyCapWei: 5_000n * TOKEN_WEI,
  startSeconds: 1_800_000_000,
  headroomWei: 10n * TOKEN_WEI,
  unbondingSeconds: 3_600,
  challengeSeconds: 172_800,
  bondWei: TOKEN_WEI,
  anchorPoolWei: 100n * TOKEN_WEI,
  anchorRewardWei: TOKEN_WEI,
  maximumAnchorRewardWei: 2n * TOKEN_WEI,
};
const planned = (change: Partial<ContractChoices> = {}) =>
  planDeployment("trial", contractParameters(parleyParameters(PERSON), { ...CHOICES, ...change }));
/** ParleyNetwork and its eleven parts. */
const TRANSACTIONS = "0xc";
const code = (value: string) => expect.objectContaining({ code: value });

/** Twelve contracts, also on a machine that does other things as well. */
describe("the deployment of a network", { timeout: 120_000 }, () => {
  let chain: DevChain;
  let rpc: LocalRpc;
  let signer: PrivateKeyAccount;
  let account: Address;
  beforeEach(async () => {
    chain = await startDevChain();
    rpc = createLocalRpc(chain.rpcUrl);
    signer = privateKeyToAccount(generatePrivateKey());
    account = `0x${signer.address.slice(2).toLowerCase()}`;
    await rpc("anvil_setBalance", [account, ETHER]);
  });
  afterEach(() => chain.stop());

  async function started() {
    const { client } = await connectChain(chain.rpcUrl, 20);
    return { client, rpcUrl: chain.rpcUrl, signer, plan: planned() };
  }

  it("puts every contract where the plan says, and reads it back byte by byte", async () => {
    const { plan, ...run } = await started();
    await expect(verifyDeployment(run.client, plan)).rejects.toThrow(code("contract-missing"));
    await deploy(run, plan);
    expect(await missingSteps(run.client, plan)).toEqual([]);
    await verifyDeployment(run.client, plan);
  });

  it("goes on where it was stopped, and does nothing when all is there", async () => {
    const { plan, ...run } = await started();
    const stopAt = async (contract: string, state: string) => {
      const stop = new Error("stopped");
      const onStep = (step: { contract: string }, now: string) => {
        if (step.contract === contract && now === state) throw stop;
      };
      await expect(deploy({ ...run, onStep }, plan)).rejects.toThrow();
    };
    // Stopped after a receipt, and between sending and the receipt.
    await stopAt("ParleyNetwork", "created");
    await stopAt("ParleyToken", "sent");
    await stopAt("EpochAnchor", "sent");
    const sent: string[] = [];
    await deploy({ ...run, onStep: (step, state) => sent.push(`${step.contract} ${state}`) }, plan);
    expect(sent).toEqual(expect.arrayContaining(["ParleyNetwork there", "Claims created"]));
    expect(sent).not.toContain("ParleyToken sent");
    await verifyDeployment(run.client, plan);
    const nonce = await rpc("eth_getTransactionCount", [account, "latest"]);
    expect(nonce).toBe(TRANSACTIONS);
    await deploy(run, plan);
    expect(await rpc("eth_getTransactionCount", [account, "latest"])).toBe(nonce);
  });

  it("waits for what a stopped run has sent instead of sending it again", async () => {
    const { plan, ...run } = await started();
    await rpc("evm_setAutomine", [false]);
    const onStep = (_step: unknown, state: string) => {
      if (state === "sent") throw new Error("stopped");
    };
    await expect(deploy({ ...run, onStep }, plan)).rejects.toThrow();
    const again = deploy(run, plan);
    await rpc("evm_setAutomine", [true]);
    await rpc("evm_mine");
    await again;
    expect(await rpc("eth_getTransactionCount", [account, "latest"])).toBe(TRANSACTIONS);
  });

  it("finds code that differs in one byte, and a getter that answers something else", async () => {
    const { plan, ...run } = await started();
    await deploy(run, plan);
    for (const { address, contract } of plan.steps) {
      const real = String(await rpc("eth_getCode", [address, "latest"]));
      // The last byte before the end is code or an immutable's; either way not what the constructor returned.
      const other = real.endsWith("0") ? "1" : "0";
      await rpc("anvil_setCode", [address, `${real.slice(0, -1)}${other}`]);
      const message = expect.stringContaining(`in the place of ${contract}`);
      await expect(verifyDeployment(run.client, plan)).rejects.toThrow(
        expect.objectContaining({ code: "contract-differs", message }),
      );
      await rpc("anvil_setCode", [address, real]);
    }
    const [first, ...others] = plan.steps;
    const answers = planned({ supplyCapWei: 6_000n * TOKEN_WEI }).steps[0].answers;
    const otherwise = { ...plan, steps: [{ ...first, answers }, ...others] } as const;
    await expect(verifyDeployment(run.client, otherwise)).rejects.toThrow(code("contract-differs"));
  });

  it("says that the proxy is missing and what puts it there, which works", async () => {
    const { plan, ...run } = await started();
    await rpc("anvil_setCode", [CREATE2_PROXY, "0x"]);
    await expect(deploy(run, plan)).rejects.toThrow(code("proxy-missing"));
    await rpc("anvil_setBalance", [CREATE2_PROXY_SENDER, "0x2386f26fc10000"]);
    await rpc("anvil_setNonce", [CREATE2_PROXY, "0x0"]);
    await rpc("eth_sendRawTransaction", [CREATE2_PROXY_TRANSACTION]);
    await rpc("evm_mine");
    await deploy(run, plan);
    await verifyDeployment(run.client, plan);
  });

  it("can be carried out by anyone, and by two at once", async () => {
    const { plan, ...run } = await started();
    const stranger = privateKeyToAccount(generatePrivateKey());
    await rpc("anvil_setBalance", [stranger.address, ETHER]);
    await Promise.all([deploy(run, plan), deploy({ ...run, signer: stranger }, plan)]);
    await verifyDeployment(run.client, plan);
  });

  it("lets nobody put other code at the network's addresses", async () => {
    const { plan, ...run } = await started();
    const [network, token, staking] = plan.steps;
    await deploy(run, plan);
    // The token's place is named by the first argument, the code by the last.
    const place = token?.data.slice(0, 74) ?? "";
    const data = place + (staking?.data.slice(74) ?? "");
    await expect(rpc("eth_call", [{ to: network.address, data }])).rejects.toThrow("revert");
    expect(planned({ executor: NOBODY }).network).not.toBe(plan.network);
  });
});
