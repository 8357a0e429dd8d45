import {
  concatHex,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  keccak256,
  stringToHex,
} from "viem";
import type { GenesisChain } from "../../core/genesis.ts";
import type { Address } from "../../core/primitives.ts";
import { BYTECODE } from "../abi/bytecode.ts";
import { parleyNetworkAbi } from "../abi/parley-network.ts";
import { lowerCase } from "../hex.ts";
import { type Answer, answer } from "./answer.ts";
import { CREATE2_PROXY } from "./create2-proxy.ts";
import { create3Address, create3Proxy } from "./create3.ts";
import type { ContractParameters } from "./parameters.ts";
import { PARTS, type PartName, partDetails } from "./parts.ts";

/** One transaction, which creates one contract. */
export interface DeploymentStep {
  readonly contract: string;
  readonly address: Address;
  readonly to: Address;
  readonly data: `0x${string}`;
  /** With the constructor's arguments behind it. */
  readonly creationCode: `0x${string}`;
  /** Calls the constructor. */
  readonly creator: Address;
  /** What the contract answers once it is there. */
  readonly answers: readonly Answer[];
}

export interface DeploymentPlan {
  /** The ParleyNetwork contract, which creates all others. */
  readonly network: Address;
  readonly addresses: Omit<GenesisChain, "chainId">;
  /** The first makes the ParleyNetwork; the others may come in any order after it. */
  readonly steps: readonly [DeploymentStep, ...DeploymentStep[]];
}

/**
 * How a network is made, by whoever sends the transactions. The addresses follow from the name, the contracts'
 * code and the parameters, on every chain the same: whoever changes one of them plans another network, and the same plan
 * can be gone on with.
 */
export function planDeployment(name: string, parameters: ContractParameters): DeploymentPlan {
  const first = networkStep(name, parameters);
  const network = first.address;
  const at = (part: PartName) => create3Address(network, PARTS.indexOf(part));
  const addresses = {
    token: at("ParleyToken"),
    staking: at("Staking"),
    epochAnchor: at("EpochAnchor"),
    claims: at("Claims"),
    treasury: at("Treasury"),
    guardian: at("Guardian"),
    disputes: at("Disputes"),
    commitLog: at("CommitLog"),
    modelRegistry: at("ModelRegistry"),
    accountLinks: at("AccountLinks"),
    anchorRewards: at("AnchorRewards"),
  };
  const details = partDetails(addresses, parameters);
  const steps = PARTS.map((part, index): DeploymentStep => {
    const { abi, args, answers } = details[part];
    const bytecode = BYTECODE[part];
    return {
      contract: part,
      address: create3Address(network, index),
      to: network,
      data: encodeFunctionData({ abi: parleyNetworkAbi, functionName: "deploy", args: [index, bytecode] }),
      creationCode: encodeDeployData({ abi, bytecode, args }),
      creator: create3Proxy(network, index),
      answers,
    };
  });
  return { network, addresses, steps: [first, ...steps] };
}

/** The contract that creates the others, by CREATE2: parameters and code are part of its own creation code. */
function networkStep(name: string, parameters: ContractParameters): DeploymentStep {
  const salt = keccak256(stringToHex(name));
  const hashes = codeHashes();
  const creationCode = encodeDeployData({
    abi: parleyNetworkAbi,
    bytecode: BYTECODE.ParleyNetwork,
    args: [parameters, hashes],
  });
  const address = lowerCase(
    getContractAddress({ opcode: "CREATE2", from: CREATE2_PROXY, salt, bytecode: creationCode }),
  );
  return {
    contract: "ParleyNetwork",
    address,
    to: CREATE2_PROXY,
    data: concatHex([salt, creationCode]),
    creationCode,
    creator: CREATE2_PROXY,
    answers: [
      answer(parleyNetworkAbi, "parameters", parameters),
      ...hashes.map((hash, part) => answer(parleyNetworkAbi, "codeHashOf", hash, [part])),
      ...PARTS.map((_, part) => answer(parleyNetworkAbi, "addressOf", create3Address(address, part), [part])),
    ],
  };
}

function codeHashes() {
  const of = (part: PartName) => keccak256(BYTECODE[part]);
  return [
    of("ParleyToken"),
    of("Staking"),
    of("EpochAnchor"),
    of("Claims"),
    of("Treasury"),
    of("Guardian"),
    of("Disputes"),
    of("CommitLog"),
    of("ModelRegistry"),
    of("AccountLinks"),
    of("AnchorRewards"),
  ] as const;
}
