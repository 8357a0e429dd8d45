export const PAGE_PORT = 8080;
export const RELAY_PORT = 9090;
