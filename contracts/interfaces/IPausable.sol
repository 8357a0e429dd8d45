// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What the guardian can pause
/// @notice The guardian tells each contract, which keeps the time in a storage slot that it reads anyway: a call to the
/// guardian would cost every anchor and claim about 5,000 gas.
interface IPausable {
    event PausedUntil(uint256 untilSeconds);

    /// @notice Paused until then (Unix seconds).
    error Paused(uint256 untilSeconds);
    /// @notice `caller` is not the guardian.
    error NotGuardian(address caller);

    /// @notice Pauses until `untilSeconds`; a time in the past ends the pause. Only the Guardian contract.
    function pauseUntil(uint64 untilSeconds) external;

    /// @notice When the last pause ends or ended (Unix seconds); zero when there was none.
    function pausedUntil() external view returns (uint64);
}
