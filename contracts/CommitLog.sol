// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { ICommitLog } from "./interfaces/ICommitLog.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";

/// @title CommitLog
/// @notice See the interface.
contract CommitLog is EIP712, ICommitLog {
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "CommitBatch(uint64 epoch,bytes32 root,uint32 count)"
    );

    /// One slot a batch. `id` starts the hash of root and count.
    struct Record {
        uint40 recordedAt;
        bytes27 id;
    }

    mapping(address operator => mapping(uint64 epoch => Record)) private _records;

    constructor() EIP712("Parley", "1") {}

    /// @inheritdoc ICommitLog
    function record(Batch calldata batch, IEpochAnchor.CompactSignature calldata signature) external {
        if (batch.count == 0) revert EmptyBatch();
        (address operator, , ) = ECDSA.tryRecover(digestOf(batch), signature.r, signature.vs);
        if (operator == address(0)) revert InvalidSignature();
        Record storage slot = _records[operator][batch.epoch];
        if (slot.recordedAt != 0) revert AlreadyRecorded(batch.epoch, operator);
        _records[operator][batch.epoch] = Record(uint40(block.timestamp), _idOf(batch));
        emit CommitsRecorded(batch.epoch, operator, batch.root, batch.count);
    }

    /// @inheritdoc ICommitLog
    function recordedAt(address operator, Batch calldata batch) external view returns (uint64) {
        Record memory found = _records[operator][batch.epoch];
        return found.id == _idOf(batch) ? found.recordedAt : 0;
    }

    /// @inheritdoc ICommitLog
    function contains(
        Batch calldata batch,
        Commit calldata commit,
        bytes32[] calldata proof
    ) external pure returns (bool) {
        // Hashed twice, so that no inner node of the tree can be taken for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(commit))));
        return MerkleProof.verifyCalldata(proof, batch.root, leaf);
    }

    /// @inheritdoc ICommitLog
    function digestOf(Batch calldata batch) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(BATCH_TYPEHASH, batch)));
    }

    function _idOf(Batch calldata batch) private pure returns (bytes27) {
        return bytes27(keccak256(abi.encode(batch.root, batch.count)));
    }
}
