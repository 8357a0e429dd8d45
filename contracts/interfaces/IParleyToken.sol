// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title The token of a Parley network
/// @notice ERC-20 with permits (ERC-2612) and vote checkpoints by Unix time (ERC-5805, ERC-6372 "mode=timestamp"). New
/// tokens follow a schedule: so many seconds after the start, so many may have been minted, whatever the minter asks.
interface IParleyToken is IERC20 {
    /// @notice What the schedule allows, and how a voting weight ages.
    /// @param startSeconds Unix time from which the schedule counts.
    /// @param epochSeconds length of an epoch; positive.
    /// @param epochRewardWei what an epoch may mint.
    /// @param headroomWei what may be minted ahead of the schedule.
    /// @param periodSeconds length of a weight's period: a day.
    /// @param agingPeriods how many periods tokens must have been there to count: 7.
    struct Schedule {
        uint64 startSeconds;
        uint64 epochSeconds;
        uint96 epochRewardWei;
        uint96 headroomWei;
        uint32 periodSeconds;
        uint8 agingPeriods;
    }

    /// @notice `caller` is not the minter.
    error NotMinter(address caller);
    /// @notice The schedule or the cap is out of range.
    error InvalidSchedule();
    /// @notice The schedule allows only `allowedWei` more by now.
    error EmissionExceeded(uint256 allowedWei, uint256 requestedWei);
    /// @notice A weight stands once its period is over.
    error PeriodNotOver(uint256 latest, uint256 received);

    /// @notice The only account that may mint: the Claims contract, fixed at deployment.
    function minter() external view returns (address);

    /// @notice Largest total supply, in wei of the token.
    function cap() external view returns (uint256);

    /// @notice The schedule, fixed at deployment.
    function schedule() external view returns (Schedule memory);

    /// @notice What the minter may have minted by `timestamp` (Unix seconds), in all. It never shrinks.
    function emittedBy(uint256 timestamp) external view returns (uint256);

    /// @notice What the minter has minted so far.
    function mintedWei() external view returns (uint256);

    /// @notice What the minter may mint now.
    function mintableWei() external view returns (uint256);

    /// @notice Creates `amount` wei for `to`. Only the minter; reverts above the schedule or the cap.
    function mint(address to, uint256 amount) external;

    /// @notice What counts in a vote: the time-weighted mean, over the period that ends at `timepoint`, of the votes that
    /// had been with `account` for all of the last `agingPeriods` periods. Reverts unless the periods are over.
    /// Votes are what is delegated to the account, as in ERC-5805: whoever has not delegated has no weight.
    /// @param timepoint Unix seconds, at most the start of the running period.
    function weightAt(address account, uint256 timepoint) external view returns (uint256);
}
