// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IGuardian } from "./interfaces/IGuardian.sol";
import { IPausable } from "./interfaces/IPausable.sol";

/// @title Guardian
/// @notice See the interface.
contract Guardian is IGuardian {
    uint64 private constant LONGEST_PAUSE_SECONDS = 14 days;

    /// @inheritdoc IGuardian
    address public immutable keeper;
    /// @inheritdoc IGuardian
    address public immutable executor;
    /// @inheritdoc IGuardian
    uint64 public immutable maximumPauseSeconds;
    /// @inheritdoc IGuardian
    uint64 public immutable gapSeconds;
    IPausable public immutable epochAnchor;
    IPausable public immutable claims;

    /// @inheritdoc IGuardian
    uint64 public pausedUntil;

    /// @param keeper_ zero makes a network that cannot be paused.
    constructor(
        address keeper_,
        address executor_,
        uint64 maximumPauseSeconds_,
        uint64 gapSeconds_,
        IPausable epochAnchor_,
        IPausable claims_
    ) {
        // A gap as long as the pause: at least half of the time everything runs.
        if (maximumPauseSeconds_ > LONGEST_PAUSE_SECONDS || gapSeconds_ < maximumPauseSeconds_) {
            revert InvalidConfiguration();
        }
        keeper = keeper_;
        executor = executor_;
        maximumPauseSeconds = maximumPauseSeconds_;
        gapSeconds = gapSeconds_;
        epochAnchor = epochAnchor_;
        claims = claims_;
    }

    /// @inheritdoc IGuardian
    function pause(uint64 durationSeconds, string calldata reason) external {
        if (msg.sender != keeper) revert NotKeeper(msg.sender);
        if (durationSeconds == 0 || durationSeconds > maximumPauseSeconds) {
            revert InvalidDuration(maximumPauseSeconds, durationSeconds);
        }
        uint64 earliest = nextPauseFrom();
        if (block.timestamp < earliest) revert TooSoon(earliest);
        uint64 until = uint64(block.timestamp) + durationSeconds;
        emit PauseStarted(until, reason);
        _pauseUntil(until);
    }

    /// @inheritdoc IGuardian
    function endPause() external {
        if (msg.sender != keeper && msg.sender != executor) revert NotKeeper(msg.sender);
        if (!isPaused()) revert NotPaused();
        emit PauseEnded();
        _pauseUntil(uint64(block.timestamp));
    }

    /// @inheritdoc IGuardian
    function isPaused() public view returns (bool) {
        return block.timestamp < pausedUntil;
    }

    /// @inheritdoc IGuardian
    function nextPauseFrom() public view returns (uint64) {
        return pausedUntil == 0 ? 0 : pausedUntil + gapSeconds;
    }

    function _pauseUntil(uint64 untilSeconds) private {
        pausedUntil = untilSeconds;
        epochAnchor.pauseUntil(untilSeconds);
        claims.pauseUntil(untilSeconds);
    }
}
