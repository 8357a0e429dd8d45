// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IStaking } from "./interfaces/IStaking.sol";
import { StakingBase } from "./test/StakingBase.sol";

contract StakingDelegationTest is StakingBase {
    event Delegated(bytes32 indexed nodeId, address indexed account, uint256 amount, uint256 shares);
    event Undelegated(
        bytes32 indexed nodeId,
        address indexed account,
        uint256 amount,
        uint256 shares,
        uint256 withdrawableAt
    );

    function setUp() public override {
        super.setUp();
        stakeAs(0, 200 ether);
    }

    function testDelegationAddsToTheOperatorsWeight() public {
        VM.roll(110);
        fund(1, 50 ether);
        VM.expectEmit(address(staking));
        emit Delegated(nodeOf(0), person(1), 50 ether, 50 ether);
        VM.prank(person(1));
        assertEq(staking.delegate(nodeOf(0), 50 ether), 50 ether);
        delegateAs(2, 0, 25 ether);
        VM.roll(111);
        assertEq(staking.stakeAt(operatorOf(0), 109), 200 ether);
        assertEq(staking.stakeAt(operatorOf(0), 110), 275 ether);
        assertEq(staking.totalAt(110), 275 ether);
        IStaking.Stake memory entry = staking.stakeOf(nodeOf(0));
        assertEq(entry.amount, 200 ether);
        assertEq(entry.delegatedWei, 75 ether);
        assertEq(staking.slashableWei(nodeOf(0)), 275 ether);
        assertEq(sharesOf(1, 0), 50 ether);
        assertEq(worthOf(1, 0), 50 ether);
    }

    function testUndelegatingTakesTheWeightAndPaysAfterTheWait() public {
        delegateAs(1, 0, 50 ether);
        VM.roll(110);
        VM.expectEmit(address(staking));
        emit Undelegated(nodeOf(0), person(1), 20 ether, 20 ether, START_SECONDS + UNBONDING_SECONDS);
        assertEq(undelegateAs(1, 0, 20 ether), 20 ether);
        VM.roll(111);
        assertEq(staking.stakeAt(operatorOf(0), 109), 250 ether);
        assertEq(staking.stakeAt(operatorOf(0), 110), 230 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertEq(withdrawAs(1), 20 ether);
        assertEq(worthOf(1, 0), 30 ether);
    }

    function testNothingIsDelegatedToANodeThatNobodyStakesFor() public {
        fund(1, 50 ether);
        expect(abi.encodeWithSelector(IStaking.NodeNotStaked.selector, nodeOf(7)), 1);
        staking.delegate(nodeOf(7), 50 ether);
        unstakeAs(0, 200 ether);
        expect(abi.encodeWithSelector(IStaking.NodeNotStaked.selector, nodeOf(0)), 1);
        staking.delegate(nodeOf(0), 50 ether);
    }

    function testDelegationsMoveInPartsOfTheMinimumOrWhole() public {
        fund(1, 50 ether);
        expectBelowMinimum(9 ether);
        staking.delegate(nodeOf(0), 9 ether);
        VM.prank(person(1));
        staking.delegate(nodeOf(0), 25 ether);
        expectBelowMinimum(9 ether);
        staking.undelegate(nodeOf(0), 9 ether);
        expectBelowMinimum(9 ether);
        staking.undelegate(nodeOf(0), 16 ether);
        assertEq(undelegateAs(1, 0, 15 ether), 15 ether);
        assertEq(undelegateAs(1, 0, 10 ether), 10 ether);
    }

    function testNobodyTakesOutMoreThanTheirs() public {
        delegateAs(1, 0, 50 ether);
        expect(abi.encodeWithSelector(IStaking.InsufficientShares.selector, 50 ether, 50 ether + 1), 1);
        staking.undelegate(nodeOf(0), 50 ether + 1);
        expect(abi.encodeWithSelector(IStaking.InsufficientShares.selector, 0, 1), 2);
        staking.undelegate(nodeOf(0), 1);
        expect(abi.encodeWithSelector(IStaking.InvalidAmount.selector), 1);
        staking.undelegate(nodeOf(0), 0);
    }

    function testSlashingHitsDelegatorsProRata() public {
        delegateAs(1, 0, 100 ether);
        delegateAs(2, 0, 300 ether);
        slashOf(0, 250_000);
        assertEq(worthOf(1, 0), 75 ether);
        assertEq(worthOf(2, 0), 225 ether);
        // Who comes later buys at the price after the slash, and pays nothing for it.
        delegateAs(3, 0, 60 ether);
        assertEq(sharesOf(3, 0), 80 ether);
        assertEq(worthOf(3, 0), 60 ether);
        assertEq(staking.stakeOf(nodeOf(0)).amount, 150 ether);
        assertEq(staking.stakeOf(nodeOf(0)).delegatedWei, 360 ether);
        assertEq(undelegateAs(1, 0, 100 ether), 75 ether);
        assertEq(worthOf(2, 0), 225 ether);
    }

    function testDelegatorsLeaveANodeThatIsGone() public {
        delegateAs(1, 0, 50 ether);
        unstakeAs(0, 200 ether);
        VM.roll(block.number + 1);
        assertEq(staking.totalAt(block.number - 1), 0);
        assertEq(undelegateAs(1, 0, 50 ether), 50 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        assertEq(withdrawAs(1), 50 ether);
    }

    function testDelegationCountsAgainWhenItsOwnerComesBack() public {
        delegateAs(1, 0, 50 ether);
        unstakeAs(0, 200 ether);
        stakeAs(0, 100 ether);
        VM.roll(block.number + 1);
        assertEq(staking.stakeAt(operatorOf(0), block.number - 1), 150 ether);
        assertEq(staking.totalAt(block.number - 1), 150 ether);
    }

    /// What was entrusted to one owner neither counts for the next nor answers for them.
    function testDelegationDoesNotPassToTheNextOwner() public {
        delegateAs(1, 0, 50 ether);
        unstakeAs(0, 200 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        stakeFor(3, nodeOf(0), 3, 400 ether);
        delegateAs(2, 0, 30 ether);
        assertEq(staking.stakeOf(nodeOf(0)).delegatedWei, 30 ether);
        assertEq(worthOf(1, 0), 50 ether);

        VM.prank(SLASHER);
        staking.slash(nodeOf(0), person(3), 500_000, address(0), 0);
        assertEq(worthOf(1, 0), 50 ether);
        assertEq(worthOf(2, 0), 15 ether);
        fund(1, 50 ether);
        expect(abi.encodeWithSelector(IStaking.DelegatedToFormerOwner.selector), 1);
        staking.delegate(nodeOf(0), 50 ether);

        assertEq(undelegateAs(1, 0, 50 ether), 50 ether);
        assertEq(staking.stakeOf(nodeOf(0)).delegatedWei, 15 ether);
        VM.prank(SLASHER);
        staking.slash(nodeOf(0), person(3), 1_000_000, address(0), 0);
        VM.warp(block.timestamp + UNBONDING_SECONDS);
        assertEq(withdrawAs(1), 50 ether);
        // Now they may follow the next owner.
        stakeFor(3, nodeOf(0), 3, 400 ether);
        VM.prank(person(1));
        staking.delegate(nodeOf(0), 50 ether);
        assertEq(staking.stakeOf(nodeOf(0)).delegatedWei, 50 ether);
    }

    function testWhatAWholeSlashTookIsForgotten() public {
        delegateAs(1, 0, 50 ether);
        slashOf(0, 1_000_000);
        assertEq(worthOf(1, 0), 0);
        assertEq(sharesOf(1, 0), 0);
        expect(abi.encodeWithSelector(IStaking.InsufficientShares.selector, 0, 1), 1);
        staking.undelegate(nodeOf(0), 1);
        stakeAs(0, 200 ether);
        delegateAs(1, 0, 40 ether);
        assertEq(worthOf(1, 0), 40 ether);
        assertEq(staking.stakeOf(nodeOf(0)).delegatedWei, 40 ether);
    }

    /// After any slashes, what a delegator gets is what they put in, less the same part as everybody, but for a few wei of rounding.
    function testFuzzDelegatorsGetTheirPart(uint96 first, uint96 second, uint32 ppm, uint32 again) public {
        uint256 one = clamp(first, MINIMUM_DELEGATION, 1_000_000 ether);
        uint256 two = clamp(second, MINIMUM_DELEGATION, 1_000_000 ether);
        uint256 left = 1_000_000 - clamp(ppm, 0, 990_000);
        uint256 leftAgain = 1_000_000 - clamp(again, 0, 990_000);
        delegateAs(1, 0, one);
        slashOf(0, 1_000_000 - left);
        delegateAs(2, 0, two);
        slashOf(0, 1_000_000 - leftAgain);
        uint256 expectedOne = (one * left * leftAgain) / 1e12;
        uint256 expectedTwo = (two * leftAgain) / 1e6;
        assertNear(undelegateAs(1, 0, sharesOf(1, 0)), expectedOne);
        assertNear(undelegateAs(2, 0, sharesOf(2, 0)), expectedTwo);
        assertEq(staking.stakeOf(nodeOf(0)).delegatedWei, 0);
    }

    function assertNear(uint256 received, uint256 expected) private pure {
        assertTrue(received + 4 >= expected && received <= expected + 4, "within four wei");
    }

    function expectBelowMinimum(uint256 received) private {
        expect(
            abi.encodeWithSelector(IStaking.DelegationBelowMinimum.selector, MINIMUM_DELEGATION, received),
            1
        );
    }
}
