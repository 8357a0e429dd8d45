// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ICommitLog } from "../interfaces/ICommitLog.sol";
import { IDisputes } from "../interfaces/IDisputes.sol";
import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { DisputeBase } from "./DisputeBase.sol";

/// @title Evidence that is judged at once
abstract contract Evidence is DisputeBase {
    bytes32 private constant TWO_ROOTS = "two roots";
    bytes32 private constant REFUTED_ROOT = "refuted root";
    bytes32 private constant TWO_BATCHES = "two batches";
    bytes32 private constant BAD_BATCH = "bad batch";

    /// When an offence was punished last: of a kind, a signer, an epoch and a node. A key that served two nodes must not spend
    /// it on the poorer one.
    mapping(bytes32 offence => uint256 blockNumber) private _punishedAt;

    /// @inheritdoc IDisputes
    function reportRoots(SignedRoot calldata first, SignedRoot calldata second, bytes32 nodeId) external {
        bytes32 firstDigest = _digestOf(first.root);
        bytes32 secondDigest = _digestOf(second.root);
        if (first.root.epoch != second.root.epoch || firstDigest == secondDigest) revert NoContradiction();
        if (epochAnchor.isRefuted(firstDigest) || epochAnchor.isRefuted(secondDigest))
            revert NoContradiction();
        address signer = _oneSigner(firstDigest, first.signature, secondDigest, second.signature);
        _convict(
            TWO_ROOTS,
            signer,
            first.root.epoch,
            nodeId,
            first.root.snapshotBlock,
            Math.min(first.root.snapshotBlock, second.root.snapshotBlock),
            _terms.equivocationPpm
        );
    }

    /// @inheritdoc IDisputes
    function reportRefuted(SignedRoot calldata signed, bytes32 nodeId) external {
        bytes32 digest = _digestOf(signed.root);
        if (!_isRefuted(digest)) revert NotRefuted(digest);
        address signer = _signerOf(digest, signed.signature);
        _convict(
            REFUTED_ROOT,
            signer,
            signed.root.epoch,
            nodeId,
            signed.root.snapshotBlock,
            signed.root.snapshotBlock,
            _terms.refutedPpm
        );
    }

    /// @inheritdoc IDisputes
    function reportBatches(
        SignedBatch calldata first,
        SignedBatch calldata second,
        bytes32 nodeId,
        uint256 blockNumber
    ) external {
        bytes32 firstDigest = _digestOf(first.batch);
        bytes32 secondDigest = _digestOf(second.batch);
        if (first.batch.epoch != second.batch.epoch || firstDigest == secondDigest) revert NoContradiction();
        address signer = _oneSigner(firstDigest, first.signature, secondDigest, second.signature);
        _convict(TWO_BATCHES, signer, first.batch.epoch, nodeId, blockNumber, 0, _terms.commitPpm);
    }

    /// @inheritdoc IDisputes
    function reportCommits(
        SignedBatch calldata signed,
        ProvenCommit calldata first,
        ProvenCommit calldata second,
        bytes32 nodeId,
        uint256 blockNumber
    ) external {
        if (!_contradict(signed.batch.count, first.commit, second.commit)) revert NoContradiction();
        bool isInBatch =
            commitLog.contains(signed.batch, first.commit, first.proof) &&
                commitLog.contains(signed.batch, second.commit, second.proof);
        if (!isInBatch) revert NotInBatch();
        address signer = _signerOf(_digestOf(signed.batch), signed.signature);
        _convict(BAD_BATCH, signer, signed.batch.epoch, nodeId, blockNumber, 0, _terms.commitPpm);
    }

    /// @inheritdoc IDisputes
    function reportCertificate(
        IEpochAnchor.Anchored calldata anchored,
        IEpochAnchor.CompactSignature[] calldata signatures
    ) external {
        uint64 epoch = anchored.root.epoch;
        bytes32 digest = keccak256(abi.encode(signatures));
        if (digest != anchored.certificateDigest)
            revert CertificateMismatch(anchored.certificateDigest, digest);
        if (epochAnchor.isProven(epoch)) revert AlreadyProven(epoch);
        if (epochAnchor.certifies(anchored.root, signatures)) revert CertificateSuffices();
        uint256 takenWei = _overturn(anchored, false);
        emit CertificateRefuted(epoch, msg.sender, takenWei);
        _splitBond(takenWei, msg.sender);
    }

    /// @param signedSince a block that the signer knew. Who was punished before it and signs again is punished again: else an
    /// epoch's offence could be paid for ahead, with a small stake.
    function _convict(
        bytes32 kind,
        address signer,
        uint64 epoch,
        bytes32 nodeId,
        uint256 blockNumber,
        uint256 signedSince,
        uint256 ppm
    ) private {
        address account = _accountOf(nodeId, signer, blockNumber);
        if (!staking.answersFor(signer, nodeId)) revert KeyRetired(signer, nodeId);
        bytes32 offence = keccak256(abi.encode(kind, signer, epoch, nodeId));
        if (signedSince < _punishedAt[offence]) revert AlreadyPunished(offence);
        _punishedAt[offence] = block.number;
        uint256 takenWei = staking.slash(nodeId, account, ppm, msg.sender, _terms.bountyPpm);
        if (takenWei == 0) revert NothingToTake();
        emit Punished(nodeId, kind, msg.sender, takenWei);
    }

    function _digestOf(IEpochAnchor.EpochRoot calldata root) private view returns (bytes32) {
        return epochAnchor.digestOf(root);
    }

    function _digestOf(ICommitLog.Batch calldata batch) private view returns (bytes32) {
        return commitLog.digestOf(batch);
    }

    function _isRefuted(bytes32 digest) private view returns (bool) {
        return epochAnchor.isRefuted(digest);
    }

    function _oneSigner(
        bytes32 firstDigest,
        IEpochAnchor.CompactSignature calldata firstSignature,
        bytes32 secondDigest,
        IEpochAnchor.CompactSignature calldata secondSignature
    ) private pure returns (address signer) {
        signer = _signerOf(firstDigest, firstSignature);
        address other = _signerOf(secondDigest, secondSignature);
        if (signer != other) revert SignersDiffer(signer, other);
    }

    function _signerOf(
        bytes32 digest,
        IEpochAnchor.CompactSignature calldata signature
    ) private pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecover(digest, signature.r, signature.vs);
        if (signer == address(0)) revert InvalidSignature();
    }

    /// Commits ascend by node with their index, and there is one at each.
    function _contradict(
        uint256 count,
        ICommitLog.Commit calldata first,
        ICommitLog.Commit calldata second
    ) private pure returns (bool) {
        if (first.index >= count) return true;
        if (first.index < second.index) return first.nodeId >= second.nodeId;
        bool isSame = first.nodeId == second.nodeId && first.commitment == second.commitment;
        return first.index == second.index && !isSame;
    }
}
