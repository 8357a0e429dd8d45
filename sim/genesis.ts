import { bytesToHex, utf8ToBytes } from "../src/core/bytes.ts";
import { cidOf } from "../src/core/codec/dag-cbor.ts";
import type { Genesis } from "../src/core/genesis.ts";
import type { Parameters } from "../src/core/parameters.ts";
import { localParameters } from "../src/core/presets.ts";
import type { Address, TensorSpec } from "../src/core/primitives.ts";
import { benchmarkTarget, metricsOf, valuesOf } from "./adapters/model/surrogate.ts";
import { SeededRandom } from "./adapters/random.ts";

const TENSORS: readonly TensorSpec[] = [
  { name: "layers.0.q.b", shape: [2, 8] },
  { name: "layers.0.v.b", shape: [2, 4] },
];

export interface GenesisChoices {
  readonly startMs?: number;
  readonly parameters?: Partial<Parameters>;
}

/** A network on the surrogate model. */
export function simulatedGenesis({
  startMs = 1_800_000_000_000,
  parameters = {},
}: GenesisChoices = {}): Genesis {
  return {
    version: 1,
    name: "simulation",
    startMs,
    model: {
      manifestCid: cidOf(utf8ToBytes("surrogate model"), "raw"),
      environmentCid: cidOf(utf8ToBytes("surrogate environment")),
      baseMetrics: metricsOf(valuesOf(TENSORS, null), benchmarkTarget(TENSORS)),
      rank: 2,
      tensors: TENSORS,
    },
    chain: {
      chainId: 31_337,
      token: simulatedAddress("token"),
      staking: simulatedAddress("staking"),
      epochAnchor: simulatedAddress("epoch anchor"),
      claims: simulatedAddress("claims"),
    },
    parameters: { ...localParameters(simulatedAddress("foundation")), ...parameters },
  };
}

export function simulatedAddress(name: string): Address {
  return `0x${bytesToHex(new SeededRandom(`address ${name}`).bytes(20))}`;
}
