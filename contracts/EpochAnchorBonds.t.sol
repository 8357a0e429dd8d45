// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IPausable } from "./interfaces/IPausable.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice Bonds, pauses, and several epochs at once.
contract EpochAnchorBondsTest is AnchorBase {
    function testARootNeedsABond() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        bytes memory revertData = abi.encodeWithSelector(
            IEpochAnchor.BondTooSmall.selector,
            ROOT_BOND_WEI,
            0
        );
        VM.expectRevert(revertData);
        epochAnchor.anchor(root, signatures);
        VM.expectRevert(revertData);
        epochAnchor.propose(root, digestOf(signatures));
        anchorAs(PROPOSER, root);
    }

    function testOneBondStandsForAllRoots() public {
        anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        anchorAs(PROPOSER, rootOf(2, FIRST, SECOND));
        (uint256 amount, uint256 withdrawableAt) = epochAnchor.bondOf(PROPOSER);
        assertEq(amount, ROOT_BOND_WEI);
        assertEq(withdrawableAt, 0);
    }

    function testABondComesBackOnceAllItsRootsAreFinal() public {
        anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        lockedUntil(0);
        VM.prank(PROPOSER);
        epochAnchor.releaseBond();
        passTime(CHALLENGE_SECONDS - 1);
        lockedUntil(block.timestamp + 1);
        passTime(1);
        VM.prank(PROPOSER);
        epochAnchor.withdrawBond();
        assertEq(token.balanceOf(PROPOSER), 1_000 ether);
        (uint256 amount, ) = epochAnchor.bondOf(PROPOSER);
        assertEq(amount, 0);
    }

    function testAReleasedBondStandsForNothingUntilDepositedAgain() public {
        VM.prank(PROPOSER);
        epochAnchor.releaseBond();
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        VM.expectRevert(
            abi.encodeWithSelector(IEpochAnchor.BondTooSmall.selector, ROOT_BOND_WEI, ROOT_BOND_WEI)
        );
        VM.prank(PROPOSER);
        epochAnchor.anchor(root, signatures);
        VM.prank(PROPOSER);
        epochAnchor.depositBond(1);
        anchorAs(PROPOSER, root);
        (uint256 amount, uint256 withdrawableAt) = epochAnchor.bondOf(PROPOSER);
        assertEq(amount, ROOT_BOND_WEI + 1);
        assertEq(withdrawableAt, 0);
    }

    function testABondWaitsForADisputeAboutItsEpochs() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        openAs(DOUBTER, anchored);
        VM.prank(PROPOSER);
        epochAnchor.releaseBond();
        uint256 due = block.timestamp + CHALLENGE_SECONDS;
        passTime(CHALLENGE_SECONDS);
        lockedUntil(due);
        passTime(1 days);
        disputes.close(1, anchored);
        VM.prank(PROPOSER);
        epochAnchor.withdrawBond();
    }

    function testNothingIsDepositedReleasedOrWithdrawnWithoutAnAmount() public {
        bytes memory revertData = abi.encodeWithSelector(IEpochAnchor.InvalidAmount.selector);
        VM.expectRevert(revertData);
        epochAnchor.depositBond(0);
        VM.expectRevert(revertData);
        epochAnchor.releaseBond();
        VM.expectRevert(revertData);
        epochAnchor.withdrawBond();
    }

    function testAPauseStopsAnchoringAndNothingElse() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 3);
        VM.prank(KEEPER);
        guardian.pause(uint64(1 hours), "a fault");
        uint64 until = uint64(block.timestamp + 1 hours);
        assertEq(epochAnchor.pausedUntil(), until);

        IEpochAnchor.EpochRoot memory next = rootOf(2, FIRST, SECOND);
        IEpochAnchor.CompactSignature[] memory signatures = certify(next, 3);
        VM.expectRevert(abi.encodeWithSelector(IPausable.Paused.selector, until));
        VM.prank(RIVAL);
        epochAnchor.anchor(next, signatures);

        disputes.answer(demandAs(DOUBTER, anchored), anchored, certify(root, 3));
        VM.prank(PROPOSER);
        epochAnchor.releaseBond();
        passTime(1 hours);
        VM.prank(PROPOSER);
        epochAnchor.withdrawBond();
        anchorAs(RIVAL, next);
    }

    function testOnlyTheGuardianPauses() public {
        VM.expectRevert(abi.encodeWithSelector(IPausable.NotGuardian.selector, address(this)));
        epochAnchor.pauseUntil(1);
    }

    function testSeveralEpochsAreAnchoredAtOnce() public {
        (
            IEpochAnchor.EpochRoot[] memory roots,
            IEpochAnchor.CompactSignature[][] memory certificates
        ) = threeEpochs();
        VM.prank(PROPOSER);
        epochAnchor.anchorMany(roots, certificates);
        (, uint64 epoch, bytes32 stateRoot, ) = epochAnchor.last();
        assertEq(epoch, 5);
        assertEq(stateRoot, THIRD);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(epochAnchor.claimsRootOf(roots[i].epoch), roots[i].claimsRoot);
        }
    }

    function testSeveralEpochsAreAnchoredAllOrNone() public {
        (
            IEpochAnchor.EpochRoot[] memory roots,
            IEpochAnchor.CompactSignature[][] memory certificates
        ) = threeEpochs();
        certificates[2] = certify(roots[2], 1);
        VM.expectRevert(
            abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 100 ether, 300 ether)
        );
        VM.prank(PROPOSER);
        epochAnchor.anchorMany(roots, certificates);
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.LengthMismatch.selector, 3, 0));
        epochAnchor.anchorMany(roots, new IEpochAnchor.CompactSignature[][](0));
        (bool exists, , , ) = epochAnchor.last();
        assertTrue(!exists, "nothing is anchored");
    }

    function lockedUntil(uint256 withdrawableAt) private {
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.BondLocked.selector, withdrawableAt));
        VM.prank(PROPOSER);
        epochAnchor.withdrawBond();
    }

    function threeEpochs()
        private
        view
        returns (IEpochAnchor.EpochRoot[] memory roots, IEpochAnchor.CompactSignature[][] memory certificates)
    {
        roots = new IEpochAnchor.EpochRoot[](3);
        roots[0] = rootOf(1, GENESIS, FIRST);
        roots[1] = rootOf(4, FIRST, SECOND);
        roots[2] = rootOf(5, SECOND, THIRD);
        certificates = new IEpochAnchor.CompactSignature[][](3);
        for (uint256 i = 0; i < 3; ++i) certificates[i] = certify(roots[i], 2);
    }
}
