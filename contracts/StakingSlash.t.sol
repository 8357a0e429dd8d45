// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IStaking } from "./interfaces/IStaking.sol";
import { StakingBase } from "./test/StakingBase.sol";

contract StakingSlashTest is StakingBase {
    event Slashed(
        bytes32 indexed nodeId,
        address indexed account,
        address indexed beneficiary,
        uint256 stakeWei,
        uint256 delegatedWei,
        uint256 unbondingWei,
        uint256 beneficiaryWei
    );

    address private constant FINDER = address(0xF1);

    function setUp() public override {
        super.setUp();
        stakeAs(0, 500 ether);
        stakeAs(9, 500 ether);
    }

    function testASlashTakesFromStakeDelegationsAndWhatUnbonds() public {
        delegateAs(1, 0, 300 ether);
        unstakeAs(0, 100 ether);
        undelegateAs(1, 0, 100 ether);
        VM.roll(110);
        VM.expectEmit(address(staking));
        emit Slashed(nodeOf(0), person(0), FINDER, 40 ether, 20 ether, 20 ether, 4 ether);
        VM.prank(SLASHER);
        assertEq(staking.slash(nodeOf(0), person(0), 100_000, FINDER, 100_000), 80 ether);

        assertEq(token.balanceOf(FINDER), 4 ether);
        assertEq(token.balanceOf(TREASURY), 76 ether);
        assertEq(staking.stakeOf(nodeOf(0)).amount, 360 ether);
        assertEq(staking.stakeOf(nodeOf(0)).delegatedWei, 180 ether);
        assertEq(staking.slashableWei(nodeOf(0)), 720 ether);
        VM.roll(111);
        assertEq(staking.stakeAt(operatorOf(0), 109), 600 ether);
        assertEq(staking.stakeAt(operatorOf(0), 110), 540 ether);
        assertEq(staking.totalAt(110), 1_040 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertEq(withdrawAs(0), 90 ether);
        assertEq(withdrawAs(1), 90 ether);
    }

    function testOnlyTheSlasherSlashes() public {
        expect(abi.encodeWithSelector(IStaking.NotSlasher.selector, person(9)), 9);
        staking.slash(nodeOf(0), person(0), 1, person(9), 1_000_000);
        expect(abi.encodeWithSelector(IStaking.NotSlasher.selector, person(9)), 9);
        staking.slashAmount(nodeOf(0), person(0), 1, person(9), 1_000_000);
    }

    function testPartsAreAtMostTheWhole() public {
        bytes memory refused = abi.encodeWithSelector(IStaking.InvalidPpm.selector, 1_000_001);
        VM.prank(SLASHER);
        VM.expectRevert(refused);
        staking.slash(nodeOf(0), person(0), 1_000_001, FINDER, 0);
        VM.prank(SLASHER);
        VM.expectRevert(refused);
        staking.slash(nodeOf(0), person(0), 1, FINDER, 1_000_001);
    }

    function testWithoutABeneficiaryAllGoesToTheTreasury() public {
        VM.prank(SLASHER);
        staking.slash(nodeOf(0), person(0), 100_000, address(0), 1_000_000);
        assertEq(token.balanceOf(TREASURY), 50 ether);
    }

    function testABeneficiaryCanGetAllOfTheOwnStake() public {
        VM.prank(SLASHER);
        staking.slash(nodeOf(0), person(0), 100_000, FINDER, 1_000_000);
        assertEq(token.balanceOf(FINDER), 50 ether);
        assertEq(token.balanceOf(TREASURY), 0);
    }

    function testWhatIsDueIsOutOfReach() public {
        unstakeAs(0, 100 ether);
        VM.warp(START_SECONDS + 1 hours);
        unstakeAs(0, 200 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS - 1);
        assertEq(staking.slashableWei(nodeOf(0)), 500 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertEq(staking.slashableWei(nodeOf(0)), 400 ether);
        assertEq(slashOf(0, 500_000), 200 ether);
        assertEq(withdrawAs(0), 100 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS + 1 hours);
        assertEq(withdrawAs(0), 100 ether);
    }

    function testLeavingDoesNotEscapeASlash() public {
        unstakeAs(0, 500 ether);
        assertEq(slashOf(0, 1_000_000), 500 ether);
        // Nothing is left, and nothing reverts.
        assertEq(slashOf(0, 1_000_000), 0);
        IStaking.Unbonding[] memory waiting = staking.unbondingsOf(person(0));
        assertEq(waiting[0].amount, 0);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertEq(withdrawAs(0), 0);
        assertEq(staking.unbondingsOf(person(0)).length, 0);
    }

    function testAWholeSlashTakesTheNodeOut() public {
        delegateAs(1, 0, 50 ether);
        VM.prank(person(0));
        staking.lock(nodeOf(0), START_SECONDS + 30 days);
        assertEq(slashOf(0, 1_000_000), 550 ether);
        assertEq(staking.nodeCount(), 1);
        assertEq(staking.stakeOf(nodeOf(0)).account, address(0));
        assertEq(staking.stakeOf(nodeOf(0)).lockedUntilSeconds, 0);
        assertEq(staking.nodeOf(operatorOf(0)), bytes32(0));
        VM.roll(block.number + 1);
        assertEq(staking.totalAt(block.number - 1), 500 ether);
        // The owner may begin anew, without the old lock.
        stakeAs(0, 100 ether);
        unstakeAs(0, 100 ether);
    }

    function testNobodyPaysForAnOwnerBefore() public {
        unstakeAs(0, 500 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        stakeFor(3, nodeOf(0), 3, 400 ether);
        assertEq(slashOf(0, 1_000_000), 0);
        assertEq(staking.stakeOf(nodeOf(0)).amount, 400 ether);
        VM.prank(SLASHER);
        assertEq(staking.slash(nodeOf(7), address(0), 1_000_000, FINDER, 0), 0);
    }

    function testASlashOfNothingTakesNothing() public {
        assertEq(slashOf(0, 0), 0);
        VM.prank(SLASHER);
        assertEq(staking.slashAmount(nodeOf(7), person(7), 5 ether, FINDER, 0), 0);
        VM.prank(SLASHER);
        assertEq(staking.slashAmount(nodeOf(0), person(0), 0, FINDER, 0), 0);
    }

    function testAnAmountIsTakenFromAllPartsOrWhatIsThere() public {
        delegateAs(1, 0, 300 ether);
        unstakeAs(0, 200 ether);
        VM.prank(SLASHER);
        assertEq(staking.slashAmount(nodeOf(0), person(0), 80 ether, FINDER, 500_000), 80 ether);
        // Half of the 30 that its own stake lost.
        assertEq(token.balanceOf(FINDER), 15 ether);
        assertEq(staking.stakeOf(nodeOf(0)).amount, 270 ether);
        assertEq(worthOf(1, 0), 270 ether);
        VM.prank(SLASHER);
        assertEq(staking.slashAmount(nodeOf(0), person(0), 10_000 ether, FINDER, 0), 720 ether);
        assertEq(staking.slashableWei(nodeOf(0)), 0);
    }

    /// A slashed node below the minimum still counts; it may top up or leave, but not leave in part.
    function testBelowTheMinimumANodeLeavesWhole() public {
        stakeAs(2, MINIMUM_STAKE);
        slashOf(2, 100_000);
        VM.roll(block.number + 1);
        assertEq(staking.stakeAt(operatorOf(2), block.number - 1), 90 ether);
        expect(abi.encodeWithSelector(IStaking.StakeBelowMinimum.selector, MINIMUM_STAKE, 50 ether), 2);
        staking.unstake(nodeOf(2), 40 ether);
        unstakeAs(2, 90 ether);
        assertEq(slashOf(9, 0), 0);
    }

    /// An exit after a slash shares a pot with those before it, and loses nothing to it.
    function testANewExitBearsNoOldSlash() public {
        unstakeAs(0, 100 ether);
        slashOf(0, 500_000);
        unstakeAs(0, 100 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertEq(withdrawAs(0), 150 ether);
    }

    function testAnExitAfterAWholeSlashInTheSameSliceIsKept() public {
        unstakeAs(0, 100 ether);
        slashOf(0, 1_000_000);
        stakeAs(0, 200 ether);
        unstakeAs(0, 200 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertEq(withdrawAs(0), 200 ether);
    }

    /// Dust that would drive shares out of their range is taken with the rest.
    function testManyNearlyWholeSlashesNeverBlockAnExit() public {
        for (uint256 i = 0; i < 12; ++i) {
            stakeAs(0, 1_000_000 ether);
            delegateAs(1, 0, 1_000_000 ether);
            unstakeAs(0, staking.stakeOf(nodeOf(0)).amount);
            uint256 held = staking.slashableWei(nodeOf(0));
            VM.prank(SLASHER);
            staking.slashAmount(nodeOf(0), person(0), held - 20, address(0), 0);
        }
        stakeAs(0, 1_000_000 ether);
        delegateAs(2, 0, 1_000_000 ether);
        assertTrue(undelegateAs(2, 0, sharesOf(2, 0)) + 1 >= 1_000_000 ether, "a late delegation is whole");
        unstakeAs(0, staking.stakeOf(nodeOf(0)).amount);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertTrue(withdrawAs(0) >= 1_000_000 ether, "the last exit is whole");
    }

    /// An amount falls short of what was asked by rounding only, and what is taken arrives.
    function testFuzzAmountsAreExactButForRounding(uint96 own, uint96 out, uint96 amount, uint32 cut) public {
        uint256 more = clamp(own, MINIMUM_STAKE, 10_000_000 ether);
        stakeAs(2, more);
        delegateAs(1, 2, clamp(out, MINIMUM_DELEGATION, 10_000_000 ether));
        uint256 part = (more - MINIMUM_STAKE) / 4;
        for (uint256 i = 0; i < 4 && part != 0; ++i) {
            unstakeAs(2, part);
            VM.warp(block.timestamp + 1 hours);
        }
        uint256 held = staking.slashableWei(nodeOf(2));
        uint256 before = staking.stakeOf(nodeOf(2)).amount;
        uint256 asked = clamp(amount, 0, held);
        uint256 beneficiaryPpm = clamp(cut, 0, 1_000_000);
        VM.prank(SLASHER);
        uint256 taken = staking.slashAmount(nodeOf(2), person(2), asked, FINDER, beneficiaryPpm);
        assertTrue(taken <= asked + held / 1e9 && taken + 20 > asked, "what was asked");
        uint256 lost = before - staking.stakeOf(nodeOf(2)).amount;
        assertEq(token.balanceOf(FINDER), (lost * beneficiaryPpm) / 1_000_000);
        assertEq(token.balanceOf(FINDER) + token.balanceOf(TREASURY), taken);
        assertEq(staking.slashableWei(nodeOf(2)), held - taken);
    }
}
