// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IPausable } from "./IPausable.sol";

/// @title Epoch roots of a Parley network
/// @notice Accepts, from anyone with a bond, a root that validators with two thirds of the stake have signed. The
/// signatures are either checked at once (`anchor`), or only when somebody asks for them (`propose`), which costs the
/// same however many validators there are. A root is final when its challenge time has passed and no dispute about it,
/// or about a root that it builds on, is open. Final roots are never replaced. A pause stops anchoring, nothing else.
interface IEpochAnchor is IPausable {
    /// @notice What validators sign, as EIP-712 typed data in the domain {name "Parley", version "1", chain, this contract}.
    /// @param epoch the epoch that ended.
    /// @param previousRoot state root before the epoch.
    /// @param stateRoot state root after the epoch.
    /// @param claimsRoot root of the OpenZeppelin standard Merkle tree over (address account, uint256 cumulativeWei).
    /// @param manifestDigest sha2-256 digest inside the CID of the epoch's manifest.
    /// @param snapshotBlock block whose stakes weigh the signatures.
    struct EpochRoot {
        uint64 epoch;
        bytes32 previousRoot;
        bytes32 stateRoot;
        bytes32 claimsRoot;
        bytes32 manifestDigest;
        uint64 snapshotBlock;
    }

    /// @notice A signature in the 64 bytes of ERC-2098.
    /// @param vs s, with the parity of the curve point in its highest bit.
    struct CompactSignature {
        bytes32 r;
        bytes32 vs;
    }

    /// @notice All about an anchored root. The contract keeps a hash of it; whoever disputes the root brings it along,
    /// from the events `EpochAnchored` and `EpochBase` of its transaction.
    /// @param sender who anchored it, and whose bond stands for it.
    /// @param certificateDigest of a proposed root: keccak256 of the ABI encoding of its signatures; zero when they were
    /// checked at anchoring.
    /// @param parentEpoch epoch of the root that it builds on.
    /// @param parentSnapshotBlock snapshot block of that root; zero when this is the first.
    struct Anchored {
        EpochRoot root;
        address sender;
        bytes32 certificateDigest;
        uint64 parentEpoch;
        uint64 parentSnapshotBlock;
    }

    event EpochAnchored(
        uint64 indexed epoch,
        bytes32 stateRoot,
        bytes32 claimsRoot,
        bytes32 manifestDigest,
        address indexed sender
    );
    /// @notice Follows EpochAnchored: what `Anchored` has besides.
    event EpochBase(
        uint64 indexed epoch,
        bytes32 previousRoot,
        uint64 snapshotBlock,
        uint64 parentEpoch,
        uint64 parentSnapshotBlock,
        bytes32 certificateDigest
    );
    /// @notice The signatures of a proposed root were shown and suffice.
    event EpochProven(uint64 indexed epoch, address indexed prover);
    /// @notice A dispute about the epoch is open; it and all after it wait.
    event EpochFrozen(uint64 indexed epoch);
    /// @notice One dispute less about the epoch.
    event EpochThawed(uint64 indexed epoch);
    /// @notice The root, and all that build on it, are gone.
    /// @param refuted it was found wrong, and can never be anchored again.
    event EpochOverturned(uint64 indexed epoch, bytes32 stateRoot, bool refuted, uint256 takenWei);
    event BondDeposited(address indexed account, uint256 amount);
    event BondReleased(address indexed account, uint256 withdrawableAt);
    event BondWithdrawn(address indexed account, uint256 amount);

    /// @notice An epoch can be anchored once, and none before the last.
    error EpochNotAfterLast(uint64 lastEpoch, uint64 received);
    /// @notice The root does not build on the last anchored state.
    error PreviousRootMismatch(bytes32 expected, bytes32 received);
    /// @notice Stakes are read at a past block, never before the last anchored snapshot.
    error SnapshotBlockOutOfRange(uint64 earliest, uint256 latest, uint64 received);
    /// @notice The signature at `index` is malformed, or its signer does not come after the one before.
    error SignersNotAscending(uint256 index);
    /// @notice The signers have less than two thirds of the stake.
    error InsufficientStake(uint256 signedWei, uint256 totalWei);
    /// @notice Each root needs its signatures.
    error LengthMismatch(uint256 roots, uint256 certificates);
    /// @notice The sender's bond is smaller than a root needs, or is being released.
    error BondTooSmall(uint256 required, uint256 deposited);
    /// @notice Release the bond first, and wait; longer while an epoch before is disputed.
    error BondLocked(uint256 withdrawableAt);
    error InvalidAmount();
    /// @notice Without bond or challenge time, signatures are always checked at once.
    error ProposingDisabled();
    /// @notice The digest of the signatures must be given.
    error CertificateDigestMissing();
    /// @notice No such root is anchored, or it was overturned.
    error NotAnchored(uint64 epoch);
    /// @notice Its challenge time is over.
    error AlreadyFinal(uint64 epoch);
    /// @notice Its signatures have been checked.
    error AlreadyProven(uint64 epoch);
    /// @notice A jury found this root wrong.
    error RootRefuted(bytes32 digest);
    /// @notice A root cannot replace itself.
    error SameRoot(bytes32 digest);
    error NotDisputes(address received);

    /// @notice Anchors `root`. The first root of a network may carry any previous root, as the genesis state is not known
    /// to the contract; each later one must build on the one before.
    /// @param signatures ascending by the signers' addresses; no more are needed than make two thirds.
    function anchor(EpochRoot calldata root, CompactSignature[] calldata signatures) external;

    /// @notice Anchors several epochs, oldest first, all or none.
    function anchorMany(EpochRoot[] calldata roots, CompactSignature[][] calldata certificates) external;

    /// @notice Anchors `root` without its signatures. Anyone who doubts them can have them shown or the root overturned
    /// until it is final.
    /// @param certificateDigest keccak256(abi.encode(CompactSignature[])) of the signatures, which nodes keep.
    function propose(EpochRoot calldata root, bytes32 certificateDigest) external;

    /// @notice Shows the signatures of a proposed root: any that make two thirds, in ascending order.
    function prove(Anchored calldata anchored, CompactSignature[] calldata signatures) external;

    /// @notice Anchors a root with its signatures in the place of a proposed one whose own were never shown, and which
    /// falls with all that builds on it. The bond of its sender goes to the caller.
    function replace(
        Anchored calldata unproven,
        EpochRoot calldata root,
        CompactSignature[] calldata signatures
    ) external;

    /// @notice Adds `amount` wei (approved before) to the caller's bond, and ends its release. One bond stands for all
    /// roots of the caller.
    function depositBond(uint256 amount) external;

    /// @notice From now on the bond stands for no new root; it can be withdrawn when all are final.
    function releaseBond() external;

    /// @notice Returns a released bond.
    function withdrawBond() external;

    /// @notice Holds up an anchored root that is not final, and all after it. Only Disputes; each call needs its `thaw`.
    function freeze(Anchored calldata anchored) external;

    /// @notice Ends one `freeze` of the epoch. Only Disputes.
    function thaw(uint64 epoch) external;

    /// @notice Forgets up to `limit` epochs that were disputed and are not any more, the earliest first. Each `thaw` does it for
    /// a few; were there very many, all after them would wait until somebody does it for the rest.
    function sweep(uint256 limit) external;

    /// @notice Removes a root that is not final, and all after it. Only Disputes.
    /// @param refuted the root itself is wrong, and can never be anchored again.
    /// @return takenWei bond of its sender, sent to Disputes.
    function overturn(Anchored calldata anchored, bool refuted) external returns (uint256 takenWei);

    /// @notice Whether the epoch is anchored, its challenge time is over and nothing holds it up.
    function isFinal(uint64 epoch) external view returns (bool);

    /// @notice Whether `isFinal`, and `claimsRootOf`, in one call.
    function finalClaimsRoot(uint64 epoch) external view returns (bool isFinal_, bytes32 claimsRoot);

    /// @notice Claims root of an anchored epoch; zero when it is not anchored.
    function claimsRootOf(uint64 epoch) external view returns (bytes32);

    /// @notice When the epoch was anchored (Unix seconds); zero when it is not.
    function anchoredAt(uint64 epoch) external view returns (uint64);

    /// @notice Whether this is what is anchored for its epoch.
    function isAnchored(Anchored calldata anchored) external view returns (bool);

    /// @notice Whether the signatures under the epoch's root have been checked.
    function isProven(uint64 epoch) external view returns (bool);

    /// @notice Whether a dispute about the epoch, or one before it, holds it up.
    function isFrozen(uint64 epoch) external view returns (bool);

    /// @notice Whether a root with this digest was found wrong.
    function isRefuted(bytes32 digest) external view returns (bool);

    /// @notice Whether well-formed signatures of two thirds of the stake stand under the root.
    function certifies(
        EpochRoot calldata root,
        CompactSignature[] calldata signatures
    ) external view returns (bool);

    /// @notice Bond of an account, and when it can be withdrawn at the earliest (Unix seconds); zero unless released.
    function bondOf(address account) external view returns (uint256 amount, uint256 withdrawableAt);

    /// @notice Whether anything is anchored yet, and the newest epoch, state root and snapshot block.
    function last()
        external
        view
        returns (bool exists, uint64 epoch, bytes32 stateRoot, uint64 snapshotBlock);

    /// @notice EIP-712 digest that operators sign.
    function digestOf(EpochRoot calldata root) external view returns (bytes32);

    /// @notice Seconds between anchoring and finality.
    function challengeSeconds() external view returns (uint64);

    /// @notice Bond that must stand behind a root, in wei of the token; zero: none.
    function bondWei() external view returns (uint256);
}
