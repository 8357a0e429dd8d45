// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "./IEpochAnchor.sol";

/// @title Rewards of a Parley network's anchors
/// @notice Pays a fixed sum, out of the tokens that it holds, to whoever anchored a root that is final and by which
/// something new can be claimed. Not the gas that was used: so it needs no price of ether, who wastes gas gets no more,
/// and who anchors several roots in one transaction keeps what that saves. A final root is never replaced: so one
/// payment for an epoch is one for a root. Anyone may give it tokens; only anchors take any out.
interface IAnchorRewards {
    /// @notice The sum is from now on that of roots which have not been paid for, also of older ones.
    event RewardSet(uint256 rewardWei);
    event AnchorRewarded(uint64 indexed epoch, address indexed sender, uint256 amount);

    error NotExecutor(address caller);
    /// @notice A reward of this sum is never paid here.
    error RewardTooHigh(uint256 maximumWei, uint256 received);
    /// @notice This is not what is anchored for its epoch.
    error NotAnchored(uint64 epoch);
    /// @notice Its challenge time is not over, or a dispute holds it up.
    error NotFinal(uint64 epoch);
    /// @notice By the epoch's root nothing can be claimed that could not be claimed by the one before.
    error NothingNew(uint64 epoch);
    /// @notice All of them have been paid for, or the reward is nothing at present.
    error NothingToCollect();
    /// @notice Nothing is lost: the roots can be paid for when there are tokens again, or fewer at a time.
    /// @param dueWei for the roots up to the first that there is too little for.
    error PoolTooSmall(uint256 heldWei, uint256 dueWei);

    /// @notice Pays the senders of the anchored roots; of those that have been paid for, nothing. Anyone may call, with
    /// as many as the gas suffices for.
    /// @return paidWei sum of all payments.
    function collect(IEpochAnchor.Anchored[] calldata anchored) external returns (uint256 paidWei);

    /// @notice Sets what a root is worth. Only the executor; never above the maximum.
    function setReward(uint256 newRewardWei) external;

    /// @notice Whether a root could be paid for now, were there tokens.
    function isDue(IEpochAnchor.Anchored calldata anchored) external view returns (bool);

    /// @notice Whether the epoch's root has been paid for.
    function isPaid(uint64 epoch) external view returns (bool);

    /// @notice What a root is worth now, in wei of the token.
    function rewardWei() external view returns (uint256);

    /// @notice What is there to pay with: all tokens that this contract holds.
    function poolWei() external view returns (uint256);

    /// @notice Governance, fixed at deployment.
    function executor() external view returns (address);

    function maximumRewardWei() external view returns (uint256);
}
