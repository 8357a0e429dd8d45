// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";

/// @title Bonds of who anchors
abstract contract ProposerBonds is IEpochAnchor {
    using SafeERC20 for IERC20;

    /// `newestEpoch` and `withdrawableAt` as of its release; zeros before. An anchor only reads it.
    struct Bond {
        uint128 amount;
        uint64 newestEpoch;
        uint64 withdrawableAt;
    }

    IERC20 public immutable token;
    /// @inheritdoc IEpochAnchor
    uint64 public immutable challengeSeconds;
    /// @inheritdoc IEpochAnchor
    uint256 public immutable bondWei;

    mapping(address account => Bond) private _bonds;

    constructor(IERC20 token_, uint64 challengeSeconds_, uint128 bondWei_) {
        token = token_;
        challengeSeconds = challengeSeconds_;
        bondWei = bondWei_;
    }

    /// @inheritdoc IEpochAnchor
    function depositBond(uint256 amount) external {
        if (amount == 0) revert InvalidAmount();
        uint128 sum = _bonds[msg.sender].amount + SafeCast.toUint128(amount);
        _bonds[msg.sender] = Bond(sum, 0, 0);
        emit BondDeposited(msg.sender, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IEpochAnchor
    function releaseBond() external {
        Bond storage bond = _bonds[msg.sender];
        if (bond.amount == 0) revert InvalidAmount();
        bond.newestEpoch = _newestEpoch();
        bond.withdrawableAt = SafeCast.toUint64(block.timestamp + challengeSeconds);
        emit BondReleased(msg.sender, bond.withdrawableAt);
    }

    /// @inheritdoc IEpochAnchor
    function withdrawBond() external {
        Bond memory bond = _bonds[msg.sender];
        if (bond.amount == 0) revert InvalidAmount();
        // forge-lint: disable-next-line(block-timestamp)
        bool isDue = bond.withdrawableAt != 0 && block.timestamp >= bond.withdrawableAt;
        // Then each of the account's roots is final or gone, unless one up to the newest is disputed.
        if (!isDue || bond.newestEpoch >= _frozenFrom()) revert BondLocked(bond.withdrawableAt);
        delete _bonds[msg.sender];
        emit BondWithdrawn(msg.sender, bond.amount);
        token.safeTransfer(msg.sender, bond.amount);
    }

    /// @inheritdoc IEpochAnchor
    function bondOf(address account) external view returns (uint256 amount, uint256 withdrawableAt) {
        Bond memory bond = _bonds[account];
        return (bond.amount, bond.withdrawableAt);
    }

    /// The caller hands it on.
    function _takeBond(address account) internal returns (uint256 takenWei) {
        Bond storage bond = _bonds[account];
        takenWei = Math.min(bond.amount, bondWei);
        bond.amount -= SafeCast.toUint128(takenWei);
    }

    function _requireBond() internal view {
        if (bondWei == 0) return;
        Bond memory bond = _bonds[msg.sender];
        if (bond.amount < bondWei || bond.withdrawableAt != 0) revert BondTooSmall(bondWei, bond.amount);
    }

    /// The last anchored epoch.
    function _newestEpoch() internal view virtual returns (uint64);

    /// The first disputed epoch; the highest number when none is.
    function _frozenFrom() internal view virtual returns (uint64);
}
