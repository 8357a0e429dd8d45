export const PAGE_PORT = 8080;
export const RELAY_PORT = 9090;
/** Of coturn: where it is asked, where it is asked too when one wants to know what a router does, and what it relays from. */
export const TURN = { port: 3478, alternative: 3479, first: 49_160, last: 49_200 } as const;
