// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IStaking } from "./interfaces/IStaking.sol";

/// @title EpochAnchor
/// @notice See the interface.
contract EpochAnchor is EIP712, IEpochAnchor {
    bytes32 private constant EPOCH_ROOT_TYPEHASH = keccak256(
        "EpochRoot(uint64 epoch,bytes32 previousRoot,bytes32 stateRoot,bytes32 claimsRoot,bytes32 manifestDigest,uint64 snapshotBlock)"
    );

    struct Head {
        uint64 epoch;
        uint64 snapshotBlock;
        bool exists;
    }

    IStaking public immutable staking;
    /// @inheritdoc IEpochAnchor
    uint64 public immutable challengeSeconds;

    Head private _head;
    bytes32 private _stateRoot;
    /// @inheritdoc IEpochAnchor
    mapping(uint64 epoch => bytes32) public claimsRootOf;
    /// Four times share a slot: epochs come one after the other, and most find their slot in use already.
    mapping(uint64 quarter => uint64[4]) private _anchoredAt;

    constructor(IStaking staking_, uint64 challengeSeconds_) EIP712("Parley", "1") {
        staking = staking_;
        challengeSeconds = challengeSeconds_;
    }

    /// @inheritdoc IEpochAnchor
    function anchor(EpochRoot calldata root, CompactSignature[] calldata signatures) external {
        _requireSuccessor(root);
        _requireTwoThirds(_signersOf(digestOf(root), signatures), root.snapshotBlock);

        _head = Head(root.epoch, root.snapshotBlock, true);
        _stateRoot = root.stateRoot;
        claimsRootOf[root.epoch] = root.claimsRoot;
        _anchoredAt[root.epoch / 4][root.epoch % 4] = uint64(block.timestamp);
        emit EpochAnchored(root.epoch, root.stateRoot, root.claimsRoot, root.manifestDigest, msg.sender);
    }

    /// @inheritdoc IEpochAnchor
    function isFinal(uint64 epoch) external view returns (bool) {
        uint64 since = anchoredAt(epoch);
        return since != 0 && block.timestamp >= uint256(since) + challengeSeconds;
    }

    /// @inheritdoc IEpochAnchor
    function last()
        external
        view
        returns (bool exists, uint64 epoch, bytes32 stateRoot, uint64 snapshotBlock)
    {
        return (_head.exists, _head.epoch, _stateRoot, _head.snapshotBlock);
    }

    /// @inheritdoc IEpochAnchor
    function anchoredAt(uint64 epoch) public view returns (uint64) {
        return _anchoredAt[epoch / 4][epoch % 4];
    }

    /// @inheritdoc IEpochAnchor
    function digestOf(EpochRoot calldata root) public view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        EPOCH_ROOT_TYPEHASH,
                        root.epoch,
                        root.previousRoot,
                        root.stateRoot,
                        root.claimsRoot,
                        root.manifestDigest,
                        root.snapshotBlock
                    )
                )
            );
    }

    function _requireSuccessor(EpochRoot calldata root) private view {
        Head memory head = _head;
        if (head.exists) {
            if (root.epoch <= head.epoch) revert EpochNotAfterLast(head.epoch, root.epoch);
            if (root.previousRoot != _stateRoot) revert PreviousRootMismatch(_stateRoot, root.previousRoot);
        }
        if (root.snapshotBlock < head.snapshotBlock || root.snapshotBlock >= block.number) {
            revert SnapshotBlockOutOfRange(head.snapshotBlock, block.number - 1, root.snapshotBlock);
        }
    }

    function _requireTwoThirds(address[] memory signers, uint64 snapshotBlock) private view {
        (uint256 signedWei, uint256 totalWei) = staking.stakesAt(signers, snapshotBlock);
        if (signedWei == 0 || signedWei * 3 < totalWei * 2) revert InsufficientStake(signedWei, totalWei);
    }

    /// Strictly ascending, so that nobody counts twice. Whoever has no stake weighs nothing.
    function _signersOf(
        bytes32 digest,
        CompactSignature[] calldata signatures
    ) private pure returns (address[] memory signers) {
        signers = new address[](signatures.length);
        address previous = address(0);
        for (uint256 i = 0; i < signers.length; ++i) {
            // Malformed signatures give address zero, which never ascends.
            CompactSignature calldata signature = signatures[i];
            (address signer, , ) = ECDSA.tryRecover(digest, signature.r, signature.vs);
            if (signer <= previous) revert SignersNotAscending(i);
            previous = signer;
            signers[i] = signer;
        }
    }
}
