// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IDisputes } from "./interfaces/IDisputes.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice Signatures of proposed roots, asked for and shown.
contract DisputesDemandTest is AnchorBase {
    uint256 private constant PROOF_SECONDS = 1 days;
    uint256 private constant BOUNTY_PPM = 300_000;

    function testWhoeverShowsTheSignaturesGetsTheDeposit() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        uint256 demand = demandAs(DOUBTER, anchored);
        assertEq(token.balanceOf(DOUBTER), 1_000 ether - DEMAND_WEI);
        assertEq(disputes.demandOf(demand).deadline, block.timestamp + PROOF_SECONDS);
        passTime(CHALLENGE_SECONDS);
        assertTrue(!epochAnchor.isFinal(1), "waits for the answer");

        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        VM.prank(RIVAL);
        disputes.answer(demand, anchored, signatures);
        assertEq(token.balanceOf(RIVAL), 1_000 ether - ROOT_BOND_WEI + DEMAND_WEI);
        assertTrue(epochAnchor.isFinal(1) && epochAnchor.isProven(1), "proven, and final");
        VM.expectRevert(abi.encodeWithSelector(IDisputes.AlreadyProven.selector, 1));
        demandAs(DOUBTER, anchored);
    }

    function testTooFewSignaturesAreNoAnswer() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        uint256 demand = demandAs(DOUBTER, anchored);
        IEpochAnchor.CompactSignature[] memory few = certify(root, 1);
        VM.expectRevert(
            abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 100 ether, 300 ether)
        );
        disputes.answer(demand, anchored, few);
    }

    function testWithoutAnAnswerTheRootFallsAndTheAskerIsPaid() public {
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, rootOf(1, GENESIS, FIRST), 1);
        uint256 demand = demandAs(DOUBTER, anchored);
        uint256 deadline = block.timestamp + PROOF_SECONDS;
        VM.warp(deadline);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.NotOver.selector, deadline));
        disputes.closeDemand(demand, anchored);
        passTime(1);
        disputes.closeDemand(demand, anchored);

        assertTrue(!epochAnchor.isAnchored(anchored) && !epochAnchor.isFrozen(1), "gone");
        uint256 bounty = (ROOT_BOND_WEI * BOUNTY_PPM) / 1_000_000;
        assertEq(token.balanceOf(DOUBTER), 1_000 ether + bounty);
        assertEq(token.balanceOf(address(treasury)), ROOT_BOND_WEI - bounty);
        assertEq(token.balanceOf(address(disputes)), 0);
        assertTrue(!epochAnchor.isRefuted(epochAnchor.digestOf(anchored.root)), "may come back");
    }

    function testALateAnswerCountsUntilTheDemandIsClosed() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        uint256 demand = demandAs(DOUBTER, anchored);
        passTime(PROOF_SECONDS + 1);
        disputes.answer(demand, anchored, certify(root, 2));
        assertTrue(epochAnchor.isFinal(1), "final");
    }

    function testARootProvenElsewhereEarnsItsSenderTheDeposit() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        uint256 demand = demandAs(DOUBTER, anchored);
        epochAnchor.prove(anchored, certify(root, 2));
        disputes.closeDemand(demand, anchored);
        assertEq(token.balanceOf(PROPOSER), 1_000 ether - ROOT_BOND_WEI + DEMAND_WEI);
        assertTrue(!epochAnchor.isFrozen(1), "free");
    }

    function testADemandAboutARootThatIsGonePaysTheDepositBack() public {
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, rootOf(1, GENESIS, FIRST), 1);
        uint256 demand = demandAs(DOUBTER, anchored);
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, SECOND);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        VM.prank(RIVAL);
        epochAnchor.replace(anchored, root, signatures);
        assertTrue(epochAnchor.isFrozen(1), "until it is closed");
        disputes.closeDemand(demand, anchored);
        assertEq(token.balanceOf(DOUBTER), 1_000 ether);
        assertTrue(!epochAnchor.isFrozen(1), "free");
    }

    /// The same root proposed again by the same sender is another one.
    function testAnOldDemandDoesNotStrikeARootProposedAgain() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        bytes32 certificateDigest = digestOf(certify(root, 1));
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 1);
        uint256 demand = demandAs(DOUBTER, anchored);
        disputes.reportCertificate(anchored, certify(root, 1));
        passTime(PROOF_SECONDS + 1);
        VM.prank(PROPOSER);
        epochAnchor.depositBond(ROOT_BOND_WEI);
        VM.prank(PROPOSER);
        epochAnchor.propose(root, certificateDigest);
        disputes.closeDemand(demand, anchored);
        assertTrue(epochAnchor.isAnchored(anchored), "stands");
        assertEq(token.balanceOf(DOUBTER), 1_000 ether);
    }

    function testOneDemandARootAndOneEndADemand() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        uint256 demand = demandAs(DOUBTER, anchored);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.AlreadyDemanded.selector, demand));
        demandAs(DOUBTER, anchored);

        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 2);
        IEpochAnchor.Anchored memory other = proposeAs(RIVAL, rootOf(2, FIRST, SECOND), 2);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.AnchoredMismatch.selector));
        disputes.answer(demand, other, signatures);
        disputes.answer(demand, anchored, signatures);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.UnknownDemand.selector));
        disputes.answer(demand, anchored, signatures);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.UnknownDemand.selector));
        disputes.closeDemand(demand, anchored);
    }

    function testOnlyRootsThatCanStillFallAreAskedAbout() public {
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, rootOf(1, GENESIS, FIRST), 2);
        passTime(CHALLENGE_SECONDS);
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.AlreadyFinal.selector, 1));
        demandAs(DOUBTER, anchored);
        anchored.root.epoch = 2;
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.NotAnchored.selector, 2));
        demandAs(DOUBTER, anchored);
    }
}
