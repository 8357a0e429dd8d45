// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ICommitLog } from "./interfaces/ICommitLog.sol";
import { IDisputes } from "./interfaces/IDisputes.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice Evidence that is judged at once.
contract DisputesEvidenceTest is AnchorBase {
    address private constant REPORTER = address(0xB3);
    bytes32 private constant TWO_ROOTS = "two roots";

    function testTwoRootsOfOneEpochCostStake() public {
        (IDisputes.SignedRoot memory first, IDisputes.SignedRoot memory second) = twoRoots(0, 0);
        VM.prank(REPORTER);
        disputes.reportRoots(first, second, nodeOf(0));
        // Half of 100 is slashed, three tenths of that are the bounty.
        assertEq(staking.stakeOf(nodeOf(0)).amount, 50 ether);
        assertEq(token.balanceOf(REPORTER), 15 ether);
        assertEq(token.balanceOf(address(treasury)), 35 ether);

        bytes32 offence = keccak256(abi.encode(TWO_ROOTS, operatorOf(0), uint64(7), nodeOf(0)));
        VM.expectRevert(abi.encodeWithSelector(IDisputes.AlreadyPunished.selector, offence));
        disputes.reportRoots(second, first, nodeOf(0));
    }

    function testRootsThatDoNotContradictEachOtherProveNothing() public {
        (IDisputes.SignedRoot memory first, IDisputes.SignedRoot memory second) = twoRoots(0, 0);
        bytes memory revertData = abi.encodeWithSelector(IDisputes.NoContradiction.selector);
        VM.expectRevert(revertData);
        disputes.reportRoots(first, first, nodeOf(0));
        second.root.epoch = 8;
        second.signature = signWith(operatorKey(0), epochAnchor.digestOf(second.root));
        VM.expectRevert(revertData);
        disputes.reportRoots(first, second, nodeOf(0));
    }

    function testBothRootsMustBeSignedByTheNodesOperator() public {
        (IDisputes.SignedRoot memory first, IDisputes.SignedRoot memory second) = twoRoots(0, 1);
        VM.expectRevert(
            abi.encodeWithSelector(IDisputes.SignersDiffer.selector, operatorOf(0), operatorOf(1))
        );
        disputes.reportRoots(first, second, nodeOf(0));
        (first, second) = twoRoots(0, 0);
        VM.expectRevert(
            abi.encodeWithSelector(IDisputes.NotTheOperator.selector, operatorOf(1), operatorOf(0))
        );
        disputes.reportRoots(first, second, nodeOf(1));
        first.signature.vs = bytes32(type(uint256).max);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.InvalidSignature.selector));
        disputes.reportRoots(first, second, nodeOf(0));
    }

    /// Whoever signs another root after a jury overturned the first is not guilty of it.
    function testAnOverturnedRootDoesNotCountAgainstItsSigners() public {
        (IDisputes.SignedRoot memory first, IDisputes.SignedRoot memory second) = twoRoots(0, 0);
        refuteByDisputes(first.root);
        bytes memory revertData = abi.encodeWithSelector(IDisputes.NoContradiction.selector);
        VM.expectRevert(revertData);
        disputes.reportRoots(first, second, nodeOf(0));
        VM.expectRevert(revertData);
        disputes.reportRoots(second, first, nodeOf(0));
    }

    function testASignatureUnderAnOverturnedRootCostsStake() public {
        (IDisputes.SignedRoot memory first, ) = twoRoots(1, 1);
        bytes32 digest = epochAnchor.digestOf(first.root);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.NotRefuted.selector, digest));
        disputes.reportRefuted(first, nodeOf(1));
        refuteByDisputes(first.root);
        VM.prank(REPORTER);
        disputes.reportRefuted(first, nodeOf(1));
        assertEq(staking.stakeOf(nodeOf(1)).amount, 90 ether);
        assertEq(token.balanceOf(REPORTER), 3 ether);
    }

    function testNobodyIsPunishedAfterAllHasLeft() public {
        (IDisputes.SignedRoot memory first, IDisputes.SignedRoot memory second) = twoRoots(0, 0);
        VM.prank(person(0));
        staking.unstake(nodeOf(0), 100 ether);
        passTime(2 * UNBONDING_SECONDS);
        VM.prank(person(0));
        staking.withdraw();
        VM.expectRevert(abi.encodeWithSelector(IDisputes.KeyRetired.selector, operatorOf(0), nodeOf(0)));
        disputes.reportRoots(first, second, nodeOf(0));
    }

    function testStakeThatUnbondsIsPunishedToo() public {
        (IDisputes.SignedRoot memory first, IDisputes.SignedRoot memory second) = twoRoots(0, 0);
        VM.prank(person(0));
        staking.unstake(nodeOf(0), 100 ether);
        disputes.reportRoots(first, second, nodeOf(0));
        assertEq(staking.slashableWei(nodeOf(0)), 50 ether);
    }

    function testTwoBatchesOfOneEpochCostStake() public {
        IDisputes.SignedBatch memory first = signBatch(2, ICommitLog.Batch(7, FIRST, 3));
        IDisputes.SignedBatch memory second = signBatch(2, ICommitLog.Batch(7, FIRST, 4));
        bytes memory revertData = abi.encodeWithSelector(IDisputes.NoContradiction.selector);
        VM.expectRevert(revertData);
        disputes.reportBatches(first, first, nodeOf(2), block.number - 1);
        IDisputes.SignedBatch memory later = signBatch(2, ICommitLog.Batch(8, FIRST, 4));
        VM.expectRevert(revertData);
        disputes.reportBatches(first, later, nodeOf(2), block.number - 1);
        disputes.reportBatches(first, second, nodeOf(2), block.number - 1);
        assertEq(staking.stakeOf(nodeOf(2)).amount, 95 ether);
    }

    function testCommitsOutOfOrderCostStake() public {
        convicted(ICommitLog.Commit(0, FIRST, GENESIS), ICommitLog.Commit(1, FIRST, SECOND), 2);
        convicted(
            ICommitLog.Commit(4, bytes32(uint256(9)), GENESIS),
            ICommitLog.Commit(6, bytes32(uint256(8)), SECOND),
            9
        );
    }

    function testTwoCommitsAtOnePlaceCostStake() public {
        convicted(ICommitLog.Commit(0, FIRST, GENESIS), ICommitLog.Commit(0, FIRST, SECOND), 2);
        convicted(ICommitLog.Commit(0, FIRST, GENESIS), ICommitLog.Commit(0, SECOND, GENESIS), 2);
    }

    function testACommitBeyondTheCountCostsStake() public {
        convicted(ICommitLog.Commit(2, FIRST, GENESIS), ICommitLog.Commit(2, FIRST, GENESIS), 2);
    }

    function testCommitsInOrderProveNothing() public {
        ICommitLog.Commit memory low = ICommitLog.Commit(0, bytes32(uint256(1)), GENESIS);
        ICommitLog.Commit memory high = ICommitLog.Commit(1, bytes32(uint256(2)), GENESIS);
        acquitted(low, high);
        acquitted(high, low);
        acquitted(low, low);
    }

    function testCommitsThatAreNotInTheBatchProveNothing() public {
        ICommitLog.Commit memory commit = ICommitLog.Commit(0, FIRST, GENESIS);
        ICommitLog.Commit memory other = ICommitLog.Commit(0, FIRST, SECOND);
        (
            IDisputes.SignedBatch memory signed,
            IDisputes.ProvenCommit memory first,
            IDisputes.ProvenCommit memory second
        ) = batchOf(commit, other, 2);
        bytes memory revertData = abi.encodeWithSelector(IDisputes.NotInBatch.selector);
        second.commit.commitment = THIRD;
        VM.expectRevert(revertData);
        disputes.reportCommits(signed, first, second, nodeOf(2), block.number - 1);
        VM.expectRevert(revertData);
        disputes.reportCommits(signed, second, first, nodeOf(2), block.number - 1);
    }

    function testSignaturesThatDoNotSufficeFellTheirRootAtOnce() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 1);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 1);
        VM.prank(REPORTER);
        disputes.reportCertificate(anchored, signatures);
        assertTrue(!epochAnchor.isAnchored(anchored), "gone");
        assertEq(token.balanceOf(REPORTER), 12 ether);
        assertEq(token.balanceOf(address(treasury)), 28 ether);
    }

    function testOnlyTheSendersOwnSignaturesRefuteHisRoot() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        IEpochAnchor.CompactSignature[] memory few = certify(root, 1);
        VM.expectRevert(
            abi.encodeWithSelector(
                IDisputes.CertificateMismatch.selector,
                anchored.certificateDigest,
                digestOf(few)
            )
        );
        disputes.reportCertificate(anchored, few);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 2);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.CertificateSuffices.selector));
        disputes.reportCertificate(anchored, signatures);
    }

    function testARootThatWasProvenNeedsNoOtherSignatures() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 1);
        epochAnchor.prove(anchored, certify(root, 3));
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 1);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.AlreadyProven.selector, 1));
        disputes.reportCertificate(anchored, signatures);
    }

    function testFuzzOneRootIsNeverEvidence(uint64 epoch, bytes32 stateRoot, uint256 other) public {
        (IDisputes.SignedRoot memory first, ) = twoRoots(0, 0);
        first.root.epoch = epoch;
        first.root.stateRoot = stateRoot;
        first.signature = signWith(operatorKey(0), epochAnchor.digestOf(first.root));
        IDisputes.SignedRoot memory second = IDisputes.SignedRoot(
            first.root,
            signWith(clamp(other, 1, 1 << 128), epochAnchor.digestOf(first.root))
        );
        VM.expectRevert(abi.encodeWithSelector(IDisputes.NoContradiction.selector));
        disputes.reportRoots(first, second, nodeOf(0));
    }

    function twoRoots(
        uint256 firstSigner,
        uint256 secondSigner
    ) private view returns (IDisputes.SignedRoot memory first, IDisputes.SignedRoot memory second) {
        first.root = rootOf(7, GENESIS, FIRST);
        second.root = rootOf(7, GENESIS, SECOND);
        first.signature = signWith(operatorKey(firstSigner), epochAnchor.digestOf(first.root));
        second.signature = signWith(operatorKey(secondSigner), epochAnchor.digestOf(second.root));
    }

    function refuteByDisputes(IEpochAnchor.EpochRoot memory root) private {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, root);
        VM.prank(address(disputes));
        epochAnchor.overturn(anchored, true);
    }

    function signBatch(
        uint256 index,
        ICommitLog.Batch memory batch
    ) private view returns (IDisputes.SignedBatch memory) {
        return IDisputes.SignedBatch(batch, signWith(operatorKey(index), commitLog.digestOf(batch)));
    }

    /// A batch of these two commits, signed by operator 2, for another epoch with each count.
    function batchOf(
        ICommitLog.Commit memory a,
        ICommitLog.Commit memory b,
        uint32 count
    )
        private
        view
        returns (
            IDisputes.SignedBatch memory signed,
            IDisputes.ProvenCommit memory first,
            IDisputes.ProvenCommit memory second
        )
    {
        bytes32 leafA = keccak256(bytes.concat(keccak256(abi.encode(a))));
        bytes32 leafB = keccak256(bytes.concat(keccak256(abi.encode(b))));
        bytes32 root = keccak256(leafA < leafB ? abi.encode(leafA, leafB) : abi.encode(leafB, leafA));
        // A different epoch for each root, as one is punished once.
        uint64 epoch = uint64(uint256(root));
        signed = signBatch(2, ICommitLog.Batch(epoch, root, count));
        first = IDisputes.ProvenCommit(a, new bytes32[](1));
        second = IDisputes.ProvenCommit(b, new bytes32[](1));
        (first.proof[0], second.proof[0]) = (leafB, leafA);
    }

    function convicted(ICommitLog.Commit memory a, ICommitLog.Commit memory b, uint32 count) private {
        (
            IDisputes.SignedBatch memory signed,
            IDisputes.ProvenCommit memory first,
            IDisputes.ProvenCommit memory second
        ) = batchOf(a, b, count);
        uint256 before = staking.stakeOf(nodeOf(2)).amount;
        disputes.reportCommits(signed, first, second, nodeOf(2), block.number - 1);
        assertEq(staking.stakeOf(nodeOf(2)).amount, (before * 95) / 100);
    }

    function acquitted(ICommitLog.Commit memory a, ICommitLog.Commit memory b) private {
        (
            IDisputes.SignedBatch memory signed,
            IDisputes.ProvenCommit memory first,
            IDisputes.ProvenCommit memory second
        ) = batchOf(a, b, 2);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.NoContradiction.selector));
        disputes.reportCommits(signed, first, second, nodeOf(2), block.number - 1);
    }
}
