/** The extension's service worker: holds the key, asks its person for everything that signs, sends. */
import "./chrome.ts";
import {
  createPublicClient,
  createWalletClient,
  defineChain,
  hexToString,
  http,
  isHex,
  RpcRequestError,
  type TypedDataDefinition,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import {
  type Answer,
  approvalAnswer,
  approvalRead,
  type approvalShown,
  type Config,
  config,
  walletCall,
} from "./protocol.ts";

type Shown = z.output<typeof approvalShown>;

class WalletError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const USER_REJECTED = 4001;
const UNAUTHORIZED = 4100;
const UNSUPPORTED = 4200;
const INVALID_PARAMS = -32_602;

const hex = z.custom<`0x${string}`>((value) => isHex(value));
const sendSchema = z.object({ from: hex, to: hex, data: hex.optional(), value: hex.optional() });
const typedSchema = z.custom<TypedDataDefinition>((value) => typeof value === "object" && value !== null);

const asked = new Map<string, { readonly shown: Shown; readonly decide: (agreed: boolean) => void }>();

async function ask(shown: Shown): Promise<void> {
  const id = crypto.randomUUID();
  const decided = new Promise<boolean>((decide) => asked.set(id, { shown, decide }));
  await chrome.tabs.create({ url: chrome.runtime.getURL(`approval.html?id=${id}`) });
  if (!(await decided)) throw new WalletError(USER_REJECTED, "User rejected the request.");
}

async function readConfig(): Promise<Config> {
  return config.parse(await (await fetch(chrome.runtime.getURL("config.json"))).json());
}

/** Sites that may see the account outlive the worker, which Chrome ends when it has nothing to do. */
async function isAllowed(origin: string): Promise<boolean> {
  return (await chrome.storage.local.get(origin))[origin] === true;
}

async function handle(origin: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const { rpcUrl, chainId, privateKey } = await readConfig();
  const account = privateKeyToAccount(privateKey);
  const address = account.address.toLowerCase();
  const chain = defineChain({
    id: chainId,
    name: "Test",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const transport = http(rpcUrl, { retryCount: 0 });
  const askSigner = async (title: string, detail: string) => {
    if (!(await isAllowed(origin))) throw new WalletError(UNAUTHORIZED, "Connect first.");
    await ask({ title, origin, detail });
  };
  switch (method) {
    case "eth_requestAccounts":
      if (!(await isAllowed(origin))) {
        await ask({ title: "Connect", origin, detail: address });
        await chrome.storage.local.set({ [origin]: true });
      }
      return [address];
    case "eth_accounts":
      return (await isAllowed(origin)) ? [address] : [];
    case "eth_chainId":
      return `0x${chainId.toString(16)}`;
    case "personal_sign": {
      const raw = parse(hex, params[0]);
      await askSigner("Sign a message", hexToString(raw));
      return account.signMessage({ message: { raw } });
    }
    case "eth_signTypedData_v4": {
      const text = parse(z.string(), params[1]);
      await askSigner("Sign typed data", text);
      return account.signTypedData(parse(typedSchema, JSON.parse(text)));
    }
    case "eth_sendTransaction": {
      const { from, to, data = "0x", value = "0x0" } = parse(sendSchema, params[0]);
      if (from.toLowerCase() !== address) throw new WalletError(UNAUTHORIZED, "Not this wallet's account.");
      await askSigner("Send a transaction", `to ${to}\ndata ${data}`);
      const wallet = createWalletClient({ account, chain, transport });
      return wallet.sendTransaction({ to, data, value: BigInt(value) });
    }
    default: {
      if (!/^eth_(blockNumber|call|estimateGas|feeHistory|gasPrice|get\w+)$/.test(method)) {
        throw new WalletError(UNSUPPORTED, `The wallet does not do ${method}.`);
      }
      const client = createPublicClient({ chain, transport });
      return client.transport.request({ method, params });
    }
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new WalletError(INVALID_PARAMS, z.prettifyError(parsed.error));
  return parsed.data;
}

async function answerTo(origin: string, method: string, params: readonly unknown[]): Promise<Answer> {
  try {
    return { result: await handle(origin, method, params) };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    if (thrown instanceof WalletError) return { error: { code: thrown.code, message } };
    if (thrown instanceof RpcRequestError)
      return { error: { code: thrown.code, message, data: thrown.data } };
    return { error: { code: -32_603, message } };
  }
}

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  const call = walletCall.safeParse(message);
  if (call.success) {
    void answerTo(sender.origin ?? "", call.data.method, call.data.params).then(respond);
    return true;
  }
  const read = approvalRead.safeParse(message);
  if (read.success) respond(asked.get(read.data.id)?.shown);
  const decision = approvalAnswer.safeParse(message);
  if (decision.success) {
    const { id, agreed } = decision.data;
    asked.get(id)?.decide(agreed);
    asked.delete(id);
    respond(null);
  }
  return false;
});
