// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
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

    /// Once a kind of offence, signer and epoch.
    mapping(bytes32 offence => bool) private _punished;

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
        _convict(TWO_BATCHES, signer, first.batch.epoch, nodeId, blockNumber, _terms.commitPpm);
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
        _convict(BAD_BATCH, signer, signed.batch.epoch, nodeId, blockNumber, _terms.commitPpm);
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

    function _convict(
        bytes32 kind,
        address signer,
        uint64 epoch,
        bytes32 nodeId,
        uint256 blockNumber,
        uint256 ppm
    ) private {
        address account = _accountOf(nodeId, signer, blockNumber);
        bytes32 offence = keccak256(abi.encode(kind, signer, epoch));
        if (_punished[offence]) revert AlreadyPunished(offence);
        _punished[offence] = true;
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

    function _isIn(
        ICommitLog.Batch calldata batch,
        ProvenCommit calldata proven
    ) private view returns (bool) {
        return commitLog.contains(batch, proven.commit, proven.proof);
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
