// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";
import { IPausable } from "./interfaces/IPausable.sol";

/// @title Claims
/// @notice See the interface.
contract Claims is IClaims, IPausable {
    using SafeERC20 for IParleyToken;

    /// Tokens are minted in portions: each mint writes a checkpoint of the supply, which would cost every claim as much
    /// as the payment itself.
    uint256 private constant MINT_PORTION_WEI = 1_000 ether;
    uint256 private constant PPM = 1_000_000;

    /// @param treasury receives the foundation's share, as an account of the epochs' dues, and what expires.
    /// @param foundationPpm share of the schedule that the treasury's own dues may take; the rest is everybody else's.
    /// @param unclaimedSeconds how long an epoch must have been final before its dues can be announced to expire.
    /// @param noticeSeconds how long the announcement runs.
    struct Configuration {
        IParleyToken token;
        IEpochAnchor epochAnchor;
        address treasury;
        address guardian;
        address accountLinks;
        uint32 foundationPpm;
        uint64 unclaimedSeconds;
        uint64 noticeSeconds;
    }

    /// One slot, so that a claim's payee costs nothing extra. No payee is the account itself, whose entry was not opened.
    struct Account {
        uint96 claimedWei;
        address payee;
    }

    /// What a claim reads in any case, in one slot: when the last pause ends, and the newest root that was paid from. Whoever
    /// claims for the same epoch need not ask the anchor again. 176 bits of the root are as good as all against forgers.
    struct Checked {
        uint40 pausedUntil;
        uint40 epoch;
        bytes22 rootStart;
    }

    struct Notice {
        uint96 cumulativeWei;
        uint64 expiresAtSeconds;
    }

    IParleyToken public immutable token;
    IEpochAnchor public immutable epochAnchor;
    address public immutable treasury;
    address public immutable guardian;
    address public immutable accountLinks;
    uint32 public immutable foundationPpm;
    uint64 public immutable unclaimedSeconds;
    uint64 public immutable noticeSeconds;

    Checked private _checked;
    mapping(address account => Account) private _accounts;
    mapping(address account => Notice) private _notices;

    constructor(Configuration memory configuration) {
        if (configuration.foundationPpm > PPM || configuration.treasury == address(0)) {
            revert InvalidConfiguration();
        }
        token = configuration.token;
        epochAnchor = configuration.epochAnchor;
        treasury = configuration.treasury;
        guardian = configuration.guardian;
        accountLinks = configuration.accountLinks;
        foundationPpm = configuration.foundationPpm;
        unclaimedSeconds = configuration.unclaimedSeconds;
        noticeSeconds = configuration.noticeSeconds;
        // Slots that claims would find fresh, and pay for. No tree has this root.
        _checked.rootStart = bytes22(uint176(1));
        _accounts[configuration.treasury].payee = configuration.treasury;
    }

    /// @inheritdoc IClaims
    function claim(uint64 epoch, address account, uint256 cumulativeWei, bytes32[] calldata proof) external {
        _requireDue(epoch, account, cumulativeWei, proof);
        Account storage entry = _accounts[account];
        (uint256 paidWei, address payee) = (entry.claimedWei, entry.payee);
        if (cumulativeWei <= paidWei) revert NothingToClaim(paidWei, cumulativeWei);

        uint256 wishedWei = cumulativeWei - paidWei;
        if (account == treasury) wishedWei = Math.min(wishedWei, _foundationLeftWei());
        (uint256 amount, uint256 mintWei) = _payable(wishedWei, account == treasury);
        entry.claimedWei = SafeCast.toUint96(paidWei + amount);
        emit Claimed(epoch, account, amount, paidWei + amount);
        _pay(payee == address(0) ? account : payee, amount, mintWei);
    }

    /// @inheritdoc IClaims
    function announceExpiry(
        uint64 epoch,
        address account,
        uint256 cumulativeWei,
        bytes32[] calldata proof
    ) external {
        if (account == treasury) revert TreasuryNeverExpires();
        _requireDue(epoch, account, cumulativeWei, proof);
        uint256 announceableAt =
            uint256(epochAnchor.anchoredAt(epoch)) + epochAnchor.challengeSeconds() + unclaimedSeconds;
        if (block.timestamp < announceableAt) revert NotUnclaimedLongEnough(announceableAt);
        uint256 paidWei = _accounts[account].claimedWei;
        if (cumulativeWei <= paidWei) revert NothingToClaim(paidWei, cumulativeWei);
        Notice storage notice = _notices[account];
        if (notice.cumulativeWei > paidWei) revert AlreadyAnnounced(notice.expiresAtSeconds);

        uint256 expiresAt = block.timestamp + noticeSeconds;
        notice.cumulativeWei = SafeCast.toUint96(cumulativeWei);
        notice.expiresAtSeconds = SafeCast.toUint64(expiresAt);
        emit ExpiryAnnounced(account, cumulativeWei, expiresAt);
    }

    /// @inheritdoc IClaims
    function expire(address account) external {
        _requireNotPaused(_checked);
        Notice memory notice = _notices[account];
        uint256 paidWei = _accounts[account].claimedWei;
        if (notice.cumulativeWei <= paidWei) revert NothingToExpire();
        if (block.timestamp < notice.expiresAtSeconds) revert NoticeRunning(notice.expiresAtSeconds);

        (uint256 amount, uint256 mintWei) = _payable(notice.cumulativeWei - paidWei, false);
        _accounts[account].claimedWei = SafeCast.toUint96(paidWei + amount);
        emit Expired(account, amount, paidWei + amount);
        _pay(treasury, amount, mintWei);
    }

    /// @inheritdoc IClaims
    function open(address account) external {
        Account storage entry = _accounts[account];
        if (entry.payee == address(0)) entry.payee = account;
    }

    /// @inheritdoc IClaims
    function setPayee(address account, address payee) external {
        bool isReset = msg.sender == account && payee == address(0);
        if (msg.sender != accountLinks && !isReset) revert NotAccountLinks(msg.sender);
        address chosen = payee == address(0) ? account : payee;
        _accounts[account].payee = chosen;
        emit PayeeChanged(account, chosen);
    }

    /// @inheritdoc IPausable
    function pauseUntil(uint64 untilSeconds) external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        _checked.pausedUntil = SafeCast.toUint40(untilSeconds);
        emit PausedUntil(untilSeconds);
    }

    /// @inheritdoc IPausable
    function pausedUntil() external view returns (uint64) {
        return _checked.pausedUntil;
    }

    /// @inheritdoc IClaims
    function claimedWei(address account) external view returns (uint256) {
        return _accounts[account].claimedWei;
    }

    /// @inheritdoc IClaims
    function payeeOf(address account) external view returns (address) {
        address payee = _accounts[account].payee;
        return payee == address(0) ? account : payee;
    }

    /// @inheritdoc IClaims
    function expiryOf(
        address account
    ) external view returns (uint256 cumulativeWei, uint256 expiresAtSeconds) {
        Notice memory notice = _notices[account];
        if (notice.cumulativeWei <= _accounts[account].claimedWei) return (0, 0);
        return (notice.cumulativeWei, notice.expiresAtSeconds);
    }

    /// Of what is held, and of what the schedule lets be minted: how much can be paid, and how much to mint for it.
    function _payable(
        uint256 wishedWei,
        bool forFoundation
    ) private view returns (uint256 amount, uint256 mintWei) {
        uint256 heldWei = token.balanceOf(address(this));
        if (heldWei < wishedWei) {
            uint256 missingWei = wishedWei - heldWei;
            mintWei =
                forFoundation
                    ? Math.min(missingWei, token.mintableWei())
                    : Math.min(Math.max(missingWei, MINT_PORTION_WEI), _workLeftWei());
        }
        amount = Math.min(wishedWei, heldWei + mintWei);
        if (amount == 0) revert EmissionExhausted();
    }

    function _pay(address payee, uint256 amount, uint256 mintWei) private {
        if (mintWei != 0) token.mint(address(this), mintWei);
        token.safeTransfer(payee, amount);
    }

    /// What validators' and contributors' dues may still mint. Whatever was minted and not paid to the treasury is theirs.
    function _workLeftWei() private view returns (uint256) {
        uint256 mintedWei = Math.saturatingSub(token.mintedWei(), _accounts[treasury].claimedWei);
        uint256 allowedWei = token.emittedBy(block.timestamp) - _foundationWei();
        return Math.saturatingSub(allowedWei, mintedWei);
    }

    function _foundationLeftWei() private view returns (uint256) {
        return _foundationWei() - _accounts[treasury].claimedWei;
    }

    function _foundationWei() private view returns (uint256) {
        return (token.emittedBy(block.timestamp) * foundationPpm) / PPM;
    }

    /// The leaf's proof leads to the root of a final epoch, and no pause runs.
    function _requireDue(
        uint64 epoch,
        address account,
        uint256 cumulativeWei,
        bytes32[] calldata proof
    ) private {
        Checked memory checked = _checked;
        _requireNotPaused(checked);
        // Hashed twice, so that no inner node of the tree can be taken for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(account, cumulativeWei))));
        bytes32 root = MerkleProof.processProofCalldata(proof, leaf);
        // Casting to bytes22 is meant: the first 22 bytes are kept and compared.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (epoch == checked.epoch && bytes22(root) == checked.rootStart) return;

        (bool isFinal, bytes32 claimsRoot) = epochAnchor.finalClaimsRoot(epoch);
        if (!isFinal) revert EpochNotFinal(epoch);
        if (root != claimsRoot) revert InvalidProof();
        if (epoch >= checked.epoch && epoch <= type(uint40).max) {
            // Casting is safe: the line above keeps the epoch in range, and of the root its start is meant.
            // forge-lint: disable-next-line(unsafe-typecast)
            _checked = Checked(checked.pausedUntil, uint40(epoch), bytes22(root));
        }
    }

    function _requireNotPaused(Checked memory checked) private view {
        if (block.timestamp < checked.pausedUntil) revert Paused(checked.pausedUntil);
    }
}
