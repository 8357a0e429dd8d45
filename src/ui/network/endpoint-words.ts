import type { EndpointHealth, EndpointState, WalletStatus } from "../../app/parley.ts";
import { formatAge, formatCountdown } from "../format.ts";

export interface EndpointLine {
  /** The host alone: the rest of the URL may hold an operator's key. */
  readonly name: string;
  readonly state: string;
  readonly tone: "good" | "wait" | "bad" | "";
  readonly detail: string;
}

const STATES: Readonly<Record<EndpointState, Pick<EndpointLine, "state" | "tone">>> = {
  untried: { state: "in reserve", tone: "" },
  healthy: { state: "in reserve", tone: "" },
  limited: { state: "asks to wait", tone: "wait" },
  lagging: { state: "behind", tone: "wait" },
  "wrong-chain": { state: "another chain", tone: "bad" },
  unreachable: { state: "no answer", tone: "bad" },
};

/** One sentence or two on the whole. */
export function chainWords(chain: WalletStatus["chain"], endpoints: readonly EndpointHealth[]): string {
  switch (chain) {
    case "none":
      return "This network has no chain.";
    case "connecting":
      return "Reaching the chain.";
    case "unreachable":
      return "The chain is out of reach. Epochs go on and are anchored when it is back.";
    case "reachable": {
      if (endpoints.length === 0) return "The chain runs in this browser.";
      const answering = answeringOf(endpoints);
      return answering === undefined
        ? "The chain is in reach."
        : `The chain is in reach through ${nameOf(answering, endpoints)}.`;
    }
  }
}

/** How each endpoint is, in the order in which they are asked. */
export function endpointLines(endpoints: readonly EndpointHealth[], nowMs: number): readonly EndpointLine[] {
  const answering = answeringOf(endpoints);
  return endpoints.map((endpoint) => ({
    ...(endpoint === answering ? { state: "answers", tone: "good" } : STATES[endpoint.state]),
    name: nameOf(endpoint, endpoints),
    detail: [...facts(endpoint, nowMs)].join(" · "),
  }));
}

/** Of those that are well, the one that answered last. */
function answeringOf(endpoints: readonly EndpointHealth[]): EndpointHealth | undefined {
  const [last] = endpoints
    .filter(({ state }) => state === "healthy")
    .sort((a, b) => (b.answeredAtMs ?? 0) - (a.answeredAtMs ?? 0));
  return last;
}

function* facts(endpoint: EndpointHealth, nowMs: number): Generator<string> {
  const { state, pausedUntilMs, headNumber, tookMs, answeredAtMs } = endpoint;
  const isWell = state === "healthy" || state === "untried";
  if (!isWell) {
    const leftMs = (pausedUntilMs ?? 0) - nowMs;
    yield leftMs > 0 ? `tried again in ${formatCountdown(leftMs)}` : "tried again at the next read";
  }
  if (answeredAtMs === undefined) {
    yield state === "untried" ? "not asked yet" : "has not answered yet";
    return;
  }
  yield `answered ${ageOf(nowMs - answeredAtMs)}`;
  if (headNumber !== undefined) yield `block ${headNumber}`;
  if (isWell && tookMs !== undefined) yield `${tookMs} ms`;
}

const MINUTE_MS = 60_000;

function ageOf(ageMs: number): string {
  return ageMs < MINUTE_MS ? `${Math.max(0, Math.floor(ageMs / 1_000))} s ago` : formatAge(ageMs);
}

/** Two endpoints of one host are told apart by their places. */
function nameOf({ url }: EndpointHealth, endpoints: readonly EndpointHealth[]): string {
  const hosts = endpoints.map((endpoint) => hostOf(endpoint.url));
  const host = hostOf(url);
  if (hosts.filter((one) => one === host).length === 1) return host;
  return `${host} (${endpoints.findIndex((endpoint) => endpoint.url === url) + 1})`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an address that is none";
}
