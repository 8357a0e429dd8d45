// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Guardian } from "./Guardian.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IGuardian } from "./interfaces/IGuardian.sol";
import { IPausable } from "./interfaces/IPausable.sol";
import { Dues } from "./test/Dues.sol";

contract GuardianTest is Dues {
    event PauseStarted(uint256 untilSeconds, string reason);

    function testAPauseStopsClaimsAndAnchorsForItsTime() public {
        bytes32[] memory proof = anchorDues(1, 5 ether, 7 ether);
        uint64 until = uint64(block.timestamp) + MAXIMUM_PAUSE_SECONDS;
        VM.expectEmit(address(guardian));
        emit PauseStarted(until, "a fault in the tree");
        pause(MAXIMUM_PAUSE_SECONDS);
        assertTrue(guardian.isPaused(), "paused");
        assertEq(claims.pausedUntil(), until);
        assertEq(epochAnchor.pausedUntil(), until);

        VM.warp(until - 1);
        bytes memory paused = abi.encodeWithSelector(IPausable.Paused.selector, until);
        VM.expectRevert(paused);
        claims.claim(1, person(1), 5 ether, proof);
        VM.expectRevert(paused);
        claims.announceExpiry(1, person(1), 5 ether, proof);
        VM.expectRevert(paused);
        claims.expire(person(1));

        VM.warp(until);
        assertTrue(!guardian.isPaused(), "over by itself");
        claims.claim(1, person(1), 5 ether, proof);
        anchorDues(2, 6 ether, 7 ether);
    }

    function testAPausedNetworkAnchorsNothing() public {
        pause(1 hours);
        bytes memory paused = abi.encodeWithSelector(IPausable.Paused.selector, block.timestamp + 1 hours);
        IEpochAnchor.EpochRoot memory root = rootOf(1, keccak256("genesis"), keccak256("first"));
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 1);
        VM.expectRevert(paused);
        epochAnchor.anchor(root, signatures);
    }

    function testExitsAndTransfersKnowNoPause() public {
        pause(MAXIMUM_PAUSE_SECONDS);
        VM.prank(person(0));
        staking.unstake(nodeOf(0), 100 ether);
        assertTrue(token.transfer(person(3), 1 ether), "sent");
        // Guardians come and go; at the end of its wait the stake is paid in the middle of the next pause.
        VM.warp(block.timestamp + MAXIMUM_PAUSE_SECONDS + GAP_SECONDS);
        pause(MAXIMUM_PAUSE_SECONDS);
        VM.prank(person(0));
        staking.withdraw();
        assertEq(token.balanceOf(person(0)), 100 ether);
    }

    function testFuzzAPauseCannotBeRenewedWithoutAGap(uint64 first, uint64 gap) public {
        first = uint64(clamp(first, 1, MAXIMUM_PAUSE_SECONDS));
        pause(first);
        uint256 earliest = block.timestamp + first + GAP_SECONDS;
        VM.warp(block.timestamp + clamp(gap, 0, first + GAP_SECONDS - 1));
        VM.prank(KEEPER);
        VM.expectRevert(abi.encodeWithSelector(IGuardian.TooSoon.selector, earliest));
        guardian.pause(1, "again");
        VM.warp(earliest);
        pause(1);
    }

    function testKeeperAndExecutorEndAPauseEarly() public {
        pause(1 days);
        VM.prank(EXECUTOR);
        guardian.endPause();
        assertTrue(!guardian.isPaused(), "ended by the executor");
        bytes32[] memory proof = anchorDues(1, 5 ether, 7 ether);
        claims.claim(1, person(1), 5 ether, proof);
        // The gap counts from the end.
        assertEq(guardian.nextPauseFrom(), block.timestamp - CHALLENGE_SECONDS + GAP_SECONDS);
        VM.warp(guardian.nextPauseFrom());
        pause(1 days);
        VM.prank(KEEPER);
        guardian.endPause();
        VM.prank(KEEPER);
        VM.expectRevert(abi.encodeWithSelector(IGuardian.NotPaused.selector));
        guardian.endPause();
    }

    function testFuzzOnlyTheKeeperPauses(address caller) public {
        VM.assume(caller != KEEPER);
        VM.prank(caller);
        VM.expectRevert(abi.encodeWithSelector(IGuardian.NotKeeper.selector, caller));
        guardian.pause(1, "");
        VM.assume(caller != EXECUTOR);
        VM.prank(caller);
        VM.expectRevert(abi.encodeWithSelector(IGuardian.NotKeeper.selector, caller));
        guardian.endPause();
    }

    function testFuzzOnlyTheGuardianReachesTheSwitches(address caller) public {
        VM.assume(caller != address(guardian));
        bytes memory refused = abi.encodeWithSelector(IPausable.NotGuardian.selector, caller);
        VM.prank(caller);
        VM.expectRevert(refused);
        claims.pauseUntil(type(uint64).max);
        VM.prank(caller);
        VM.expectRevert(refused);
        epochAnchor.pauseUntil(type(uint64).max);
    }

    function testAPauseIsLimited() public {
        bytes4 selector = IGuardian.InvalidDuration.selector;
        VM.prank(KEEPER);
        VM.expectRevert(abi.encodeWithSelector(selector, MAXIMUM_PAUSE_SECONDS, MAXIMUM_PAUSE_SECONDS + 1));
        guardian.pause(MAXIMUM_PAUSE_SECONDS + 1, "");
        VM.prank(KEEPER);
        VM.expectRevert(abi.encodeWithSelector(selector, MAXIMUM_PAUSE_SECONDS, 0));
        guardian.pause(0, "");
    }

    function testNoGuardianMayPauseMoreThanHalfOfTheTime() public {
        bytes memory refused = abi.encodeWithSelector(IGuardian.InvalidConfiguration.selector);
        VM.expectRevert(refused);
        new Guardian(KEEPER, EXECUTOR, 7 days, 7 days - 1, epochAnchorSwitch(), claims);
        VM.expectRevert(refused);
        new Guardian(KEEPER, EXECUTOR, 14 days + 1, 30 days, epochAnchorSwitch(), claims);
    }

    function pause(uint64 durationSeconds) private {
        VM.prank(KEEPER);
        guardian.pause(durationSeconds, "a fault in the tree");
    }

    function epochAnchorSwitch() private view returns (IPausable) {
        return IPausable(address(epochAnchor));
    }
}
