import { type Abi, encodeFunctionData, encodeFunctionResult } from "viem";

/** A read of a contract and what it has to return. */
export interface Answer {
  readonly functionName: string;
  readonly data: `0x${string}`;
  readonly expected: `0x${string}`;
  /** The expected value for people. */
  readonly words: string;
}

/** What a getter has to answer. */
export function answer(
  abi: Abi,
  functionName: string,
  result: unknown,
  args: readonly unknown[] = [],
): Answer {
  const plain = (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
  return {
    functionName,
    data: encodeFunctionData({ abi, functionName, args }),
    expected: encodeFunctionResult({ abi, functionName, result }),
    words: JSON.stringify(result, plain),
  };
}
