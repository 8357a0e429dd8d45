import type { CircuitRelayServerInit } from "@libp2p/circuit-relay-v2";

const MAXIMUM_STREAMS = 1_024;

/**
 * What a relay for everybody allows. Limits on one relayed connection must exist: libp2p takes a relayed connection
 * without limits for a direct one. They are wide enough for a peer that can only be reached this way to fetch bundles.
 */
export const OPEN_RELAY: CircuitRelayServerInit = {
  reservations: {
    maxReservations: 1_024,
    defaultDurationLimit: 60 * 60_000,
    defaultDataLimit: 1n << 30n,
  },
  maxInboundHopStreams: MAXIMUM_STREAMS,
  maxOutboundHopStreams: MAXIMUM_STREAMS,
  maxOutboundStopStreams: MAXIMUM_STREAMS,
};

/** A tab, or a Node peer at home, relays introductions for its peers when the relays are gone: few bytes, briefly. */
export const PEER_RELAY: CircuitRelayServerInit = {
  reservations: { maxReservations: 32, defaultDurationLimit: 60_000, defaultDataLimit: 1n << 20n },
};
