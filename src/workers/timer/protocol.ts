/** Calls of the timer worker: a hidden page's own timers are held back to one a minute, a worker's are not. */
export interface TimerProtocol {
  /** Answers at or after `atMs` (Unix milliseconds), or at once when aborted. */
  wait: { request: { readonly atMs: number }; response: undefined; event: never };
}
