/** The nearest public contracts that do the same: deployed on the same chain, called under the same conditions. */
import { randomBytes } from "node:crypto";
import {
  type Abi,
  concatHex,
  encodeAbiParameters,
  encodeDeployData,
  encodeFunctionData,
  encodePacked,
  keccak256,
  numberToHex,
  parseSignature,
} from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import type { LocalChain } from "../e2e/support/local-chain.ts";
import { parleyTokenAbi } from "../src/chain/abi/parley-token.ts";
import type { Address } from "../src/core/primitives.ts";
import { forgeBinary, generateModules, readArtifact } from "../tools/contracts/forge.ts";
import { sendRaw } from "./chain-certificates.ts";

const AMOUNT_WEI = 10n ** 17n;

/** Compiles what is compared with. Errors: no forge for this platform. */
export async function compilePeers(): Promise<void> {
  const forge = forgeBinary();
  if (forge === undefined) throw new Error("forge is not installed for this platform");
  await generateModules(forge);
}

/** A claim of a Merkle distributor whose word of the bitmap is in use, for an account that holds tokens. */
export async function distributorClaimGas(
  local: LocalChain,
  account: Address,
  hashes: number,
): Promise<number> {
  const [paidBefore, paidNow] = [leafOf(0n, account), leafOf(1n, account)];
  const siblings = Array.from({ length: hashes - 1 }, () => bytes32());
  const root = siblings.reduce(parentOf, parentOf(paidBefore, paidNow));
  const { token, faucet } = local.deployment;
  const distributor = await deploy(local, "MerkleDistributor", [token, root]);
  const amount = 10n * AMOUNT_WEI;
  await sendRaw(local, {
    to: token,
    data: encodeFunctionData({
      abi: parleyTokenAbi,
      functionName: "transfer",
      args: [distributor.address, amount],
    }),
  });
  const claim = (index: bigint, proof: readonly `0x${string}`[]) =>
    sendRaw(local, {
      to: distributor.address,
      data: encodeFunctionData({
        abi: distributor.abi,
        functionName: "claim",
        args: [index, account, AMOUNT_WEI, proof],
      }),
    });
  if (faucet === account) throw new Error("the faucet pays nobody but others");
  await claim(0n, [paidNow, ...siblings]);
  return (await claim(1n, [paidBefore, ...siblings])).gas;
}

/** A root kept under OpenZeppelin's weighted multi-signature; the worst of the epochs after the first. */
export async function weightedRootGas(local: LocalChain, signers: number): Promise<number> {
  const accounts = Array.from({ length: signers }, () => privateKeyToAccount(generatePrivateKey()));
  accounts.sort((a, b) => (keccak256(a.address) < keccak256(b.address) ? -1 : 1));
  const addresses = accounts.map(({ address }) => address);
  const weights = accounts.map(() => 100n);
  const threshold = BigInt(Math.ceil((signers * 200) / 3));
  const roots = await deploy(local, "WeightedRoots", [addresses, weights, threshold]);
  const gas: number[] = [];
  for (const epoch of [0n, 1n, 2n]) {
    const root = bytes32();
    const signatures = await signRoot(local, roots.address, accounts, epoch, root);
    const args = [epoch, root, signatures];
    const data = encodeFunctionData({ abi: roots.abi, functionName: "anchor", args });
    gas.push((await sendRaw(local, { to: roots.address, data })).gas);
  }
  return Math.max(...gas.slice(1));
}

/**
 * OpenZeppelin's ERC20Permit of the token: like a batch of commits a signed statement that anybody may bring, kept in one
 * new slot. The second of its signer, whose nonce is in use.
 */
export async function permitGas(local: LocalChain): Promise<number> {
  const { chainId, token } = local.deployment;
  const owner = privateKeyToAccount(generatePrivateKey());
  const gas: number[] = [];
  for (const nonce of [0n, 1n]) {
    const spender = privateKeyToAccount(generatePrivateKey()).address;
    const permit = { owner: owner.address, spender, value: AMOUNT_WEI, nonce, deadline: 2n ** 64n };
    const { r, s, yParity } = parseSignature(
      await owner.signTypedData({
        domain: { name: "Parley", version: "1", chainId, verifyingContract: token },
        types: PERMIT_TYPES,
        primaryType: "Permit",
        message: permit,
      }),
    );
    const args = [owner.address, spender, AMOUNT_WEI, permit.deadline, 27 + yParity, r, s] as const;
    const data = encodeFunctionData({ abi: parleyTokenAbi, functionName: "permit", args });
    gas.push((await sendRaw(local, { to: token, data })).gas);
  }
  return Math.max(...gas.slice(1));
}

const PERMIT_TYPES = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

async function signRoot(
  local: LocalChain,
  contract: Address,
  accounts: readonly PrivateKeyAccount[],
  epoch: bigint,
  root: `0x${string}`,
): Promise<`0x${string}`> {
  const digest = keccak256(
    encodeAbiParameters(
      [{ type: "uint256" }, { type: "address" }, { type: "uint64" }, { type: "bytes32" }],
      [BigInt(local.deployment.chainId), contract, epoch, root],
    ),
  );
  const signatures = await Promise.all(accounts.map((account) => account.sign({ hash: digest })));
  return encodeAbiParameters(
    [{ type: "bytes[]" }, { type: "bytes[]" }],
    [accounts.map(({ address }) => address), signatures],
  );
}

/** A contract of contracts/test, as forge compiled it. */
export async function deploy(
  local: LocalChain,
  contract: string,
  args: readonly unknown[],
): Promise<{ address: Address; abi: Abi }> {
  const artifact = await readArtifact(contract);
  const abi: Abi = JSON.parse(JSON.stringify(artifact.abi));
  const bytecode = concatHex([`0x${artifact.bytecode.object.slice(2)}`]);
  const { contractAddress } = await sendRaw(local, { data: encodeDeployData({ abi, bytecode, args }) });
  if (contractAddress === undefined) throw new Error(`${contract} was not created`);
  return { address: contractAddress, abi };
}

function leafOf(index: bigint, account: Address): `0x${string}` {
  return keccak256(encodePacked(["uint256", "address", "uint256"], [index, account, AMOUNT_WEI]));
}

/** OpenZeppelin's MerkleProof: pairs are sorted. */
function parentOf(a: `0x${string}`, b: `0x${string}`): `0x${string}` {
  return keccak256(concatHex(a < b ? [a, b] : [b, a]));
}

export function bytes32(): `0x${string}` {
  return numberToHex(BigInt(`0x${randomBytes(32).toString("hex")}`), { size: 32 });
}
