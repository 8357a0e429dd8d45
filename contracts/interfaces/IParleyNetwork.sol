// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IDisputes } from "./IDisputes.sol";
import { IParleyToken } from "./IParleyToken.sol";

/// @title Deployment of a Parley network
/// @notice Creates the contracts of one network from creation code that its constructor names by hash, and arguments that
/// follow from its parameters alone. Its own address comes by CREATE2 from parameters and hashes, theirs from its own and
/// their number (CREATE3): so every contract names every other for ever, and whoever recomputes the one address knows
/// which code and arguments stand behind all of them. Anyone may send the steps, in any order; there are no others.
interface IParleyNetwork {
    enum Part {
        Token,
        Staking,
        EpochAnchor,
        Claims,
        Treasury,
        Guardian,
        Disputes,
        CommitLog,
        ModelRegistry,
        AccountLinks,
        AnchorRewards
    }

    /// @param minimumStakeWei smallest own stake of a node.
    /// @param minimumDelegationWei smallest delegation.
    /// @param unbondingSeconds between leaving and withdrawing.
    /// @param maximumLockSeconds how far ahead a lock may end.
    /// @param maximumNodes size of the registry.
    struct StakingTerms {
        uint256 minimumStakeWei;
        uint256 minimumDelegationWei;
        uint48 unbondingSeconds;
        uint48 maximumLockSeconds;
        uint256 maximumNodes;
    }

    /// @param foundationPpm share of the schedule that the treasury's own dues may take.
    /// @param unclaimedSeconds how long dues must have been there before their expiry can be announced.
    /// @param noticeSeconds how long the announcement runs.
    struct ClaimsTerms {
        uint32 foundationPpm;
        uint64 unclaimedSeconds;
        uint64 noticeSeconds;
    }

    /// @param keeper may pause; zero makes a network without pauses.
    /// @param maximumPauseSeconds longest pause, at most 14 days.
    /// @param gapSeconds shortest time between two pauses, at least as long.
    struct GuardianTerms {
        address keeper;
        uint64 maximumPauseSeconds;
        uint64 gapSeconds;
    }

    /// @param poolWei of the initial supply, to pay rewards with.
    /// @param rewardWei for a root by which something new can be claimed, until governance sets another sum.
    /// @param maximumRewardWei governance can set no more.
    struct AnchorTerms {
        uint256 poolWei;
        uint256 rewardWei;
        uint256 maximumRewardWei;
    }

    /// @param holder receives the initial supply less the rewards' pool; zero: the Treasury.
    /// @param executor spends the treasury, may end a pause and sets the reward of anchors: governance.
    /// @param challengeSeconds between anchoring and finality.
    /// @param bondWei bond behind a root; zero: none.
    struct Parameters {
        address holder;
        uint256 initialSupplyWei;
        uint256 supplyCapWei;
        IParleyToken.Schedule schedule;
        StakingTerms staking;
        uint64 challengeSeconds;
        uint128 bondWei;
        IDisputes.Terms disputes;
        ClaimsTerms claims;
        GuardianTerms guardian;
        AnchorTerms anchorRewards;
        address executor;
    }

    event Deployed(Part indexed part, address created);

    /// @notice Pauses could eat up the notice before dues expire.
    error NoticeTooShort(uint256 minimumSeconds, uint256 received);
    error WrongCode(Part part, bytes32 expected, bytes32 received);
    error AlreadyDeployed(Part part, address created);

    /// @notice Creates a contract.
    /// @param creationCode without constructor arguments.
    function deploy(Part part, bytes calldata creationCode) external returns (address created);

    /// @notice Where a contract is or will be.
    function addressOf(Part part) external view returns (address);

    /// @notice keccak256 of the creation code of a contract, without arguments.
    function codeHashOf(Part part) external view returns (bytes32);

    function parameters() external view returns (Parameters memory);
}
