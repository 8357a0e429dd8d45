// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Staking } from "./Staking.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { PlainToken } from "./test/PlainToken.sol";
import { StakingBase } from "./test/StakingBase.sol";

/// @notice Locks, exits and their waits.
contract StakingExitsTest is StakingBase {
    event Locked(bytes32 indexed nodeId, uint256 untilSeconds);
    event Unstaked(bytes32 indexed nodeId, address indexed account, uint256 amount, uint256 withdrawableAt);
    event Withdrawn(address indexed account, uint256 amount);

    function testALockKeepsTheStakeUntilItsEnd() public {
        stakeAs(0, 300 ether);
        VM.roll(110);
        uint256 end = START_SECONDS + 30 days;
        VM.expectEmit(address(staking));
        emit Locked(nodeOf(0), end);
        VM.prank(person(0));
        staking.lock(nodeOf(0), end);
        assertEq(staking.nodeAt(nodeOf(0), 109).lockedUntilSeconds, 0);
        assertEq(staking.stakeOf(nodeOf(0)).lockedUntilSeconds, end);
        assertEq(staking.stakeOf(nodeOf(0)).roles, 7);

        VM.warp(end - 1);
        expect(abi.encodeWithSelector(IStaking.StakeLocked.selector, end), 0);
        staking.unstake(nodeOf(0), 300 ether);
        VM.warp(end);
        unstakeAs(0, 300 ether);
        stakeAs(0, 300 ether);
        assertEq(staking.stakeOf(nodeOf(0)).lockedUntilSeconds, 0);
    }

    function testALockOnlyGetsLongerAndHasABound() public {
        stakeAs(0, 300 ether);
        uint256 latest = START_SECONDS + MAXIMUM_LOCK_SECONDS;
        expectLockRefused(START_SECONDS + 1, latest, START_SECONDS);
        expectLockRefused(START_SECONDS + 1, latest, latest + 1);
        VM.prank(person(0));
        staking.lock(nodeOf(0), latest - 1);
        expectLockRefused(latest, latest, latest - 1);
        VM.prank(person(0));
        staking.lock(nodeOf(0), latest);
        // Declaring roles leaves the lock as it is.
        VM.prank(person(0));
        staking.declareRoles(nodeOf(0), 2);
        assertEq(staking.stakeOf(nodeOf(0)).lockedUntilSeconds, latest);
    }

    function testUnstakeReleasesAfterTheUnbondingTime() public {
        stakeAs(0, 300 ether);
        uint256 withdrawableAt = block.timestamp + UNBONDING_SECONDS;
        VM.expectEmit(address(staking));
        emit Unstaked(nodeOf(0), person(0), 200 ether, withdrawableAt);
        unstakeAs(0, 200 ether);
        assertEq(staking.stakeOf(nodeOf(0)).amount, 100 ether);

        VM.warp(withdrawableAt - 1);
        expect(abi.encodeWithSelector(IStaking.StillUnbonding.selector, withdrawableAt), 0);
        staking.withdraw();
        VM.warp(withdrawableAt);
        VM.expectEmit(address(staking));
        emit Withdrawn(person(0), 200 ether);
        assertEq(withdrawAs(0), 200 ether);
        assertEq(token.balanceOf(person(0)), 200 ether);
        expect(abi.encodeWithSelector(IStaking.NothingToWithdraw.selector), 0);
        staking.withdraw();
    }

    function testEachExitHasItsOwnWaitRoundedUpToASlice() public {
        stakeAs(0, 600 ether);
        unstakeAs(0, 100 ether);
        VM.warp(START_SECONDS + 1);
        unstakeAs(0, 150 ether);
        VM.warp(START_SECONDS + 2 hours);
        unstakeAs(0, 200 ether);

        IStaking.Unbonding[] memory waiting = staking.unbondingsOf(person(0));
        assertEq(waiting.length, 3);
        assertEq(waiting[0].nodeId, nodeOf(0));
        assertEq(waiting[0].amount, 100 ether);
        assertEq(waiting[0].withdrawableAt, START_SECONDS + 16 hours);
        assertEq(waiting[1].withdrawableAt, START_SECONDS + 17 hours);
        assertEq(waiting[2].withdrawableAt, START_SECONDS + 18 hours);

        VM.warp(START_SECONDS + 17 hours);
        assertEq(withdrawAs(0), 250 ether);
        assertEq(staking.unbondingsOf(person(0)).length, 1);
        VM.warp(START_SECONDS + 18 hours);
        assertEq(withdrawAs(0), 200 ether);
    }

    function testALongQueueIsPaidInParts() public {
        stakeAs(0, 300 ether);
        for (uint256 i = 0; i < 70; ++i) unstakeAs(0, 1 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertEq(withdrawAs(0), 64 ether);
        assertEq(withdrawAs(0), 6 ether);
    }

    function testUnstakeRefusesTooMuchAndARestBelowTheMinimum() public {
        stakeAs(0, 200 ether);
        expect(abi.encodeWithSelector(IStaking.InsufficientStake.selector, 200 ether, 201 ether), 0);
        staking.unstake(nodeOf(0), 201 ether);
        expect(abi.encodeWithSelector(IStaking.StakeBelowMinimum.selector, MINIMUM_STAKE, 99 ether), 0);
        staking.unstake(nodeOf(0), 101 ether);
        expect(abi.encodeWithSelector(IStaking.InvalidAmount.selector), 0);
        staking.unstake(nodeOf(0), 0);
    }

    function testUnstakingAllFreesTheOperatorAtOnceAndTheNodeAfterTheWait() public {
        stakeAs(0, 200 ether);
        unstakeAs(0, 200 ether);
        assertEq(staking.nodeCount(), 0);
        assertEq(staking.stakeOf(nodeOf(0)).account, address(0));
        assertEq(staking.stakeOf(nodeOf(0)).amount, 0);
        assertEq(staking.nodeOf(operatorOf(0)), bytes32(0));
        assertEq(staking.ownerOf(nodeOf(0)), person(0));

        fund(1, 200 ether);
        address operator = operatorOf(0);
        bytes memory proof = proofOf(0, nodeOf(0), person(1));
        uint256 free = START_SECONDS + UNBONDING_SECONDS;
        VM.warp(free - 1);
        expect(abi.encodeWithSelector(IStaking.NodeReserved.selector, person(0), free), 1);
        staking.stake(nodeOf(0), operator, 200 ether, proof);
        VM.warp(free);
        VM.prank(person(1));
        staking.stake(nodeOf(0), operator, 200 ether, proof);
        assertEq(staking.ownerOf(nodeOf(0)), person(1));
    }

    function testTheOwnerComesBackAtAnyTime() public {
        stakeAs(0, 200 ether);
        unstakeAs(0, 200 ether);
        stakeAs(0, 300 ether);
        assertEq(staking.stakeOf(nodeOf(0)).amount, 300 ether);
        assertEq(staking.slashableWei(nodeOf(0)), 500 ether);
    }

    function testWithoutAWaitAnExitCanBeWithdrawnAtOnce() public {
        Staking.Parameters memory quick = parameters();
        quick.unbondingSeconds = 0;
        staking = new Staking(token, SLASHER, TREASURY, quick);
        stakeAs(0, 200 ether);
        unstakeAs(0, 200 ether);
        assertEq(staking.slashableWei(nodeOf(0)), 0);
        assertEq(withdrawAs(0), 200 ether);
    }

    function testPotsCannotOverflow() public {
        token = new PlainToken(1 << 97);
        staking = new Staking(token, SLASHER, TREASURY, parameters());
        fund(0, 1 << 96);
        address operator = operatorOf(0);
        bytes memory proof = proofOf(0, nodeOf(0), person(0));
        expect(abi.encodeWithSelector(IStaking.TooMuchStaked.selector), 0);
        staking.stake(nodeOf(0), operator, 1 << 96, proof);
        VM.prank(person(0));
        staking.stake(nodeOf(0), operator, (1 << 96) - 1, proof);
        unstakeAs(0, (1 << 96) - 1);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertEq(withdrawAs(0), (1 << 96) - 1);
    }

    function expectLockRefused(uint256 earliest, uint256 latest, uint256 until) private {
        expect(abi.encodeWithSelector(IStaking.LockOutOfRange.selector, earliest, latest, until), 0);
        staking.lock(nodeOf(0), until);
    }
}
