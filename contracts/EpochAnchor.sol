// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Heap } from "@openzeppelin/contracts/utils/structs/Heap.sol";
import { ProposerBonds } from "./anchor/ProposerBonds.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IPausable } from "./interfaces/IPausable.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { Certificates } from "./libraries/Certificates.sol";
import { EpochRoots } from "./libraries/EpochRoots.sol";

/// @title EpochAnchor
/// @notice See the interface.
contract EpochAnchor is EIP712, ProposerBonds {
    using SafeERC20 for IERC20;
    using Heap for Heap.Uint256Heap;
    using EpochRoots for EpochRoot;
    using EpochRoots for Anchored;

    uint64 private constant NOTHING_FROZEN = type(uint64).max;
    uint256 private constant SWEPT_BY_THAW = 8;

    /// One slot, read and written by every anchor.
    struct Head {
        uint64 epoch;
        /// Zero while nothing is anchored.
        uint48 snapshotBlock;
        /// Rises whenever roots are overturned.
        uint24 era;
        /// This epoch and all after it wait for a dispute.
        uint64 frozenFrom;
        uint40 pausedUntil;
    }

    /// One slot an epoch. `id` starts the hash of the root with all that IEpochAnchor.Anchored has.
    struct Record {
        uint40 anchoredAt;
        uint24 era;
        bool proven;
        bytes23 id;
    }

    struct Contest {
        uint128 openDisputes;
        bool isListed;
    }

    IStaking public immutable staking;
    /// @notice May pause anchoring.
    address public immutable guardian;
    /// @notice May freeze and overturn what is not final.
    address public immutable disputes;

    Head private _head;
    bytes32 private _stateRoot;
    mapping(uint64 epoch => bytes32) private _claimsRoots;
    mapping(uint64 epoch => Record) private _records;
    /// Of a former era, only epochs below this still stand.
    mapping(uint24 era => uint256) private _standsBelow;
    /// @inheritdoc IEpochAnchor
    mapping(bytes32 digest => bool) public isRefuted;
    mapping(uint64 epoch => Contest) private _contests;
    /// Listed epochs; some have no dispute any more.
    Heap.Uint256Heap private _disputed;

    modifier onlyDisputes() {
        if (msg.sender != disputes) revert NotDisputes(msg.sender);
        _;
    }

    constructor(
        IStaking staking_,
        IERC20 token_,
        address guardian_,
        address disputes_,
        uint64 challengeSeconds_,
        uint128 bondWei_
    ) EIP712("Parley", "1") ProposerBonds(token_, challengeSeconds_, bondWei_) {
        staking = staking_;
        guardian = guardian_;
        disputes = disputes_;
        _head.frozenFrom = NOTHING_FROZEN;
    }

    /// @inheritdoc IEpochAnchor
    function anchor(EpochRoot calldata root, CompactSignature[] calldata signatures) external {
        _anchorCertified(root, signatures);
    }

    /// @inheritdoc IEpochAnchor
    function anchorMany(EpochRoot[] calldata roots, CompactSignature[][] calldata certificates) external {
        if (roots.length != certificates.length) revert LengthMismatch(roots.length, certificates.length);
        for (uint256 i = 0; i < roots.length; ++i) _anchorCertified(roots[i], certificates[i]);
    }

    /// @inheritdoc IEpochAnchor
    function propose(EpochRoot calldata root, bytes32 certificateDigest) external {
        if (bondWei == 0 || challengeSeconds == 0) revert ProposingDisabled();
        if (certificateDigest == bytes32(0)) revert CertificateDigestMissing();
        Head memory head = _head;
        _requireAnchorable(head, root, digestOf(root));
        _store(head, root, certificateDigest);
    }

    /// @inheritdoc IEpochAnchor
    function prove(Anchored calldata anchored, CompactSignature[] calldata signatures) external {
        Record storage record = _requireAnchored(_head, anchored);
        uint64 epoch = anchored.root.epoch;
        if (record.proven) revert AlreadyProven(epoch);
        _requireTwoThirds(digestOf(anchored.root), signatures, anchored.root.snapshotBlock);
        record.proven = true;
        emit EpochProven(epoch, msg.sender);
    }

    /// @inheritdoc IEpochAnchor
    function replace(
        Anchored calldata unproven,
        EpochRoot calldata root,
        CompactSignature[] calldata signatures
    ) external {
        Record storage record = _requireAnchored(_head, unproven);
        if (record.proven) revert AlreadyProven(unproven.root.epoch);
        bytes32 digest = digestOf(root);
        if (digest == digestOf(unproven.root)) revert SameRoot(digest);
        uint256 takenWei = _overturn(unproven, false);
        _anchorCertified(root, signatures);
        token.safeTransfer(msg.sender, takenWei);
    }

    /// @inheritdoc IEpochAnchor
    function freeze(Anchored calldata anchored) external onlyDisputes {
        uint64 epoch = anchored.root.epoch;
        _requireAnchored(_head, anchored);
        if (isFinal(epoch)) revert AlreadyFinal(epoch);
        Contest storage contest = _contests[epoch];
        ++contest.openDisputes;
        if (!contest.isListed) {
            contest.isListed = true;
            _disputed.insert(epoch);
            if (epoch < _head.frozenFrom) _head.frozenFrom = epoch;
        }
        emit EpochFrozen(epoch);
    }

    /// @inheritdoc IEpochAnchor
    function thaw(uint64 epoch) external onlyDisputes {
        --_contests[epoch].openDisputes;
        emit EpochThawed(epoch);
        sweep(SWEPT_BY_THAW);
    }

    /// @inheritdoc IEpochAnchor
    function overturn(
        Anchored calldata anchored,
        bool refuted
    ) external onlyDisputes returns (uint256 takenWei) {
        _requireAnchored(_head, anchored);
        takenWei = _overturn(anchored, refuted);
        token.safeTransfer(msg.sender, takenWei);
    }

    /// @inheritdoc IPausable
    function pauseUntil(uint64 untilSeconds) external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        _head.pausedUntil = SafeCast.toUint40(untilSeconds);
        emit PausedUntil(untilSeconds);
    }

    /// @inheritdoc IPausable
    function pausedUntil() external view returns (uint64) {
        return _head.pausedUntil;
    }

    /// @inheritdoc IEpochAnchor
    function finalClaimsRoot(uint64 epoch) external view returns (bool isFinal_, bytes32 claimsRoot) {
        Head memory head = _head;
        Record memory record = _records[epoch];
        if (!_stands(head, epoch, record)) return (false, bytes32(0));
        isFinal_ = epoch < head.frozenFrom && _isUnchallenged(record);
        claimsRoot = _claimsRoots[epoch];
    }

    /// @inheritdoc IEpochAnchor
    function isAnchored(Anchored calldata anchored) external view returns (bool) {
        return _matches(_head, anchored);
    }

    /// @inheritdoc IEpochAnchor
    function isProven(uint64 epoch) external view returns (bool) {
        return _records[epoch].proven && _stands(_head, epoch);
    }

    /// @inheritdoc IEpochAnchor
    function isFrozen(uint64 epoch) external view returns (bool) {
        return epoch >= _head.frozenFrom;
    }

    /// @inheritdoc IEpochAnchor
    function certifies(
        EpochRoot calldata root,
        CompactSignature[] calldata signatures
    ) external view returns (bool) {
        (address[] memory signers, uint256 valid) = Certificates.signersOf(digestOf(root), signatures);
        (bool suffices, , ) = _weigh(signers, root.snapshotBlock);
        return suffices && valid == signatures.length;
    }

    /// @inheritdoc IEpochAnchor
    function last()
        external
        view
        returns (bool exists, uint64 epoch, bytes32 stateRoot, uint64 snapshotBlock)
    {
        Head memory head = _head;
        return (head.snapshotBlock != 0, head.epoch, _stateRoot, head.snapshotBlock);
    }

    /// @inheritdoc IEpochAnchor
    function sweep(uint256 limit) public {
        while (_disputed.length() != 0) {
            uint64 first = uint64(_disputed.peek());
            if (limit == 0 || _contests[first].openDisputes != 0) {
                _head.frozenFrom = first;
                return;
            }
            --limit;
            _contests[first].isListed = false;
            _disputed.pop();
        }
        _head.frozenFrom = NOTHING_FROZEN;
    }

    /// @inheritdoc IEpochAnchor
    function isFinal(uint64 epoch) public view returns (bool) {
        Head memory head = _head;
        Record memory record = _records[epoch];
        return epoch < head.frozenFrom && _stands(head, epoch, record) && _isUnchallenged(record);
    }

    /// @inheritdoc IEpochAnchor
    function claimsRootOf(uint64 epoch) public view returns (bytes32) {
        return _stands(_head, epoch) ? _claimsRoots[epoch] : bytes32(0);
    }

    /// @inheritdoc IEpochAnchor
    function anchoredAt(uint64 epoch) public view returns (uint64) {
        return _stands(_head, epoch) ? _records[epoch].anchoredAt : 0;
    }

    /// @inheritdoc IEpochAnchor
    function digestOf(EpochRoot calldata root) public view returns (bytes32) {
        return _hashTypedDataV4(root.structHash());
    }

    function _newestEpoch() internal view override returns (uint64) {
        return _head.epoch;
    }

    function _frozenFrom() internal view override returns (uint64) {
        return _head.frozenFrom;
    }

    function _anchorCertified(EpochRoot calldata root, CompactSignature[] calldata signatures) private {
        Head memory head = _head;
        bytes32 digest = digestOf(root);
        _requireAnchorable(head, root, digest);
        _requireTwoThirds(digest, signatures, root.snapshotBlock);
        _store(head, root, bytes32(0));
    }

    /// @param certificateDigest zero when the signatures have been checked.
    function _store(Head memory head, EpochRoot calldata root, bytes32 certificateDigest) private {
        (uint64 parentEpoch, uint64 parentSnapshotBlock) = (head.epoch, head.snapshotBlock);
        _requireBond();
        head.epoch = root.epoch;
        head.snapshotBlock = uint48(root.snapshotBlock);
        _head = head;
        _stateRoot = root.stateRoot;
        _claimsRoots[root.epoch] = root.claimsRoot;
        _records[root.epoch] = Record({
            anchoredAt: uint40(block.timestamp),
            era: head.era,
            proven: certificateDigest == bytes32(0),
            id: bytes23(root.anchoredHash(msg.sender, certificateDigest, parentEpoch, parentSnapshotBlock))
        });
        emit EpochAnchored(root.epoch, root.stateRoot, root.claimsRoot, root.manifestDigest, msg.sender);
        emit EpochBase(
            root.epoch,
            root.previousRoot,
            root.snapshotBlock,
            parentEpoch,
            parentSnapshotBlock,
            certificateDigest
        );
    }

    /// Goes back to the root that it builds on. All after that root have an era that no epoch stands in.
    function _overturn(Anchored calldata anchored, bool refuted) private returns (uint256 takenWei) {
        uint64 epoch = anchored.root.epoch;
        if (isFinal(epoch)) revert AlreadyFinal(epoch);
        Head memory head = _head;
        bool hasParent = anchored.parentSnapshotBlock != 0;
        uint24 era = hasParent ? _records[anchored.parentEpoch].era : 0;
        _standsBelow[era] = hasParent ? uint256(anchored.parentEpoch) + 1 : 0;
        // As many as there were overturned since the parent was anchored, which is not final for longer than this one.
        while (++era < head.era) _standsBelow[era] = 0;

        ++head.era;
        head.epoch = anchored.parentEpoch;
        head.snapshotBlock = uint48(anchored.parentSnapshotBlock);
        _head = head;
        _stateRoot = hasParent ? anchored.root.previousRoot : bytes32(0);
        if (refuted) isRefuted[digestOf(anchored.root)] = true;

        takenWei = _takeBond(anchored.sender);
        emit EpochOverturned(epoch, anchored.root.stateRoot, refuted, takenWei);
    }

    function _requireAnchorable(Head memory head, EpochRoot calldata root, bytes32 digest) private view {
        // forge-lint: disable-next-line(block-timestamp)
        if (block.timestamp < head.pausedUntil) revert Paused(head.pausedUntil);
        if (head.snapshotBlock != 0) {
            if (root.epoch <= head.epoch) revert EpochNotAfterLast(head.epoch, root.epoch);
            if (root.previousRoot != _stateRoot) revert PreviousRootMismatch(_stateRoot, root.previousRoot);
        }
        uint64 earliest = head.snapshotBlock == 0 ? 1 : head.snapshotBlock;
        if (root.snapshotBlock < earliest || root.snapshotBlock >= block.number) {
            revert SnapshotBlockOutOfRange(earliest, block.number - 1, root.snapshotBlock);
        }
        // In the first era nothing is: an anchor need not look.
        if (head.era != 0 && isRefuted[digest]) revert RootRefuted(digest);
    }

    function _requireTwoThirds(
        bytes32 digest,
        CompactSignature[] calldata signatures,
        uint64 snapshotBlock
    ) private view {
        (address[] memory signers, uint256 valid) = Certificates.signersOf(digest, signatures);
        if (valid != signatures.length) revert SignersNotAscending(valid);
        (bool suffices, uint256 signedWei, uint256 totalWei) = _weigh(signers, snapshotBlock);
        if (!suffices) revert InsufficientStake(signedWei, totalWei);
    }

    /// Whoever has no stake weighs nothing.
    function _weigh(
        address[] memory signers,
        uint64 snapshotBlock
    ) private view returns (bool suffices, uint256 signedWei, uint256 totalWei) {
        (signedWei, totalWei) = staking.stakesAt(signers, snapshotBlock);
        suffices = signedWei != 0 && signedWei * 3 >= totalWei * 2;
    }

    function _requireAnchored(
        Head memory head,
        Anchored calldata anchored
    ) private view returns (Record storage) {
        uint64 epoch = anchored.root.epoch;
        if (!_matches(head, anchored)) revert NotAnchored(epoch);
        return _records[epoch];
    }

    function _matches(Head memory head, Anchored calldata anchored) private view returns (bool) {
        uint64 epoch = anchored.root.epoch;
        return _records[epoch].id == bytes23(anchored.anchoredHash()) && _stands(head, epoch);
    }

    function _stands(Head memory head, uint64 epoch) private view returns (bool) {
        return _stands(head, epoch, _records[epoch]);
    }

    function _stands(Head memory head, uint64 epoch, Record memory record) private view returns (bool) {
        if (record.anchoredAt == 0) return false;
        return record.era == head.era || epoch < _standsBelow[record.era];
    }

    /// Its challenge time is over.
    function _isUnchallenged(Record memory record) private view returns (bool) {
        return block.timestamp >= uint256(record.anchoredAt) + challengeSeconds;
    }
}
