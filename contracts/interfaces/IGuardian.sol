// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Guardian of a Parley network
/// @notice May stop new anchors and claims for a short time, for instance when a fault was found. Every pause ends by
/// itself, and between two pauses everything runs for at least `gapSeconds`. Exits (unstake, undelegate, withdraw) and
/// transfers know no pause.
interface IGuardian {
    event PauseStarted(uint256 untilSeconds, string reason);
    event PauseEnded();

    error NotKeeper(address caller);
    /// @notice A pause is at least a second and at most `maximumPauseSeconds`.
    error InvalidDuration(uint256 maximumPauseSeconds, uint256 received);
    /// @notice The next pause may start from then on (Unix seconds).
    error TooSoon(uint256 earliestSeconds);
    error NotPaused();
    error InvalidConfiguration();

    /// @notice Pauses for `durationSeconds` from now. Only the keeper.
    function pause(uint64 durationSeconds, string calldata reason) external;

    /// @notice Ends the pause before its time. The keeper or the executor.
    function endPause() external;

    /// @notice Whether a pause runs.
    function isPaused() external view returns (bool);

    /// @notice When the last pause ends or ended (Unix seconds); zero when there was none.
    function pausedUntil() external view returns (uint64);

    /// @notice From when on the next pause may start (Unix seconds).
    function nextPauseFrom() external view returns (uint64);

    /// @notice Who may pause.
    function keeper() external view returns (address);

    /// @notice Who may end a pause besides the keeper: governance.
    function executor() external view returns (address);

    /// @notice Longest pause.
    function maximumPauseSeconds() external view returns (uint64);

    /// @notice Shortest time between the end of a pause and the next.
    function gapSeconds() external view returns (uint64);
}
