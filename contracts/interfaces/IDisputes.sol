// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ICommitLog } from "./ICommitLog.sol";
import { IEpochAnchor } from "./IEpochAnchor.sol";

/// @title Disputes of a Parley network
/// @notice What a contract can judge is judged at once: evidence costs the guilty node stake, and whoever showed it gets a
/// part. Missing signatures are asked for, with a time-out. All else about an epoch's root is ruled by a jury of operators,
/// drawn from the stakes at a block before the dispute by the hash of a block after it. Every dispute ends, whoever stays
/// silent. Nothing here can be paused.
interface IDisputes {
    /// @param bondWei a disputer's bond.
    /// @param demandWei deposit of who asks for signatures; pays for showing them.
    /// @param proofSeconds time for showing them.
    /// @param drawSeconds time in which a jury must be drawn.
    /// @param rulingSeconds time of a jury, from its drawing.
    /// @param jurySeats seats of a jury, on average; a deeper audit has twice as many.
    /// @param bountyPpm of what the guilty lose: to who showed it.
    /// @param juryPpm of what a dispute's loser loses: to the jurors of the ruling, by their seats.
    /// @param expiryPpm of the bond: lost when no jury comes to a ruling.
    /// @param equivocationPpm of a node's stake: for two roots, or two batches, of one epoch.
    /// @param refutedPpm of a node's stake: for a signature under a root that a jury overturned.
    /// @param commitPpm of a node's stake: for a batch of commits against the rules.
    struct Terms {
        uint128 bondWei;
        uint128 demandWei;
        uint40 proofSeconds;
        uint40 drawSeconds;
        uint40 rulingSeconds;
        uint32 jurySeats;
        uint32 bountyPpm;
        uint32 juryPpm;
        uint32 expiryPpm;
        uint32 equivocationPpm;
        uint32 refutedPpm;
        uint32 commitPpm;
    }

    /// @notice A signature under an epoch's root.
    struct SignedRoot {
        IEpochAnchor.EpochRoot root;
        IEpochAnchor.CompactSignature signature;
    }

    /// @notice A signature under a batch of commits.
    struct SignedBatch {
        ICommitLog.Batch batch;
        IEpochAnchor.CompactSignature signature;
    }

    /// @notice A commit with its way to the batch's root.
    struct ProvenCommit {
        ICommitLog.Commit commit;
        bytes32[] proof;
    }

    enum Ruling {
        None,
        Uphold,
        Overturn,
        Deeper
    }

    enum Status {
        None,
        Drawing,
        Ruling,
        Upheld,
        Overturned,
        Expired,
        Moot
    }

    /// @param anchoredHash keccak256 of the ABI encoding of what is disputed (`IEpochAnchor.Anchored`).
    /// @param stage 1, or 2 for a deeper audit.
    /// @param snapshotBlock whose stakes make the jury.
    /// @param drawBlock whose hash draws it.
    /// @param deadline Unix seconds: of the drawing, then of the ruling.
    /// @param anchoredAt when the root was anchored: another time, and it is another root.
    /// @param potWei what the jurors of the ruling share.
    struct Dispute {
        bytes32 anchoredHash;
        bytes32 seed;
        address disputer;
        uint64 epoch;
        Status status;
        uint8 stage;
        uint48 snapshotBlock;
        uint48 drawBlock;
        uint40 deadline;
        uint40 anchoredAt;
        uint32 upholdSeats;
        uint32 overturnSeats;
        uint32 deeperSeats;
        uint128 potWei;
    }

    /// @param deadline Unix seconds.
    struct Demand {
        bytes32 anchoredHash;
        address asker;
        uint64 epoch;
        uint40 deadline;
        uint40 anchoredAt;
    }

    event Punished(
        bytes32 indexed nodeId,
        bytes32 indexed offence,
        address indexed reporter,
        uint256 slashedWei
    );
    event CertificateRefuted(uint64 indexed epoch, address indexed reporter, uint256 takenWei);
    event ProofDemanded(
        uint256 indexed demand,
        uint64 indexed epoch,
        address indexed asker,
        uint256 deadline
    );
    event DemandClosed(uint256 indexed demand, bool proven);
    /// @param reason digest of what the disputer found, for the jurors.
    event DisputeOpened(
        uint256 indexed dispute,
        uint64 indexed epoch,
        address indexed disputer,
        bytes32 reason
    );
    event JuryAwaited(uint256 indexed dispute, uint8 stage, uint256 drawBlock, uint256 deadline);
    event JuryDrawn(uint256 indexed dispute, uint8 stage, bytes32 seed, uint256 deadline);
    event Ruled(uint256 indexed dispute, uint8 stage, address indexed operator, Ruling ruling, uint256 seats);
    event DisputeClosed(uint256 indexed dispute, Status status);
    event JurorPaid(
        uint256 indexed dispute,
        address indexed operator,
        address indexed account,
        uint256 amount
    );

    /// @notice The two do not contradict each other.
    error NoContradiction();
    /// @notice One signer must have signed both.
    error SignersDiffer(address first, address second);
    error InvalidSignature();
    /// @notice The node had another operator at that block, or no stake.
    error NotTheOperator(address expected, address received);
    /// @notice The key no longer serves the node, and its time to answer for it is over.
    error KeyRetired(address signer, bytes32 nodeId);
    /// @notice Punished for this before.
    error AlreadyPunished(bytes32 offence);
    /// @notice No jury found this root wrong.
    error NotRefuted(bytes32 digest);
    /// @notice The proof does not lead to the batch's root.
    error NotInBatch();
    /// @notice These are not the signatures that the sender of the root stands for.
    error CertificateMismatch(bytes32 expected, bytes32 received);
    /// @notice They do certify the root.
    error CertificateSuffices();
    /// @notice Nothing is left that could be taken.
    error NothingToTake();
    /// @notice Somebody has asked already.
    error AlreadyDemanded(uint256 demand);
    error UnknownDemand();
    error UnknownDispute();
    /// @notice Not what this dispute or demand is about.
    error AnchoredMismatch();
    error AlreadyProven(uint64 epoch);
    error NotOver(uint256 deadline);
    error IsOver(uint256 deadline);
    /// @notice The dispute is not at this step.
    error WrongStatus(Status received);
    error NotDrawableYet(uint256 drawBlock);
    error InvalidRuling();
    /// @notice The signature at `index` is malformed, or its signer does not come after the one before.
    error SignersNotAscending(uint256 index);
    /// @notice This operator has no seat.
    error NotOnJury(address operator);
    error NothingToCollect();
    error InvalidTerms();

    // --- judged at once: while the key serves the node, and as long after as stake unbonds ---

    /// @notice Two different roots of one epoch, signed by one operator. A root that was overturned by a jury does not
    /// count: its epoch is signed again. `nodeId`: whose operator it was at the snapshot block of the first.
    function reportRoots(SignedRoot calldata first, SignedRoot calldata second, bytes32 nodeId) external;

    /// @notice A signature under a root that a jury overturned. `nodeId`: whose operator it was at its snapshot block.
    function reportRefuted(SignedRoot calldata signed, bytes32 nodeId) external;

    /// @notice Two different batches of commits for one epoch, signed by one operator: that of `nodeId` at a past block.
    function reportBatches(
        SignedBatch calldata first,
        SignedBatch calldata second,
        bytes32 nodeId,
        uint256 blockNumber
    ) external;

    /// @notice Two commits of a batch that are not in order, or one (given twice) beyond the batch's count.
    function reportCommits(
        SignedBatch calldata signed,
        ProvenCommit calldata first,
        ProvenCommit calldata second,
        bytes32 nodeId,
        uint256 blockNumber
    ) external;

    /// @notice The signatures that a proposed root was anchored with do not make two thirds: it falls.
    function reportCertificate(
        IEpochAnchor.Anchored calldata anchored,
        IEpochAnchor.CompactSignature[] calldata signatures
    ) external;

    // --- signatures on demand ---

    /// @notice Asks for the signatures of a proposed root, with a deposit (approved before).
    function demandProof(IEpochAnchor.Anchored calldata anchored) external returns (uint256 demand);

    /// @notice Shows them, and takes the deposit.
    function answer(
        uint256 demand,
        IEpochAnchor.Anchored calldata anchored,
        IEpochAnchor.CompactSignature[] calldata signatures
    ) external;

    /// @notice Ends a demand that was answered elsewhere (the deposit goes to the sender of the root), whose time is over
    /// (the root falls), or whose root is gone (the deposit goes back).
    function closeDemand(uint256 demand, IEpochAnchor.Anchored calldata anchored) external;

    // --- jury ---

    /// @notice Disputes a root that is not final, with a bond (approved before).
    /// @param reason digest of what the disputer found, kept where nodes keep content.
    function open(IEpochAnchor.Anchored calldata anchored, bytes32 reason) external returns (uint256 dispute);

    /// @notice Draws the jury, once the block is there that nobody knew. When that block's hash is out of reach
    /// (256 blocks), another one is awaited.
    function draw(uint256 dispute) external;

    /// @notice Delivers jurors' rulings: EIP-712 `JuryRuling(uint256 dispute,uint8 stage,uint8 ruling)` in the domain
    /// {name "Parley", version "1", chain, this contract}, signed by their operator keys.
    /// @param signatures ascending by the signers' addresses. Of a juror the first ruling of a stage counts.
    function rule(
        uint256 dispute,
        Ruling ruling,
        IEpochAnchor.CompactSignature[] calldata signatures
    ) external;

    /// @notice Ends a stage that is decided or whose time is over, or a dispute whose root is gone. Two thirds of the seats
    /// decide, absent jurors' included; else the audit goes deeper, once; then the dispute expires, as it does when nobody
    /// has the jury drawn. A root that is upheld or whose dispute expired stands as before.
    function close(uint256 dispute, IEpochAnchor.Anchored calldata anchored) external;

    /// @notice Pays a juror of the ruling, to the account that staked for its node.
    function collect(uint256 dispute, address operator, bytes32 nodeId) external;

    // --- reads ---

    function disputeOf(uint256 dispute) external view returns (Dispute memory);

    function demandOf(uint256 demand) external view returns (Demand memory);

    /// @notice Seats of an operator on the jury as it is drawn; zero when it has none.
    function seatsOf(uint256 dispute, address operator) external view returns (uint256);

    /// @notice EIP-712 digest that jurors sign.
    function rulingDigest(uint256 dispute, uint8 stage, Ruling ruling) external view returns (bytes32);

    function terms() external view returns (Terms memory);
}
