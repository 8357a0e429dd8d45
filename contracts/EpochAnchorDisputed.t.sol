// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice What the Disputes contract may do to anchored roots, and what nobody may.
contract EpochAnchorDisputedTest is AnchorBase {
    function testOnlyDisputesFreezesThawsAndOverturns() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        bytes memory revertData = abi.encodeWithSelector(IEpochAnchor.NotDisputes.selector, address(this));
        VM.expectRevert(revertData);
        epochAnchor.freeze(anchored);
        VM.expectRevert(revertData);
        epochAnchor.thaw(1);
        VM.expectRevert(revertData);
        epochAnchor.overturn(anchored, true);
    }

    function testAFrozenEpochAndAllAfterItWait() public {
        anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        IEpochAnchor.Anchored memory second = anchorAs(PROPOSER, rootOf(2, FIRST, SECOND));
        anchorAs(PROPOSER, rootOf(3, SECOND, THIRD));
        freeze(second);
        passTime(CHALLENGE_SECONDS);
        assertTrue(epochAnchor.isFinal(1) && !epochAnchor.isFrozen(1), "before it");
        assertTrue(!epochAnchor.isFinal(2) && epochAnchor.isFrozen(2), "itself");
        assertTrue(!epochAnchor.isFinal(3) && epochAnchor.isFrozen(3), "after it");
        thaw(2);
        assertTrue(epochAnchor.isFinal(2) && epochAnchor.isFinal(3), "free again");
    }

    function testAnEpochIsFrozenUntilItsLastDisputeEnds() public {
        IEpochAnchor.Anchored memory first = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        IEpochAnchor.Anchored memory second = anchorAs(PROPOSER, rootOf(2, FIRST, SECOND));
        freeze(second);
        freeze(first);
        freeze(second);
        passTime(CHALLENGE_SECONDS);
        thaw(2);
        assertTrue(epochAnchor.isFrozen(1) && epochAnchor.isFrozen(2), "both");
        thaw(1);
        assertTrue(epochAnchor.isFinal(1) && epochAnchor.isFrozen(2), "the second");
        thaw(2);
        assertTrue(epochAnchor.isFinal(2), "none");
        VM.expectRevert();
        VM.prank(address(disputes));
        epochAnchor.thaw(2);
    }

    function testAFinalEpochIsNeitherFrozenNorOverturned() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        passTime(CHALLENGE_SECONDS);
        bytes memory revertData = abi.encodeWithSelector(IEpochAnchor.AlreadyFinal.selector, 1);
        VM.expectRevert(revertData);
        VM.prank(address(disputes));
        epochAnchor.freeze(anchored);
        VM.expectRevert(revertData);
        VM.prank(address(disputes));
        epochAnchor.overturn(anchored, true);
    }

    function testOnlyTheExactRootIsDisputed() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        anchored.parentSnapshotBlock = 7;
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.NotAnchored.selector, 1));
        VM.prank(address(disputes));
        epochAnchor.freeze(anchored);
    }

    function testOverturningGoesBackToTheRootBefore() public {
        IEpochAnchor.EpochRoot memory firstRoot = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory first = anchorAs(PROPOSER, firstRoot);
        VM.roll(block.number + 1);
        IEpochAnchor.Anchored memory second = anchorAs(PROPOSER, rootOf(5, FIRST, SECOND));
        IEpochAnchor.Anchored memory third = anchorAs(PROPOSER, rootOf(6, SECOND, THIRD));
        assertEq(overturn(second, true), ROOT_BOND_WEI);

        (bool exists, uint64 epoch, bytes32 stateRoot, uint64 snapshotBlock) = epochAnchor.last();
        assertTrue(exists, "the first stands");
        assertEq(epoch, 1);
        assertEq(stateRoot, FIRST);
        assertEq(snapshotBlock, firstRoot.snapshotBlock);
        assertTrue(epochAnchor.isAnchored(first), "first");
        assertTrue(!epochAnchor.isAnchored(second) && !epochAnchor.isAnchored(third), "gone");
        assertTrue(!epochAnchor.isProven(5), "not proven any more");
        assertEq(epochAnchor.anchoredAt(5), 0);
        assertEq(epochAnchor.claimsRootOf(6), 0);
    }

    function testOverturningTheFirstRootLeavesNone() public {
        IEpochAnchor.Anchored memory first = anchorAs(PROPOSER, rootOf(4, GENESIS, FIRST));
        overturn(first, false);
        (bool exists, , bytes32 stateRoot, ) = epochAnchor.last();
        assertTrue(!exists, "none");
        assertEq(stateRoot, 0);
        assertTrue(!epochAnchor.isAnchored(first), "gone");
        bondAgain(PROPOSER);
        anchorAs(PROPOSER, rootOf(2, THIRD, SECOND));
        assertEq(epochAnchor.anchoredAt(4), 0);
    }

    function testARefutedRootIsNeverAnchoredAgainAndAnotherIs() public {
        IEpochAnchor.EpochRoot memory wrong = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, wrong);
        overturn(anchored, true);
        bytes32 digest = epochAnchor.digestOf(wrong);
        assertTrue(epochAnchor.isRefuted(digest), "refuted");
        IEpochAnchor.CompactSignature[] memory signatures = certify(wrong, 3);
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.RootRefuted.selector, digest));
        VM.prank(RIVAL);
        epochAnchor.anchor(wrong, signatures);
        anchorAs(RIVAL, rootOf(1, GENESIS, SECOND));
    }

    function testARootThatFellForItsSignaturesCanComeBackWithThem() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 1);
        overturn(anchored, false);
        assertTrue(epochAnchor.isAnchored(anchorAs(RIVAL, root)), "back");
    }

    /// Epochs of an overturned branch stay gone while new ones pass their numbers.
    function testNothingOfAnOverturnedBranchComesBack() public {
        anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        IEpochAnchor.Anchored memory second = anchorAs(PROPOSER, rootOf(2, FIRST, SECOND));
        anchorAs(PROPOSER, rootOf(3, SECOND, THIRD));
        anchorAs(PROPOSER, rootOf(4, THIRD, GENESIS));
        overturn(second, true);
        // A second branch, which falls too, back to before the first.
        IEpochAnchor.Anchored memory other = anchorAs(RIVAL, rootOf(3, FIRST, keccak256("other")));
        anchorAs(RIVAL, rootOf(7, keccak256("other"), keccak256("more")));
        overturn(other, true);
        bondAgain(RIVAL);
        anchorAs(RIVAL, rootOf(9, FIRST, SECOND));
        passTime(CHALLENGE_SECONDS);
        for (uint64 epoch = 2; epoch < 9; ++epoch) {
            assertEq(epochAnchor.anchoredAt(epoch), 0);
            assertTrue(!epochAnchor.isFinal(epoch), "gone");
        }
        assertTrue(epochAnchor.isFinal(1) && epochAnchor.isFinal(9), "these stand");
    }

    /// The parent of an overturned root may stand since before other roots were overturned.
    function testABranchCanFallBackBeyondAnEarlierOne() public {
        IEpochAnchor.Anchored memory first = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        IEpochAnchor.Anchored memory second = anchorAs(PROPOSER, rootOf(2, FIRST, SECOND));
        IEpochAnchor.Anchored memory third = anchorAs(PROPOSER, rootOf(3, SECOND, THIRD));
        overturn(third, false);
        anchorAs(RIVAL, rootOf(4, SECOND, keccak256("fourth")));
        IEpochAnchor.Anchored memory fifth = anchorAs(RIVAL, rootOf(5, keccak256("fourth"), THIRD));
        overturn(fifth, false);
        overturn(second, false);
        assertTrue(epochAnchor.isAnchored(first), "the first stands");
        for (uint64 epoch = 2; epoch < 6; ++epoch) assertEq(epochAnchor.anchoredAt(epoch), 0);
        bondAgain(RIVAL);
        anchorAs(RIVAL, rootOf(6, FIRST, THIRD));
        for (uint64 epoch = 2; epoch < 6; ++epoch) assertEq(epochAnchor.anchoredAt(epoch), 0);
    }

    function testAnOverturnedRootIsNotOverturnedTwice() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        overturn(anchored, false);
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.NotAnchored.selector, 1));
        VM.prank(address(disputes));
        epochAnchor.overturn(anchored, false);
    }

    function testABondIsTakenOnce() public {
        IEpochAnchor.Anchored memory first = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        IEpochAnchor.Anchored memory second = anchorAs(PROPOSER, rootOf(2, FIRST, SECOND));
        assertEq(overturn(second, false), ROOT_BOND_WEI);
        assertEq(overturn(first, false), 0);
        assertEq(token.balanceOf(address(disputes)), ROOT_BOND_WEI);
    }

    function freeze(IEpochAnchor.Anchored memory anchored) private {
        VM.prank(address(disputes));
        epochAnchor.freeze(anchored);
    }

    function thaw(uint64 epoch) private {
        VM.prank(address(disputes));
        epochAnchor.thaw(epoch);
    }

    function overturn(IEpochAnchor.Anchored memory anchored, bool refuted) private returns (uint256) {
        VM.prank(address(disputes));
        return epochAnchor.overturn(anchored, refuted);
    }

    function bondAgain(address account) private {
        VM.prank(account);
        epochAnchor.depositBond(ROOT_BOND_WEI);
    }
}
