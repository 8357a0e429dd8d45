// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { EpochAnchor } from "./EpochAnchor.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice Roots whose signatures are only looked at when somebody asks.
contract EpochAnchorProposalsTest is AnchorBase {
    function testAProposedRootBecomesFinalUnlessSomebodyAsks() public {
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, rootOf(1, GENESIS, FIRST), 2);
        assertTrue(epochAnchor.isAnchored(anchored), "anchored");
        assertTrue(!epochAnchor.isProven(1), "not proven");
        (bool isFinal, ) = epochAnchor.finalClaimsRoot(1);
        assertTrue(!isFinal, "can be challenged");
        passTime(CHALLENGE_SECONDS);
        bytes32 claimsRoot;
        (isFinal, claimsRoot) = epochAnchor.finalClaimsRoot(1);
        assertTrue(isFinal, "final");
        assertEq(claimsRoot, anchored.root.claimsRoot);
    }

    function testTheNextRootBuildsOnAProposedOne() public {
        proposeAs(PROPOSER, rootOf(1, GENESIS, FIRST), 2);
        anchorAs(RIVAL, rootOf(2, FIRST, SECOND));
        assertTrue(epochAnchor.isProven(2), "signatures checked");
    }

    function testProposedRootsObeyTheRulesOfAll() public {
        proposeAs(PROPOSER, rootOf(3, GENESIS, FIRST), 2);
        refuse(
            rootOf(3, FIRST, SECOND),
            abi.encodeWithSelector(IEpochAnchor.EpochNotAfterLast.selector, 3, 3)
        );
        refuse(
            rootOf(4, SECOND, THIRD),
            abi.encodeWithSelector(IEpochAnchor.PreviousRootMismatch.selector, FIRST, SECOND)
        );
        IEpochAnchor.EpochRoot memory future = rootOf(4, FIRST, SECOND);
        future.snapshotBlock = uint64(block.number);
        refuse(
            future,
            abi.encodeWithSelector(
                IEpochAnchor.SnapshotBlockOutOfRange.selector,
                block.number - 1,
                block.number - 1,
                block.number
            )
        );
    }

    function testAProposalNamesItsSignatures() public {
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.CertificateDigestMissing.selector));
        VM.prank(PROPOSER);
        epochAnchor.propose(rootOf(1, GENESIS, FIRST), bytes32(0));
    }

    function testNothingIsProposedWithoutBondOrChallengeTime() public {
        bytes memory revertData = abi.encodeWithSelector(IEpochAnchor.ProposingDisabled.selector);
        EpochAnchor noBond = new EpochAnchor(staking, token, address(0), address(0), 1 hours, 0);
        VM.expectRevert(revertData);
        noBond.propose(rootOf(1, GENESIS, FIRST), FIRST);
        EpochAnchor noTime = new EpochAnchor(staking, token, address(0), address(0), 0, 1);
        VM.expectRevert(revertData);
        noTime.propose(rootOf(1, GENESIS, FIRST), FIRST);
    }

    function testAnyTwoThirdsProveARoot() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        IEpochAnchor.CompactSignature[] memory few = certify(root, 1);
        VM.expectRevert(
            abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 100 ether, 300 ether)
        );
        epochAnchor.prove(anchored, few);
        epochAnchor.prove(anchored, certify(root, 3));
        assertTrue(epochAnchor.isProven(1), "proven");
        IEpochAnchor.CompactSignature[] memory again = certify(root, 3);
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.AlreadyProven.selector, 1));
        epochAnchor.prove(anchored, again);
    }

    function testOnlyWhatIsAnchoredIsProven() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        anchored.sender = RIVAL;
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.NotAnchored.selector, 1));
        epochAnchor.prove(anchored, signatures);
    }

    function testACertifiedRootTakesThePlaceOfAnInventedOne() public {
        anchorAs(RIVAL, rootOf(1, GENESIS, FIRST));
        IEpochAnchor.Anchored memory invented = proposeAs(PROPOSER, rootOf(900, FIRST, THIRD), 1);
        // Whatever builds on it falls with it, and costs its sender nothing.
        proposeAs(RIVAL, rootOf(901, THIRD, GENESIS), 1);

        IEpochAnchor.EpochRoot memory root = rootOf(2, FIRST, SECOND);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        uint256 before = token.balanceOf(RIVAL);
        VM.prank(RIVAL);
        epochAnchor.replace(invented, root, signatures);

        assertEq(token.balanceOf(RIVAL), before + ROOT_BOND_WEI);
        (uint256 left, ) = epochAnchor.bondOf(PROPOSER);
        assertEq(left, 0);
        (left, ) = epochAnchor.bondOf(RIVAL);
        assertEq(left, ROOT_BOND_WEI);
        (, uint64 epoch, bytes32 stateRoot, ) = epochAnchor.last();
        assertEq(epoch, 2);
        assertEq(stateRoot, SECOND);
        for (uint64 gone = 900; gone < 902; ++gone) {
            assertEq(epochAnchor.anchoredAt(gone), 0);
            assertEq(epochAnchor.claimsRootOf(gone), 0);
            passTime(CHALLENGE_SECONDS);
            assertTrue(!epochAnchor.isFinal(gone), "gone");
        }
        assertTrue(epochAnchor.isFinal(1) && epochAnchor.isFinal(2), "the rest stands");
    }

    function testTheFirstRootCanBeReplacedToo() public {
        IEpochAnchor.Anchored memory invented = proposeAs(PROPOSER, rootOf(5, GENESIS, THIRD), 1);
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 2);
        VM.prank(RIVAL);
        epochAnchor.replace(invented, root, signatures);
        (, uint64 epoch, bytes32 stateRoot, ) = epochAnchor.last();
        assertEq(epoch, 1);
        assertEq(stateRoot, FIRST);
    }

    function testAProvenRootIsNotReplaced() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        epochAnchor.prove(anchored, certify(root, 2));
        refuseToReplace(
            anchored,
            rootOf(2, GENESIS, SECOND),
            abi.encodeWithSelector(IEpochAnchor.AlreadyProven.selector, 1)
        );
    }

    function testAFinalRootIsNotReplaced() public {
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, rootOf(1, GENESIS, FIRST), 2);
        passTime(CHALLENGE_SECONDS);
        refuseToReplace(
            anchored,
            rootOf(2, GENESIS, SECOND),
            abi.encodeWithSelector(IEpochAnchor.AlreadyFinal.selector, 1)
        );
    }

    function testARootDoesNotReplaceItself() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        refuseToReplace(
            anchored,
            root,
            abi.encodeWithSelector(IEpochAnchor.SameRoot.selector, epochAnchor.digestOf(root))
        );
    }

    function testOnlyACertificateReplaces() public {
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, rootOf(1, GENESIS, FIRST), 2);
        IEpochAnchor.EpochRoot memory root = rootOf(2, GENESIS, SECOND);
        IEpochAnchor.CompactSignature[] memory few = certify(root, 1);
        VM.expectRevert(
            abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 100 ether, 300 ether)
        );
        VM.prank(RIVAL);
        epochAnchor.replace(anchored, root, few);
        assertTrue(epochAnchor.isAnchored(anchored), "stands");
    }

    function testCertifiesSaysWhatAnchorAccepts() public view {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        assertTrue(epochAnchor.certifies(root, certify(root, 2)), "two of three");
        assertTrue(!epochAnchor.certifies(root, certify(root, 1)), "one of three");
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        signatures[2] = signatures[1];
        assertTrue(!epochAnchor.certifies(root, signatures), "out of order");
        signatures[2] = IEpochAnchor.CompactSignature(0, 0);
        assertTrue(!epochAnchor.certifies(root, signatures), "malformed");
    }

    function refuse(IEpochAnchor.EpochRoot memory root, bytes memory revertData) private {
        VM.expectRevert(revertData);
        VM.prank(PROPOSER);
        epochAnchor.propose(root, FIRST);
    }

    function refuseToReplace(
        IEpochAnchor.Anchored memory anchored,
        IEpochAnchor.EpochRoot memory root,
        bytes memory revertData
    ) private {
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        VM.expectRevert(revertData);
        VM.prank(RIVAL);
        epochAnchor.replace(anchored, root, signatures);
    }
}
