import { http, type Chain as ViemChain } from "viem";
import { failure, ParleyError } from "../core/errors.ts";
import type { EndpointHealth, EndpointState } from "../ports/chain.ts";
import { isGarbled, isWithoutAnswer, lacksBlock, limitedForMs, refusesBatches } from "./endpoint-errors.ts";

export interface EndpointOptions {
  readonly urls: readonly string[];
  readonly chain: ViemChain;
  readonly timeoutMs: number;
  readonly nowMs?: () => number;
}

/** A page of these in one HTTP request; providers refuse longer ones. */
const BATCH_REQUESTS = 50;
/** Endpoints hear of a block at different times: this far behind the furthest is behind. */
const LAG_BLOCKS = 3;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 120_000;
const WRONG_CHAIN_PAUSE_MS = 600_000;

interface Endpoint {
  readonly url: string;
  readonly single: Ask;
  readonly batched: Ask;
  state: EndpointState;
  takesBatches: boolean;
  isChainKnown: boolean;
  pausedUntilMs: number;
  pauseMs: number;
  headNumber: number | undefined;
  tookMs: number | undefined;
  answeredAtMs: number | undefined;
}

type Ask = (request: { method: string; params?: unknown }) => Promise<unknown>;

/**
 * Several JSON-RPC endpoints as one: the first healthy one is asked, in the order that the operator gave, and the next one
 * when it fails, asks to wait, serves another chain or lags behind. What a node refuses is refused: no other is asked.
 */
export class Endpoints {
  readonly #endpoints: readonly Endpoint[];
  readonly #chainId: number;
  readonly #nowMs: () => number;

  constructor({ urls, chain, timeoutMs, nowMs = () => Date.now() }: EndpointOptions) {
    this.#nowMs = nowMs;
    this.#chainId = chain.id;
    const asking = (url: string, batch: false | { wait: number; batchSize: number }): Ask => {
      const transport = http(url, { batch, retryCount: 0, timeout: timeoutMs })({ chain, retryCount: 0 });
      return (request) => transport.request(request);
    };
    this.#endpoints = urls.map((url) => ({
      url,
      single: asking(url, false),
      batched: asking(url, { wait: 0, batchSize: BATCH_REQUESTS }),
      state: "untried",
      takesBatches: true,
      isChainKnown: false,
      pausedUntilMs: 0,
      pauseMs: FIRST_PAUSE_MS,
      headNumber: undefined,
      tookMs: undefined,
      answeredAtMs: undefined,
    }));
  }

  health(): readonly EndpointHealth[] {
    const nowMs = this.#nowMs();
    return this.#endpoints.map(({ url, state, pausedUntilMs, headNumber, tookMs, answeredAtMs }) => ({
      url,
      state,
      ...(pausedUntilMs > nowMs ? { pausedUntilMs } : {}),
      ...(headNumber === undefined ? {} : { headNumber }),
      ...(tookMs === undefined ? {} : { tookMs }),
      ...(answeredAtMs === undefined ? {} : { answeredAtMs }),
    }));
  }

  /** Throws what the chain refuses, and chain-unreachable when no endpoint answers. */
  readonly request: Ask = async (request) => {
    let problem: unknown = failure("chain-unreachable", "No endpoint of the chain is known");
    let old: { readonly answer: unknown } | undefined;
    for (const endpoint of this.#ranked()) {
      try {
        const answer = await this.#askOne(endpoint, request);
        if (!this.#isBehind(endpoint, headOf(request, answer))) return answer;
        old ??= { answer };
      } catch (thrown) {
        if (!this.#note(endpoint, thrown)) throw thrown;
        problem = thrown;
      }
    }
    if (old !== undefined) return old.answer;
    throw problem;
  };

  /** Paused ones come last, the one that comes back first before the others: it may answer all the same. */
  #ranked(): readonly Endpoint[] {
    const nowMs = this.#nowMs();
    const isPaused = ({ pausedUntilMs }: Endpoint) => pausedUntilMs > nowMs;
    const paused = this.#endpoints.filter(isPaused).sort((a, b) => a.pausedUntilMs - b.pausedUntilMs);
    const willing = paused.filter(({ state }) => state !== "limited" && state !== "wrong-chain");
    const ranked = [...this.#endpoints.filter((one) => !isPaused(one)), ...willing];
    const [first] = paused;
    if (ranked.length > 0 || first === undefined) return ranked;
    const seconds = Math.ceil((first.pausedUntilMs - nowMs) / 1_000);
    throw failure(
      "chain-unreachable",
      first.state === "limited"
        ? "Every endpoint of the chain asks to wait"
        : "The endpoints serve another chain than the network's",
      undefined,
      `again in ${seconds} s`,
    );
  }

  async #askOne(endpoint: Endpoint, request: Parameters<Ask>[0]): Promise<unknown> {
    const sinceMs = this.#nowMs();
    if (!endpoint.isChainKnown) await this.#checkChain(endpoint);
    const answer = await this.#askInBatch(endpoint, request);
    endpoint.answeredAtMs = this.#nowMs();
    endpoint.tookMs = endpoint.answeredAtMs - sinceMs;
    if (endpoint.state !== "lagging") this.#recovered(endpoint);
    return answer;
  }

  async #askInBatch(endpoint: Endpoint, request: Parameters<Ask>[0]): Promise<unknown> {
    if (!endpoint.takesBatches) return endpoint.single(request);
    try {
      return await endpoint.batched(request);
    } catch (thrown) {
      if (!refusesBatches(thrown)) throw thrown;
      endpoint.takesBatches = false;
      return endpoint.single(request);
    }
  }

  async #checkChain(endpoint: Endpoint): Promise<void> {
    const chainId = Number(await endpoint.single({ method: "eth_chainId", params: [] }));
    if (chainId !== this.#chainId) {
      this.#pause(endpoint, "wrong-chain", WRONG_CHAIN_PAUSE_MS);
      const [expected, received] = [String(this.#chainId), String(chainId)];
      throw failure("chain-unreachable", "The endpoint serves another chain", expected, received);
    }
    endpoint.isChainKnown = true;
  }

  #recovered(endpoint: Endpoint): void {
    endpoint.state = "healthy";
    endpoint.pauseMs = FIRST_PAUSE_MS;
    endpoint.pausedUntilMs = 0;
  }

  /** Whether another endpoint may do better. */
  #note(endpoint: Endpoint, thrown: unknown): boolean {
    if (thrown instanceof ParleyError) return true;
    const waitMs = limitedForMs(thrown, this.#nowMs());
    if (waitMs !== undefined) {
      this.#pause(endpoint, "limited", Math.min(waitMs, LONGEST_PAUSE_MS));
      return true;
    }
    if (isWithoutAnswer(thrown) || isGarbled(thrown)) {
      // Whatever answers here later may be another chain.
      endpoint.isChainKnown = false;
      this.#pause(endpoint, "unreachable");
      return true;
    }
    if (!lacksBlock(thrown)) {
      // A refusal is an answer.
      endpoint.answeredAtMs = this.#nowMs();
      this.#recovered(endpoint);
      return false;
    }
    this.#pause(endpoint, "lagging");
    return true;
  }

  /** Twice as long each time, until it answers; several requests that fail at once count once. */
  #pause(endpoint: Endpoint, state: EndpointState, forMs?: number): void {
    const nowMs = this.#nowMs();
    const isPaused = endpoint.state === state && endpoint.pausedUntilMs > nowMs;
    endpoint.state = state;
    if (isPaused && forMs === undefined) return;
    endpoint.pausedUntilMs = nowMs + Math.max(forMs ?? 0, endpoint.pauseMs);
    endpoint.pauseMs = Math.min(endpoint.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #isBehind(endpoint: Endpoint, headNumber: number | undefined): boolean {
    if (headNumber === undefined) return false;
    endpoint.headNumber = headNumber;
    const others = this.#endpoints.filter((one) => one !== endpoint && one.isChainKnown);
    const furthest = Math.max(0, ...others.map((one) => one.headNumber ?? 0));
    if (furthest - headNumber > LAG_BLOCKS) {
      this.#pause(endpoint, "lagging");
      return true;
    }
    if (endpoint.state === "lagging") this.#recovered(endpoint);
    return false;
  }
}

/** The number of the newest block, where that was asked for. */
function headOf({ method, params }: Parameters<Ask>[0], answer: unknown): number | undefined {
  if (method === "eth_blockNumber") return Number(answer);
  const isLatest = method === "eth_getBlockByNumber" && Array.isArray(params) && params[0] === "latest";
  if (!isLatest || typeof answer !== "object" || answer === null || !("number" in answer)) return undefined;
  return Number(answer.number);
}
