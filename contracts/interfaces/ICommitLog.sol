// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "./IEpochAnchor.sol";

/// @title Commits of a Parley network, on record before anything is revealed
/// @notice An operator puts the commits that it holds for an epoch on record by one Merkle root, so that it can be proved
/// later which promises were there, and when. One batch an operator and epoch. A batch that breaks the rules below, or two
/// batches for one epoch, cost the operator stake (see IDisputes).
interface ICommitLog {
    /// @notice What the operator signs, as EIP-712 typed data in the domain {name "Parley", version "1", chain, this contract}.
    /// @param root of the OpenZeppelin standard Merkle tree over (uint32 index, bytes32 nodeId, bytes32 commitment): the
    /// commits ascending by node, one a node, counted from zero.
    /// @param count number of commits.
    struct Batch {
        uint64 epoch;
        bytes32 root;
        uint32 count;
    }

    /// @notice A leaf of a batch.
    struct Commit {
        uint32 index;
        bytes32 nodeId;
        bytes32 commitment;
    }

    event CommitsRecorded(uint64 indexed epoch, address indexed operator, bytes32 root, uint32 count);

    error InvalidSignature();
    error EmptyBatch();
    /// @notice One batch an operator and epoch.
    error AlreadyRecorded(uint64 epoch, address operator);

    /// @notice Records a batch; anyone may send it.
    function record(Batch calldata batch, IEpochAnchor.CompactSignature calldata signature) external;

    /// @notice When this batch of the operator was recorded (Unix seconds); zero when it was not.
    function recordedAt(address operator, Batch calldata batch) external view returns (uint64);

    /// @notice Whether the commit is in the batch.
    function contains(
        Batch calldata batch,
        Commit calldata commit,
        bytes32[] calldata proof
    ) external pure returns (bool);

    /// @notice EIP-712 digest that the operator signs.
    function digestOf(Batch calldata batch) external view returns (bytes32);
}
