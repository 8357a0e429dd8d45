// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Epoch roots of a Parley network
/// @notice Accepts, from anyone, a root that validators with two thirds of the stake have signed.
interface IEpochAnchor {
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

    event EpochAnchored(
        uint64 indexed epoch,
        bytes32 stateRoot,
        bytes32 claimsRoot,
        bytes32 manifestDigest,
        address indexed sender
    );

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

    /// @notice Anchors `root`. The first root of a network may carry any previous root, as the genesis state is not known
    /// to the contract; each later one must build on the one before.
    /// @param signatures ascending by the signers' addresses.
    function anchor(EpochRoot calldata root, CompactSignature[] calldata signatures) external;

    /// @notice Whether the epoch is anchored and its challenge window is over.
    function isFinal(uint64 epoch) external view returns (bool);

    /// @notice Claims root of an anchored epoch; zero when it is not anchored.
    function claimsRootOf(uint64 epoch) external view returns (bytes32);

    /// @notice When the epoch was anchored (Unix seconds); zero when it is not.
    function anchoredAt(uint64 epoch) external view returns (uint64);

    /// @notice Whether anything is anchored yet, and the newest epoch, state root and snapshot block.
    function last()
        external
        view
        returns (bool exists, uint64 epoch, bytes32 stateRoot, uint64 snapshotBlock);

    /// @notice EIP-712 digest that operators sign.
    function digestOf(EpochRoot calldata root) external view returns (bytes32);

    /// @notice Seconds between anchoring and finality.
    function challengeSeconds() external view returns (uint64);
}
