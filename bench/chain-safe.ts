/** Safe, the most used multi-signature account, as its authors compiled it: a root kept in a contract that a Safe owns. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { concatHex, encodeDeployData, encodeFunctionData, isHex, parseAbi, zeroAddress } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import type { LocalChain } from "../e2e/support/local-chain.ts";
import type { Address } from "../src/core/primitives.ts";
import { sendRaw } from "./chain-certificates.ts";
import { bytes32, deploy } from "./chain-peers.ts";

const SAFE_ABI = parseAbi([
  "function setup(address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler, address paymentToken, uint256 payment, address paymentReceiver)",
  "function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool)",
  "function getTransactionHash(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, uint256 nonce) view returns (bytes32)",
]);
const PROXY_ABI = parseAbi(["constructor(address singleton)"]);

/** One root by `signers` owners' signatures, of a Safe that asks for all of them; the worst of the epochs after the first. */
export async function safeRootGas(local: LocalChain, signers: number): Promise<number> {
  const owners = Array.from({ length: signers }, () => privateKeyToAccount(generatePrivateKey()));
  // Safe wants its signers ascending.
  owners.sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
  const safe = await deploySafe(local, owners);
  const roots = await deploy(local, "OwnedRoots", [safe]);
  const gas: number[] = [];
  for (const epoch of [0n, 1n, 2n]) {
    const data = encodeFunctionData({ abi: roots.abi, functionName: "anchor", args: [epoch, bytes32()] });
    const call = [roots.address, 0n, data, 0, 0n, 0n, 0n, zeroAddress, zeroAddress] as const;
    const hash = await local.rpc("eth_call", [
      {
        to: safe,
        data: encodeFunctionData({
          abi: SAFE_ABI,
          functionName: "getTransactionHash",
          args: [...call, epoch],
        }),
      },
      "latest",
    ]);
    if (!isHex(hash)) throw new Error("the Safe told no hash");
    const signatures = await Promise.all(owners.map((owner) => owner.sign({ hash })));
    const sent = encodeFunctionData({
      abi: SAFE_ABI,
      functionName: "execTransaction",
      args: [...call, concatHex(signatures)],
    });
    gas.push((await sendRaw(local, { to: safe, data: sent })).gas);
  }
  return Math.max(...gas.slice(1));
}

/** A proxy of the singleton, as Safe's own app makes them. */
async function deploySafe(local: LocalChain, owners: readonly PrivateKeyAccount[]): Promise<Address> {
  const singleton = await create(local, await bytecodeOf("Safe.sol/Safe.json"));
  const safe = await create(
    local,
    encodeDeployData({
      abi: PROXY_ABI,
      bytecode: await bytecodeOf("proxies/SafeProxy.sol/SafeProxy.json"),
      args: [singleton],
    }),
  );
  const setup = encodeFunctionData({
    abi: SAFE_ABI,
    functionName: "setup",
    args: [
      owners.map(({ address }) => address),
      BigInt(owners.length),
      zeroAddress,
      "0x",
      zeroAddress,
      zeroAddress,
      0n,
      zeroAddress,
    ],
  });
  await sendRaw(local, { to: safe, data: setup });
  return safe;
}

async function create(local: LocalChain, data: `0x${string}`): Promise<Address> {
  const { contractAddress } = await sendRaw(local, { data });
  if (contractAddress === undefined) throw new Error("the local chain created no contract");
  return contractAddress;
}

/** What the package's authors compiled. */
async function bytecodeOf(artifact: string): Promise<`0x${string}`> {
  const require = createRequire(import.meta.url);
  const path = require.resolve(`@safe-global/safe-smart-account/build/artifacts/contracts/${artifact}`);
  const { bytecode } = JSON.parse(await readFile(path, "utf8"));
  if (!isHex(bytecode)) throw new Error(`no bytecode in ${artifact}`);
  return bytecode;
}
