// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ICommitLog } from "./interfaces/ICommitLog.sol";
import { IDisputes } from "./interfaces/IDisputes.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice Which node pays for what a key has signed, how long, and how often.
contract DisputesKeysTest is AnchorBase {
    uint64 private constant EPOCH = 7;

    /// Somebody has another, poorer node with the same key at another time, and reports themself with that one.
    function testAnOffencePaidByOneNodeIsNotPaidByTheOther() public {
        uint64 poorTimes = uint64(block.number - 1);
        moveKeyToAnotherNode();
        uint64 richTimes = uint64(block.number);
        VM.roll(block.number + 1);

        disputes.reportRoots(signedRoot(poorTimes, FIRST), signedRoot(poorTimes, SECOND), nodeOf(0));
        disputes.reportRoots(signedRoot(richTimes, FIRST), signedRoot(richTimes, SECOND), nodeOf(5));
        assertEq(staking.stakeOf(nodeOf(5)).amount, 5_000 ether);
    }

    /// Somebody reports themself for an epoch to come while the stake is small, to be free when it is large.
    function testAnOffenceCannotBePaidForAhead() public {
        uint64 before = uint64(block.number - 1);
        disputes.reportRoots(signedRoot(before, FIRST), signedRoot(before, SECOND), nodeOf(0));
        stakeAs(0, 9_950 ether);
        VM.roll(block.number + 2);
        uint64 afterwards = uint64(block.number - 1);
        disputes.reportRoots(signedRoot(afterwards, FIRST), signedRoot(afterwards, SECOND), nodeOf(0));
        assertEq(staking.stakeOf(nodeOf(0)).amount, 5_000 ether);
    }

    /// An operator signs against itself, for one epoch after the other, and reports it: the bounty must not be paid out of
    /// what others delegated.
    function testAnOperatorEarnsNothingByReportingItself() public {
        fund(4, 500_000 ether);
        VM.prank(person(4));
        staking.delegate(nodeOf(0), 500_000 ether);
        VM.roll(block.number + 1);
        uint64 snapshot = uint64(block.number - 1);
        address friend = address(0xF1);
        for (uint64 epoch = 1; epoch <= 20; ++epoch) {
            IDisputes.SignedRoot memory first = signedRoot(snapshot, FIRST);
            IDisputes.SignedRoot memory second = signedRoot(snapshot, SECOND);
            (first.root.epoch, second.root.epoch) = (epoch, epoch);
            first.signature = signWith(operatorKey(0), epochAnchor.digestOf(first.root));
            second.signature = signWith(operatorKey(0), epochAnchor.digestOf(second.root));
            VM.prank(friend);
            disputes.reportRoots(first, second, nodeOf(0));
        }
        assertTrue(token.balanceOf(friend) <= 30 ether, "three tenths of the own hundred at most");
    }

    function testTheSameEvidenceIsPunishedOnce() public {
        uint64 snapshot = uint64(block.number - 1);
        IDisputes.SignedRoot memory first = signedRoot(snapshot, FIRST);
        IDisputes.SignedRoot memory second = signedRoot(snapshot, SECOND);
        disputes.reportRoots(first, second, nodeOf(0));
        VM.roll(block.number + 1_000);
        IDisputes.SignedRoot memory later = signedRoot(uint64(block.number - 1), THIRD);
        bytes memory punished = abi.encodeWithSelector(
            IDisputes.AlreadyPunished.selector,
            offenceOf("two roots")
        );
        VM.expectRevert(punished);
        disputes.reportRoots(second, first, nodeOf(0));
        VM.expectRevert(punished);
        disputes.reportRoots(later, first, nodeOf(0));
    }

    function testBatchesOfAnEpochArePunishedOnceWhateverBlockIsNamed() public {
        (IDisputes.SignedBatch memory first, IDisputes.SignedBatch memory second) = twoBatches();
        disputes.reportBatches(first, second, nodeOf(0), block.number - 1);
        VM.roll(block.number + 1_000);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.AlreadyPunished.selector, offenceOf("two batches")));
        disputes.reportBatches(first, second, nodeOf(0), block.number - 1);
    }

    /// Who gave up a key that was stolen is not plundered with it for ever.
    function testARetiredKeyAnswersForTheUnbondingTimeAndNoLonger() public {
        uint64 served = uint64(block.number - 1);
        IDisputes.SignedRoot memory first = signedRoot(served, FIRST);
        IDisputes.SignedRoot memory second = signedRoot(served, SECOND);
        changeKey();
        assertTrue(staking.answersFor(operatorOf(0), nodeOf(0)), "for a while");
        passTime(UNBONDING_SECONDS - 1);
        uint256 snapshot = block.timestamp;
        assertTrue(staking.answersFor(operatorOf(0), nodeOf(0)), "the whole time");
        passTime(UNBONDING_SECONDS / 16 + 1);
        assertTrue(!staking.answersFor(operatorOf(0), nodeOf(0)), "over");
        bytes memory retired = abi.encodeWithSelector(
            IDisputes.KeyRetired.selector,
            operatorOf(0),
            nodeOf(0)
        );
        VM.expectRevert(retired);
        disputes.reportRoots(first, second, nodeOf(0));
        (IDisputes.SignedBatch memory one, IDisputes.SignedBatch memory two) = twoBatches();
        VM.expectRevert(retired);
        disputes.reportBatches(one, two, nodeOf(0), served);
        VM.warp(snapshot);
        disputes.reportRoots(first, second, nodeOf(0));
        assertEq(staking.stakeOf(nodeOf(0)).amount, 50 ether);
    }

    /// The thief binds the key to a node of their own: it answers for that one, and for no other.
    function testARetiredKeyAnswersForItsNewNodeAlone() public {
        uint64 served = uint64(block.number - 1);
        moveKeyToAnotherNode();
        passTime(2 * UNBONDING_SECONDS);
        assertTrue(staking.answersFor(operatorOf(0), nodeOf(5)), "the new one");
        IDisputes.SignedRoot memory first = signedRoot(served, FIRST);
        IDisputes.SignedRoot memory second = signedRoot(served, SECOND);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.KeyRetired.selector, operatorOf(0), nodeOf(0)));
        disputes.reportRoots(first, second, nodeOf(0));
    }

    function testChangingTheKeyDoesNotEscapePunishment() public {
        uint64 served = uint64(block.number - 1);
        IDisputes.SignedRoot memory first = signedRoot(served, FIRST);
        IDisputes.SignedRoot memory second = signedRoot(served, SECOND);
        changeKey();
        disputes.reportRoots(first, second, nodeOf(0));
        assertEq(staking.stakeOf(nodeOf(0)).amount, 50 ether);
    }

    /// The node's next owner got the operator's key too: what it signed before is not theirs to pay.
    function testALaterOwnerWithTheSameKeyPaysNothing() public {
        uint64 served = uint64(block.number - 1);
        VM.prank(person(0));
        staking.unstake(nodeOf(0), 100 ether);
        passTime(2 * UNBONDING_SECONDS);
        assertTrue(token.transfer(person(8), 200 ether), "given");
        bytes memory proof = bindingProof(0, person(8));
        VM.prank(person(8));
        token.approve(address(staking), type(uint256).max);
        VM.prank(person(8));
        staking.stake(nodeOf(0), operatorOf(0), 200 ether, proof);
        IDisputes.SignedRoot memory first = signedRoot(served, FIRST);
        IDisputes.SignedRoot memory second = signedRoot(served, SECOND);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.NothingToTake.selector));
        disputes.reportRoots(first, second, nodeOf(0));
    }

    function signedRoot(
        uint64 snapshotBlock,
        bytes32 stateRoot
    ) private view returns (IDisputes.SignedRoot memory signed) {
        signed.root = rootOf(EPOCH, GENESIS, stateRoot);
        signed.root.snapshotBlock = snapshotBlock;
        signed.signature = signWith(operatorKey(0), epochAnchor.digestOf(signed.root));
    }

    function twoBatches()
        private
        view
        returns (IDisputes.SignedBatch memory first, IDisputes.SignedBatch memory second)
    {
        first.batch = ICommitLog.Batch(EPOCH, FIRST, 3);
        second.batch = ICommitLog.Batch(EPOCH, SECOND, 3);
        first.signature = signWith(operatorKey(0), commitLog.digestOf(first.batch));
        second.signature = signWith(operatorKey(0), commitLog.digestOf(second.batch));
    }

    function offenceOf(bytes32 kind) private pure returns (bytes32) {
        return keccak256(abi.encode(kind, operatorOf(0), EPOCH, nodeOf(0)));
    }

    /// Node 0 goes on with another key.
    function changeKey() private {
        bytes32 digest = staking.bindingDigest(nodeOf(0), person(0), operatorOf(6));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(operatorKey(6), digest);
        VM.prank(person(0));
        staking.setOperator(nodeOf(0), operatorOf(6), abi.encodePacked(r, s, v));
    }

    /// The key of node 0 goes to the node of person 5, with a hundred times the stake.
    function moveKeyToAnotherNode() private {
        changeKey();
        fund(5, 10_000 ether);
        bytes32 digest = staking.bindingDigest(nodeOf(5), person(5), operatorOf(0));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(operatorKey(0), digest);
        VM.prank(person(5));
        staking.stake(nodeOf(5), operatorOf(0), 10_000 ether, abi.encodePacked(r, s, v));
    }
}
