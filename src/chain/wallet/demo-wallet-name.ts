/** Reverse domain name by which the demo wallet of local networks announces itself (RFC 6761 reserves .invalid). */
export const DEMO_WALLET_RDNS = "invalid.parley.demo-wallet";
