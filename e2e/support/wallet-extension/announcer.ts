/** In the page's own world: announces the wallet by EIP-6963 and hands calls to the bridge. */
import { answer, pageAnswer, pageCall } from "./protocol.ts";

const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let last = 0;

const provider = {
  request({ method, params = [] }: { method: string; params?: unknown[] }): Promise<unknown> {
    const id = ++last;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      const call: unknown = pageCall.parse({ type: "parley-test-extension/call", id, method, params });
      window.postMessage(call, location.origin);
    });
  },
  on() {},
  removeListener() {},
};

window.addEventListener("message", ({ source, data }) => {
  const parsed = source === window ? pageAnswer.safeParse(data) : undefined;
  if (!parsed?.success) return;
  const call = waiting.get(parsed.data.id);
  waiting.delete(parsed.data.id);
  const given = answer.parse(parsed.data.answer);
  if ("error" in given) call?.reject(Object.assign(new Error(given.error.message), given.error));
  else call?.resolve(given.result);
});

const info = {
  uuid: crypto.randomUUID(),
  name: "Extension wallet",
  icon: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E",
  rdns: "invalid.parley.test-extension",
};

function announce(): void {
  const detail = Object.freeze({ info, provider });
  window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
}

window.addEventListener("eip6963:requestProvider", announce);
announce();
