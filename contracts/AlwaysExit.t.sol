// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice Whatever goes on in the network, people get out what is theirs; and a pause hides no fraud.
contract AlwaysExitTest is AnchorBase {
    uint256 private constant LONGEST_WAIT_SECONDS = UNBONDING_SECONDS + UNBONDING_SECONDS / 16;

    function testStakesAndDelegationsLeaveDuringADisputeAndAPause() public {
        delegateAs(4, 50 ether);
        openAs(DOUBTER, anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST)));
        pauseFor(MAXIMUM_PAUSE_SECONDS);

        VM.prank(person(0));
        staking.unstake(nodeOf(0), 100 ether);
        VM.prank(person(4));
        staking.undelegate(nodeOf(0), 50 ether);
        assertEq(staking.nodeCount(), 2);
        passTime(LONGEST_WAIT_SECONDS);
        assertTrue(epochAnchor.isFrozen(1), "still disputed");
        paid(person(0), 100 ether);
        paid(person(4), 50 ether);
    }

    /// A lock is the one thing that holds a stake, and only until its end.
    function testALockedStakeLeavesAtTheEndOfItsLockDisputedAndPaused() public {
        uint256 end = block.timestamp + 30 days;
        VM.prank(person(0));
        staking.lock(nodeOf(0), end);
        delegateAs(4, 50 ether);
        VM.prank(person(0));
        VM.expectRevert(abi.encodeWithSelector(IStaking.StakeLocked.selector, end));
        staking.unstake(nodeOf(0), 100 ether);
        VM.prank(person(4));
        staking.undelegate(nodeOf(0), 50 ether);
        VM.warp(end);
        openAs(DOUBTER, anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST)));
        pauseFor(MAXIMUM_PAUSE_SECONDS);
        VM.prank(person(0));
        staking.unstake(nodeOf(0), 100 ether);
        passTime(LONGEST_WAIT_SECONDS);
        paid(person(0), 100 ether);
    }

    /// Nobody rules, nobody closes but the one who wants out, and the keeper pauses: then too.
    function testABondIsFreeOnceADisputeIsOverWhoeverStaysAway() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        uint256 dispute = openAs(DOUBTER, anchored);
        pauseFor(MAXIMUM_PAUSE_SECONDS);
        VM.prank(PROPOSER);
        epochAnchor.releaseBond();
        passTime(1 days);
        VM.prank(PROPOSER);
        VM.expectRevert();
        epochAnchor.withdrawBond();
        passTime(1);
        VM.prank(PROPOSER);
        disputes.close(dispute, anchored);
        VM.prank(PROPOSER);
        epochAnchor.withdrawBond();
        assertEq(token.balanceOf(PROPOSER), 1_000 ether);
    }

    /// `replace` waits for the end of a pause. Asking for the signatures does not, and holds the root up meanwhile.
    function testAnInventedRootFallsDuringAPause() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory invented = proposeAs(PROPOSER, root, 1);
        pauseFor(MAXIMUM_PAUSE_SECONDS);
        passTime(CHALLENGE_SECONDS - 1);
        uint256 demand = demandAs(DOUBTER, invented);
        passTime(1 days + 1);
        assertTrue(guardian.isPaused() && !epochAnchor.isFinal(1), "held up");
        disputes.closeDemand(demand, invented);
        assertTrue(!epochAnchor.isAnchored(invented), "gone");
        // The deposit, and three tenths of the sender's bond.
        assertEq(token.balanceOf(DOUBTER), 1_012 ether);
    }

    function testTheLastSecondOfTheChallengeCountsAndTheNextDoesNot() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        uint256 finalAt = block.timestamp + CHALLENGE_SECONDS;
        VM.warp(finalAt);
        assertTrue(epochAnchor.isFinal(1), "final");
        VM.prank(DOUBTER);
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.AlreadyFinal.selector, 1));
        disputes.open(anchored, FIRST);
        VM.warp(finalAt - 1);
        openAs(DOUBTER, anchored);
        VM.warp(finalAt);
        assertTrue(!epochAnchor.isFinal(1), "disputed in time");
    }

    /// Released in the block of the root, the bond would be free in the second in which the root is final: a dispute of
    /// the second before still finds it.
    function testABondIsThereForADisputeInTheLastSecond() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        VM.prank(PROPOSER);
        epochAnchor.releaseBond();
        passTime(CHALLENGE_SECONDS - 1);
        openAs(DOUBTER, anchored);
        passTime(1);
        VM.prank(PROPOSER);
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.BondLocked.selector, block.timestamp));
        epochAnchor.withdrawBond();
    }

    /// Each overturned root costs the next one a look at an old era, no more; each cost its sender a bond.
    function testManyOverturnedRootsDoNotMakeTheNextTooDear() public {
        anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        for (uint256 i = 0; i < 100; ++i) {
            IEpochAnchor.Anchored memory next = anchorAs(
                PROPOSER,
                rootOf(2, FIRST, keccak256(abi.encode(i)))
            );
            VM.prank(address(disputes));
            epochAnchor.overturn(next, false);
            VM.prank(PROPOSER);
            epochAnchor.depositBond(2 * ROOT_BOND_WEI);
            if (i % 10 == 9) assertTrue(token.transfer(PROPOSER, 900 ether), "given");
        }
        IEpochAnchor.Anchored memory last = anchorAs(PROPOSER, rootOf(2, FIRST, SECOND));
        VM.prank(address(disputes));
        uint256 before = gasleft();
        epochAnchor.overturn(last, false);
        assertTrue(before - gasleft() < 100 * 2_500 + 100_000, "2,500 gas for each before it");
    }

    function delegateAs(uint256 who, uint256 amount) private {
        fund(who, amount);
        VM.prank(person(who));
        staking.delegate(nodeOf(0), amount);
    }

    function pauseFor(uint64 duration) private {
        VM.prank(KEEPER);
        guardian.pause(duration, "any");
    }

    function paid(address account, uint256 amount) private {
        VM.prank(account);
        assertEq(staking.withdraw(), amount);
        assertEq(token.balanceOf(account), amount);
    }
}
