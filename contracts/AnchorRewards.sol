// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { BitMaps } from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import { IAnchorRewards } from "./interfaces/IAnchorRewards.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";

/// @title AnchorRewards
/// @notice See the interface.
contract AnchorRewards is IAnchorRewards {
    using SafeERC20 for IERC20;
    using BitMaps for BitMaps.BitMap;

    IERC20 public immutable token;
    IEpochAnchor public immutable epochAnchor;
    /// @inheritdoc IAnchorRewards
    address public immutable executor;
    /// @inheritdoc IAnchorRewards
    uint256 public immutable maximumRewardWei;

    /// @inheritdoc IAnchorRewards
    uint256 public rewardWei;
    BitMaps.BitMap private _paid;

    /// @param executor_ may change the reward; zero: nobody.
    constructor(
        IERC20 token_,
        IEpochAnchor epochAnchor_,
        address executor_,
        uint256 rewardWei_,
        uint256 maximumRewardWei_
    ) {
        token = token_;
        epochAnchor = epochAnchor_;
        executor = executor_;
        maximumRewardWei = maximumRewardWei_;
        _setReward(rewardWei_, maximumRewardWei_);
    }

    /// @inheritdoc IAnchorRewards
    function collect(IEpochAnchor.Anchored[] calldata anchored) external returns (uint256 paidWei) {
        uint256 reward = rewardWei;
        uint256 heldWei = poolWei();
        address sender;
        uint256 dueWei;
        for (uint256 i = 0; i < anchored.length; ++i) {
            uint64 epoch = anchored[i].root.epoch;
            if (_paid.get(epoch)) continue;
            _requireWorth(anchored[i]);
            _paid.set(epoch);
            paidWei += reward;
            if (paidWei > heldWei) revert PoolTooSmall(heldWei, paidWei);
            // One transfer for the roots of one sender that follow each other.
            if (anchored[i].sender != sender) {
                _pay(sender, dueWei);
                (sender, dueWei) = (anchored[i].sender, 0);
            }
            dueWei += reward;
            emit AnchorRewarded(epoch, sender, reward);
        }
        if (paidWei == 0) revert NothingToCollect();
        _pay(sender, dueWei);
    }

    /// @inheritdoc IAnchorRewards
    function setReward(uint256 newRewardWei) external {
        if (msg.sender != executor) revert NotExecutor(msg.sender);
        _setReward(newRewardWei, maximumRewardWei);
    }

    /// @inheritdoc IAnchorRewards
    function isDue(IEpochAnchor.Anchored calldata anchored) external view returns (bool) {
        uint64 epoch = anchored.root.epoch;
        return
            rewardWei != 0 &&
            !_paid.get(epoch) &&
            epochAnchor.isAnchored(anchored) &&
            epochAnchor.isFinal(epoch) &&
            _isNew(anchored);
    }

    /// @inheritdoc IAnchorRewards
    function isPaid(uint64 epoch) external view returns (bool) {
        return _paid.get(epoch);
    }

    /// @inheritdoc IAnchorRewards
    function poolWei() public view returns (uint256) {
        return token.balanceOf(address(this));
    }

    function _setReward(uint256 newRewardWei, uint256 maximumWei) private {
        if (newRewardWei > maximumWei) revert RewardTooHigh(maximumWei, newRewardWei);
        rewardWei = newRewardWei;
        emit RewardSet(newRewardWei);
    }

    function _pay(address account, uint256 amount) private {
        if (amount != 0) token.safeTransfer(account, amount);
    }

    function _requireWorth(IEpochAnchor.Anchored calldata anchored) private view {
        uint64 epoch = anchored.root.epoch;
        if (!epochAnchor.isAnchored(anchored)) revert NotAnchored(epoch);
        if (!epochAnchor.isFinal(epoch)) revert NotFinal(epoch);
        if (!_isNew(anchored)) revert NothingNew(epoch);
    }

    /// What stands is what was there when the root was anchored: a root goes with the one that it builds on.
    function _isNew(IEpochAnchor.Anchored calldata anchored) private view returns (bool) {
        bool hasParent = anchored.parentSnapshotBlock != 0;
        bytes32 before = hasParent ? epochAnchor.claimsRootOf(anchored.parentEpoch) : bytes32(0);
        return anchored.root.claimsRoot != before;
    }
}
