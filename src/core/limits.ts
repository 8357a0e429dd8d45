/** Every limit on what comes from outside, in one place. Units stand in the names. */
export const LIMITS = {
  /** One signed message on the wire. Message sets are the largest; gossip carries no more than about 4 MB. */
  messageBytes: 3_584 * 1024,
  /** One signed message of most other kinds; the largest possible ones are about 750 bytes. */
  shortMessageBytes: 1024,
  /** With the checks of two whole committees. */
  attestationBytes: 8 * 1024,
  /** With the longest text in the widest characters, and a change of every parameter. */
  proposalBytes: 24 * 1024,
  /** One content-addressed block: bundles, adapters, manifests. */
  artifactBytes: 8 * 1024 * 1024,
  /** One of the two messages of an equivocation proof. */
  evidenceBytes: 256 * 1024,
  proposalTitleCharacters: 120,
  proposalTextCharacters: 4_000,
  messagesPerSet: 100_000,
  registryEntries: 2_048,
  /** Of a node ID as a person pastes it: 64 digits, 0x, and what is around it. */
  typedNodeIdCharacters: 128,
  /** Of a committee, its reserves, a jury. */
  committeeMembers: 128,
  /** Values of a cluster's direction. */
  sketchValues: 1_024,
  saltBytes: 32,
  /** Held-out tasks that a keeper shows at once, and their block. Every committee evaluates them twice. */
  heldOutPairs: 64,
  heldOutBytes: 1024 * 1024,
  adapterTensors: 512,
  adapterParameters: 4_000_000,
  adapterRank: 64,
  /** Values of a model that is small enough for deltas of type "full". */
  fullDeltaParameters: 65_536,
  /** Clock difference tolerated between peers. */
  clockSkewMs: 2_000,
  /** Relays, and RPC URLs, in network.json. */
  networkAddresses: 32,
  logSyncBatchMessages: 1_024,
  /** Messages whose signatures are checked in one call of the validation worker. */
  validationBatchMessages: 256,
  logSyncBatchBytes: 1024 * 1024,
  promptCharacters: 4_000,
  correctionCharacters: 2_000,
  threadTitleCharacters: 80,
  nodeEventsKept: 400,
  /** Messages waiting in memory for their predecessors: the author with the most of them loses first. */
  earlyMessages: 1_024,
  earlyMessagesPerAuthor: 256,
  earlyBytes: 8 * 1024 * 1024,
  /** Checked messages at hand, by number and by encoded size. */
  decodedMessagesCached: 20_000,
  decodedBytesCached: 32 * 1024 * 1024,
  /** Work digests of other validators that a node remembers, to tell whose attestations are copied. */
  expectedDigests: 10_000,
  artifactFetchMs: 20_000,
  /** Leaders that may propose one epoch's message set, one after another. */
  roundsPerEpoch: 1_000,
  openProposals: 64,
  /** Open at once, besides those of drawn auditors; and of one disputer. */
  openDisputes: 256,
  openDisputesPerNode: 8,
  /** Deltas measured again whose figures a node keeps at hand. */
  measuredAgainKept: 1_024,
  /** Of one kind, in training data that an author makes public. */
  publicPairs: 4_096,
  /** Nodes of which a node keeps a proof of equivocation that it has yet to show. */
  evidenceKept: 64,
  /** Verdicts that can still be disputed: more than that, and the oldest become final early. */
  verdictRecords: 16_384,
  /** Kept in the state when their vote is over: those that closed last. */
  closedProposals: 64,
  /** Of one parameter: a billion tokens. */
  parameterWei: 10n ** 27n,
  /** Requests whose first answer was paid; above it the oldest are forgotten. */
  rememberedRequests: 65_536,
  stateBytes: 32 * 1024 * 1024,
  /** Of a model as its config.json describes it; more than a tab can hold in any form. */
  modelParameters: 8_000_000_000,
  safetensorsHeaderBytes: 16 * 1024 * 1024,
  /** One file of a model, and all but its weights. */
  modelFileBytes: 4 * 1024 * 1024 * 1024,
  modelConfigBytes: 1024 * 1024,
  modelTokenizerBytes: 64 * 1024 * 1024,
  modelShards: 64,
  /** Payload of one block of a model that comes from peers; the last of a file may be shorter. */
  modelChunkBytes: 4 * 1024 * 1024,
  safetensorsTensors: 16_384,
  /** Checkpoints named in a training record, and points of its loss curve. */
  trainingCheckpoints: 256,
  trainingCurvePoints: 64,
  trainingSteps: 10_000,
  /** Dialogues of the user's own that training rehearses. */
  rehearsedDialogues: 64,
  /** What a training run may need: WebAssembly has 4 GiB for everything, and a tab has other work. */
  trainingMemoryBytes: 1024 * 1024 * 1024,
  /** A chat template; what it may write around the messages; one value while it runs; the steps it may take. */
  chatTemplateCharacters: 64 * 1024,
  chatTemplateOutputCharacters: 32 * 1024,
  chatTemplateValueCharacters: 8 * 1024,
  chatTemplateSteps: 200_000,
  /** Wallets that announce themselves on a page (EIP-6963), and the size of each one's icon. */
  announcedWallets: 32,
  walletIconCharacters: 200_000,
  /** Of the chain, remembered so that a reorganisation can be dated; deeper ones make the index begin anew. */
  keptBlocks: 256,
  /** The user's own, shown and kept; those that have ended go first. */
  keptTransactions: 200,
  /** Of the chain, the newest; and of what a disputer writes. */
  listedDisputes: 20,
  disputeReasonCharacters: 2_000,
  /** A node's announcement of itself to the peers of a relay. */
  announcementBytes: 2 * 1024,
  announcedAddresses: 16,
  addressCharacters: 400,
  /** Announcements that a node remembers for those who ask, that a relay does for all networks, and that one answer holds. */
  knownPeers: 256,
  peersKnownToRelay: 4_096,
  exchangedAnnouncements: 64,
  /** /parley/peers/1: an answer full of the largest announcements. */
  exchangeFrameBytes: 64 * (2 * 1024 + 32) + 64,
  /** Peers that this tab dials by itself. */
  dialledPeers: 128,
  /** Messages of a peer judged REJECT before the peer is dropped, and for how long. */
  rejectedMessagesPerPeer: 32,
  droppedPeerMs: 10 * 60_000,
  /** Distinct gossip messages remembered, and for how long, so that each is judged once. */
  gossipSeenMessages: 16_384,
  gossipSeenMs: 5 * 60_000,
  logSyncAuthors: 16_384,
  logSyncRanges: 1_024,
  /** Ranges of heads in one request; items of one answer; ranges and splits one inside another of one sync. */
  logSyncComparedRanges: 256,
  logSyncAnsweredItems: 8_192,
  logSyncTotalRanges: 65_536,
  logSyncDepth: 16,
  /** Of one sync; what remains is for the next one. */
  logSyncRequests: 4_096,
  logSyncReceivedMessages: 1_000_000,
  /** Pushed in one sync: a peer that lacks more comes and gets it. */
  logSyncGivenMessages: 4_096,
  /** Messages asked for by CID in one request. */
  logSyncFoundMessages: 256,
  /** Of one set, that a node asks for by CID because log sync did not bring them. */
  fetchedMessages: 1_024,
  /** Certified epochs, from the last one back, whose votes a node tells to those who ask. */
  servedEpochs: 256,
  /** Epochs that one transaction puts on the chain. */
  anchoredAtOnce: 32,
  /** A node that lacks more epochs than this asks for archives of them before it asks for logs. */
  catchUpEpochs: 3,
  /** Archives that one answer names. */
  archivesNamed: 256,
  /** How long a node that got on by archives no more leaves its peers alone about them. */
  catchUpPauseMs: 60_000,
  /** One archive, of at most artifactBytes. */
  archiveFetchMs: 180_000,
  logSyncFrameBytes: 5 * 1024 * 1024,
  /** Differentially private training: at most so many steps a run, pairs, and noise as a multiple of the clip norm. */
  privacySteps: 1_000_000,
  privacyPairs: 1_000_000,
  privacyNoiseMultiplierMilli: 1_000_000,
  /** The Simulator page: nodes and epochs that may be asked for there, and messages drawn at once. */
  simulatedNodes: 200,
  simulatedEpochs: 500,
  simulatedFlights: 400,
  /** Nodes remembered as holding one of this node's own messages. */
  outboxConfirmations: 8,
  /** Own messages whose fate is known that the outbox still lists. */
  outboxSettledEntries: 200,
  /** Shared documents: one author's part, a frame around it, parts of one scope (a discussion, a draft, a person's devices). */
  documentPartBytes: 128 * 1024,
  documentFrameBytes: 160 * 1024,
  documentParts: 1_024,
  documentScopeBytes: 8 * 1024 * 1024,
  documentNameCharacters: 200,
  /** Parts sent for one question of a peer, and answers to one peer in a while. */
  documentAnswerBytes: 1024 * 1024,
  commentCharacters: 2_000,
  commentsPerAuthor: 200,
  draftEditors: 16,
  draftsPerAuthor: 16,
  draftTextCharacters: 8_000,
  deviceRecords: 512,
  deviceRecordCharacters: 64 * 1024,
  /** Of one collection that one device keeps for the others; the newest records come first. */
  deviceCollectionCharacters: 90_000,
  addressBookEntries: 200,
  addressNameCharacters: 80,
  /** A mailbox's answer. */
  mailboxAnswerBytes: 16 * 1024,
  identityLinkBytes: 1024,
  /** Peers that an imported identity compares its log with before it writes again, and how long nothing of its own has come then. */
  recoveryPeers: 3,
  recoveryQuietMs: 10_000,
  /** A profile as a file, and what may lie in it. */
  profileFileBytes: 64 * 1024 * 1024,
  profilePairs: 100_000,
  profileThreads: 20_000,
  profileTurns: 200_000,
  profileAdapters: 64,
  profileSettings: 64,
  profileSettingBytes: 64 * 1024,
  profileNetworks: 256,
  profileTextCharacters: 200_000,
  /** What opening such a file may cost: 2^18 · 8 · 128 bytes are 256 MiB. */
  profileScryptLogN: 18,
  /** Devices of one person, their names, one frame of pairing them, how long an invitation and a pairing under way live. */
  pairedDevices: 16,
  deviceNameCharacters: 40,
  pairingFrameBytes: 32 * 1024,
  pairingCodeCharacters: 2_048,
  pairingAddresses: 3,
  pairingInvitationMs: 3 * 60_000,
  pairingStepMs: 90_000,
  /** What the devices of one person tell each other at once. */
  householdBytes: 64 * 1024,
  /** Wrong answers to one invitation before it is worth nothing any more. */
  pairingWrongAnswers: 5,
  /** The longest silence inside one log sync. */
  logSyncSilenceMs: 15_000,
  /** /parley/content/1: bytes of one piece, bytes asked of one peer and not yet there, requests that wait at a giver. */
  contentPieceBytes: 256 * 1024,
  contentWindowBytes: 4 * 1024 * 1024,
  contentRequestsQueued: 64,
  /** CIDs in one question who holds them. */
  contentCidsAsked: 256,
  /** A giver that was asked and sends nothing for so long is left for good, and for so long while there is another. */
  contentSilenceMs: 15_000,
  contentStallMs: 2_000,
  /** Blocks kept in memory for those that read them piece by piece. */
  contentCacheBytes: 24 * 1024 * 1024,
  /** Messages between the tabs of one profile: names, arguments of a call, words of an error. */
  tabNameCharacters: 64,
  tabCallArguments: 8,
  tabErrorCharacters: 4_000,
  /** Messages and bytes whose validation is under way or waits for it; above it gossip says "busy". */
  gossipPendingMessages: 512,
  gossipPendingBytes: 32 * 1024 * 1024,
  /**
   * Per peer and topic class: distinct messages and bytes that it may hand over. A burst holds what a full registry says
   * in one phase, since one peer may be the first to bring all of it.
   */
  gossipPeerQuota: {
    commit: { messages: { burst: 4_096, perMinute: 3_840 }, bytes: { burst: 4 << 20, perMinute: 4 << 20 } },
    reveal: { messages: { burst: 4_096, perMinute: 3_840 }, bytes: { burst: 4 << 20, perMinute: 4 << 20 } },
    verify: {
      messages: { burst: 16_384, perMinute: 15_360 },
      bytes: { burst: 32 << 20, perMinute: 32 << 20 },
    },
    set: { messages: { burst: 16, perMinute: 16 }, bytes: { burst: 32 << 20, perMinute: 32 << 20 } },
    vote: { messages: { burst: 4_096, perMinute: 3_840 }, bytes: { burst: 4 << 20, perMinute: 4 << 20 } },
    use: { messages: { burst: 4_096, perMinute: 3_840 }, bytes: { burst: 4 << 20, perMinute: 4 << 20 } },
    govern: { messages: { burst: 4_096, perMinute: 3_840 }, bytes: { burst: 8 << 20, perMinute: 4 << 20 } },
    judge: { messages: { burst: 512, perMinute: 480 }, bytes: { burst: 16 << 20, perMinute: 16 << 20 } },
    /** Topics that carry no messages of a network. */
    other: { messages: { burst: 1_024, perMinute: 3_840 }, bytes: { burst: 8 << 20, perMinute: 8 << 20 } },
  },
  /** Refused messages of a peer, in quotas: so much above its own is overload, more is an attack. */
  gossipPatienceQuotas: 4,
  /** Messages far above the quota that weigh as much as one judged REJECT. */
  gossipExcessPerReject: 32,
  /** A peer is forgiven one REJECT in this time. */
  rejectForgivenMs: 60_000,
  /** Per author and topic class: what an honest node says at most. One attestation a submission, one commit an epoch. */
  gossipAuthorQuota: {
    commit: { burst: 8, perMinute: 12 },
    reveal: { burst: 8, perMinute: 12 },
    verify: { burst: 4_096, perMinute: 3_600 },
    set: { burst: 4, perMinute: 12 },
    vote: { burst: 64, perMinute: 60 },
    use: { burst: 256, perMinute: 240 },
    govern: { burst: 64, perMinute: 60 },
    judge: { burst: 64, perMinute: 60 },
  },
  /** All authors without a stake together, per topic class: identities cost nothing. */
  gossipStrangerQuota: { burst: 64, perMinute: 60 },
  /** Authors whose quotas are remembered. */
  gossipAuthors: 4_096,
  /** The shortest time between two log syncs that make up for gossip that was not taken in. */
  gossipCatchUpMs: 3_000,
  /** Relays that a person added; reservations held at relays at once; at peers, while fewer than two relays hold one. */
  ownRelays: 8,
  heldReservations: 4,
  peerReservations: 3,
  /** Relays that one DNS name leads to, and answers read of one query. */
  relaysPerName: 16,
  /** Peers that worked, dialled again at the next start, with so many addresses each; and relays learnt from them. */
  rememberedPeers: 32,
  rememberedAddresses: 4,
  learntRelays: 8,
  /** RTCPeerConnections that Chrome allows a page in its life, and how many may be open at once. */
  rtcConnectionsPerPage: 500,
  openRtcConnections: 48,
  /** WebRTC connections that one peer may begin with us in this time. */
  rtcConnectionsPerPeer: 6,
  rtcConnectionsPerPeerMs: 5 * 60_000,
  /** Blocks that a pinner goes on asking for. */
  pinnerMissing: 4_096,
  /** Signed messages that one address may leave in a mailbox, and how fast it gets new room. */
  mailboxQuota: { burst: 64, perMinute: 60 },
  /** Addresses that a mailbox keeps count of. */
  mailboxAddresses: 4_096,
  /** A file with corrections for a node peer to train on. */
  pairsFileBytes: 16 * 1024 * 1024,
  /** A keeper's file with lists of held-out tasks, its lists, and how many lists a node peer remembers to have taken. */
  heldOutFileBytes: 4 * 1024 * 1024,
  heldOutLists: 256,
  heldOutTaken: 16_384,
  /** Things that wait for their turn or have it: whoever orders more has gone wrong. */
  scheduledWork: 256,
  /** Nodes that hold each block of the network, counting those that this node is connected with and itself. */
  contentHolders: 4,
  /** A block that nobody needs is forgotten when it was not used for so long. */
  contentUnusedMs: 30 * 24 * 60 * 60_000,
  /** Fetches for repair wait up to so long, so that not all who see a holder leave fetch at once. */
  contentRepairJitterMs: 5_000,
  /** What the user may allow for blocks. */
  contentLeastQuotaBytes: 64 * 1024 * 1024,
} as const;
