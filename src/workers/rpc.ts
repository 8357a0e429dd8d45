import { type ErrorData, failure, ParleyError, toErrorData } from "../core/errors.ts";
import type { Pace } from "../ports/pace.ts";

/**
 * Typed calls between a page and its workers over postMessage. One procedure, one answer; events in between
 * (progress, streamed text); abort and hold by the caller; errors cross as ErrorData.
 *
 *   caller → worker   {type: "call", id, method, request} · {type: "abort", id} · {type: "hold", id, held}
 *   worker → caller   {type: "event", id, event} · {type: "result", id, response} · {type: "error", id, error}
 *
 * A protocol is an interface of procedures, written in each worker's protocol.ts:
 *
 *   export interface AdderProtocol { add: { request: readonly number[]; response: number; event: Progress } }
 */
export interface Procedure {
  readonly request: unknown;
  readonly response: unknown;
  /** What the worker may send before the answer; `never` when nothing. */
  readonly event: unknown;
}

export type Protocol<P> = { readonly [K in keyof P]: Procedure };

/** A Worker, a MessagePort, or the global scope of a dedicated worker. */
export interface RpcEndpoint {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** MessagePorts deliver only after this. */
  start?(): void;
}

type ToWorker =
  | { readonly type: "call"; readonly id: number; readonly method: string; readonly request: unknown }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "hold"; readonly id: number; readonly held: boolean };

type ToCaller =
  | { readonly type: "event"; readonly id: number; readonly event: unknown }
  | { readonly type: "result"; readonly id: number; readonly response: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: ErrorData };

export interface CallOptions<Event> {
  /** Asks the worker to stop. The procedure decides whether that is an error or an early result. */
  readonly signal?: AbortSignal | undefined;
  /** Holds the procedure between its steps, where it has some. */
  readonly pace?: Pace | undefined;
  readonly onEvent?: ((event: Event) => void) | undefined;
  /** Objects in the request that move instead of being copied. */
  readonly transfer?: Transferable[] | undefined;
}

export interface RpcClient<P extends Protocol<P>> {
  /** Errors: the procedure's own, worker-failed (the worker died), worker-closed. */
  call<K extends keyof P & string>(
    method: K,
    request: P[K]["request"],
    options?: CallOptions<P[K]["event"]>,
  ): Promise<P[K]["response"]>;
  /** Fails every open call with `reason` and stops listening; the endpoint itself is left to its owner. */
  close(reason?: ErrorData): void;
}

interface OpenCall {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: ParleyError) => void;
  readonly onEvent: ((event: unknown) => void) | undefined;
  readonly release: () => void;
}

const CLOSED: ErrorData = { code: "worker-closed", message: "The worker was closed before it answered" };

export function connectRpc<P extends Protocol<P>>(endpoint: RpcEndpoint): RpcClient<P> {
  const open = new Map<number, OpenCall>();
  let nextId = 1;
  let closedBy: ErrorData | undefined;

  const settle = (id: number): OpenCall | undefined => {
    const call = open.get(id);
    open.delete(id);
    call?.release();
    return call;
  };
  const receive = (message: MessageEvent): void => {
    const data = message.data as ToCaller;
    if (data.type === "event") open.get(data.id)?.onEvent?.(data.event);
    else if (data.type === "result") settle(data.id)?.resolve(data.response);
    else if (data.type === "error") settle(data.id)?.reject(new ParleyError(data.error));
  };
  endpoint.addEventListener("message", receive);
  endpoint.start?.();

  return {
    call(method, request, options = {}) {
      const { signal, pace, onEvent, transfer = [] } = options;
      return new Promise((resolve, reject) => {
        if (closedBy !== undefined) {
          reject(new ParleyError(closedBy));
          return;
        }
        const id = nextId++;
        const abort = (): void => endpoint.postMessage({ type: "abort", id } satisfies ToWorker, []);
        const hold = (): void =>
          endpoint.postMessage({ type: "hold", id, held: pace?.isHeld === true } satisfies ToWorker, []);
        const stopHolding = pace?.onChange(hold);
        open.set(id, {
          resolve,
          reject,
          onEvent,
          release: () => {
            signal?.removeEventListener("abort", abort);
            stopHolding?.();
          },
        });
        try {
          endpoint.postMessage({ type: "call", id, method, request } satisfies ToWorker, transfer);
        } catch (thrown) {
          settle(id)?.reject(new ParleyError(toErrorData(thrown)));
          return;
        }
        if (pace?.isHeld) hold();
        if (signal?.aborted) abort();
        else signal?.addEventListener("abort", abort, { once: true });
      });
    },
    close(reason = CLOSED) {
      closedBy = reason;
      endpoint.removeEventListener("message", receive);
      for (const id of [...open.keys()]) settle(id)?.reject(new ParleyError(reason));
    },
  };
}

/** A client of a dedicated worker that fails open calls when the worker's script does, and ends it on close. */
export function connectWorker<P extends Protocol<P>>(worker: Worker): RpcClient<P> {
  const client = connectRpc<P>(worker);
  const fail = (event: Event): void => {
    const detail = event instanceof ErrorEvent && event.message !== "" ? event.message : event.type;
    client.close({ code: "worker-failed", message: "A background worker stopped", received: detail });
  };
  worker.addEventListener("error", fail);
  worker.addEventListener("messageerror", fail);
  return {
    call: client.call,
    close(reason) {
      client.close(reason);
      worker.terminate();
    },
  };
}

export interface CallContext<Event> {
  /** Aborts when the caller does. */
  readonly signal: AbortSignal;
  /** Held when the caller says so. */
  readonly pace: Pace;
  emit(event: Event): void;
  /** Marks an object in the response that moves instead of being copied. */
  transfer(object: Transferable): void;
}

export type Handlers<P extends Protocol<P>> = {
  readonly [K in keyof P]: (
    request: P[K]["request"],
    context: CallContext<P[K]["event"]>,
  ) => P[K]["response"] | Promise<P[K]["response"]>;
};

/** Whether the caller holds a call, on the worker's side. */
class CallersPace implements Pace {
  #isHeld = false;
  readonly #listeners = new Set<() => void>();

  get isHeld(): boolean {
    return this.#isHeld;
  }

  hold(held: boolean): void {
    if (held === this.#isHeld) return;
    this.#isHeld = held;
    for (const listener of [...this.#listeners]) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Answers calls with `handlers`; returns stop. */
export function serveRpc<P extends Protocol<P>>(endpoint: RpcEndpoint, handlers: Handlers<P>): () => void {
  const running = new Map<number, { readonly controller: AbortController; readonly pace: CallersPace }>();
  const send = (message: ToCaller, transfer: Transferable[] = []): void =>
    endpoint.postMessage(message, transfer);

  const answer = async (id: number, method: string, request: unknown): Promise<void> => {
    const controller = new AbortController();
    const moved: Transferable[] = [];
    const pace = new CallersPace();
    running.set(id, { controller, pace });
    try {
      if (!Object.hasOwn(handlers, method)) {
        throw failure("unknown-procedure", "The worker has no such procedure", undefined, method);
      }
      const handle = handlers[method as keyof P];
      const response = await handle(request, {
        signal: controller.signal,
        pace,
        emit: (event) => send({ type: "event", id, event }),
        transfer: (object) => moved.push(object),
      });
      send({ type: "result", id, response }, moved);
    } catch (thrown) {
      send({ type: "error", id, error: toErrorData(thrown) });
    } finally {
      running.delete(id);
    }
  };
  const receive = (message: MessageEvent): void => {
    const data = message.data as ToWorker;
    if (data.type === "call") void answer(data.id, data.method, data.request);
    else if (data.type === "abort") running.get(data.id)?.controller.abort();
    else if (data.type === "hold") running.get(data.id)?.pace.hold(data.held);
  };
  endpoint.addEventListener("message", receive);
  endpoint.start?.();
  return () => {
    endpoint.removeEventListener("message", receive);
    for (const { controller } of running.values()) controller.abort();
  };
}
