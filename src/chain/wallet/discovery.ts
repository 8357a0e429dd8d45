import { z } from "../../core/codec/zod.ts";
import { LIMITS } from "../../core/limits.ts";
import type { WalletInfo } from "../../ports/chain.ts";
import { DEMO_WALLET_RDNS } from "./demo-wallet-name.ts";
import type { Eip1193Provider } from "./provider.ts";

export interface DiscoveredWallet {
  readonly info: WalletInfo;
  readonly provider: Eip1193Provider;
}

/** EIP-6963 `eip6963:announceProvider` detail. Anything on the page may send one. */
const announcement = z.object({
  info: z.object({
    uuid: z.string().min(1).max(100),
    name: z.string().min(1).max(100),
    icon: z.string().max(LIMITS.walletIconCharacters),
    rdns: z.string().max(200),
  }),
  provider: z.custom<Eip1193Provider>(
    (value) => typeof value === "object" && value !== null && "request" in value,
  ),
});

/**
 * Collects wallets announced by EIP-6963 on `target` and asks those already there to announce themselves.
 * A uuid announced twice keeps its first provider. Returns the collection and how to stop listening.
 */
export function discoverWallets(
  target: EventTarget,
  onChange: (wallets: readonly DiscoveredWallet[]) => void,
) {
  const found = new Map<string, DiscoveredWallet>();
  const onAnnounce = (event: Event) => {
    const parsed = announcement.safeParse("detail" in event ? event.detail : undefined);
    if (!parsed.success || found.has(parsed.data.info.uuid) || found.size >= LIMITS.announcedWallets) return;
    const { info, provider } = parsed.data;
    found.set(info.uuid, {
      info: {
        id: info.uuid,
        name: info.name,
        // Only images inside the announcement: a URL would tell a third party who visits.
        icon: info.icon.startsWith("data:image/") ? info.icon : "",
        rdns: info.rdns,
        demo: info.rdns === DEMO_WALLET_RDNS,
      },
      provider,
    });
    onChange([...found.values()]);
  };
  target.addEventListener("eip6963:announceProvider", onAnnounce);
  target.dispatchEvent(new Event("eip6963:requestProvider"));
  return {
    get: (id: string): DiscoveredWallet | undefined => found.get(id),
    all: (): readonly DiscoveredWallet[] => [...found.values()],
    stop: () => target.removeEventListener("eip6963:announceProvider", onAnnounce),
  };
}
