// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IAccountLinks } from "./interfaces/IAccountLinks.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { ICommitLog } from "./interfaces/ICommitLog.sol";
import { IDisputes } from "./interfaces/IDisputes.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice Attempts that cross the borders of contracts, chains and epochs.
contract AttacksTest is AnchorBase {
    uint64 private constant OTHER_CHAIN = 424_242;
    address private constant EARNER = address(0xEA);

    function testAPaidEpochThatIsLowerLaterPaysNothingAndAnOverturnedOneNever() public {
        IEpochAnchor.Anchored memory wrong = anchorDues(1, GENESIS, FIRST, 9 ether);
        overturn(wrong);
        anchorDues(1, GENESIS, SECOND, 5 ether);
        passTime(CHALLENGE_SECONDS);
        bytes32[] memory proof = new bytes32[](0);
        VM.expectRevert(abi.encodeWithSelector(IClaims.InvalidProof.selector));
        claims.claim(1, EARNER, 9 ether, proof);
        claims.claim(1, EARNER, 5 ether, proof);

        anchorDues(2, SECOND, THIRD, 4 ether);
        passTime(CHALLENGE_SECONDS);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToClaim.selector, 5 ether, 4 ether));
        claims.claim(2, EARNER, 4 ether, proof);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToClaim.selector, 5 ether, 5 ether));
        claims.claim(1, EARNER, 5 ether, proof);
        assertEq(token.balanceOf(EARNER), 5 ether);
    }

    /// The root of an epoch is remembered by Claims only when it is final: one that falls before leaves nothing there.
    function testAClaimBeforeFinalityLeavesNoTraceOfARootThatFalls() public {
        IEpochAnchor.Anchored memory wrong = anchorDues(1, GENESIS, FIRST, 9 ether);
        bytes32[] memory proof = new bytes32[](0);
        VM.expectRevert(abi.encodeWithSelector(IClaims.EpochNotFinal.selector, 1));
        claims.claim(1, EARNER, 9 ether, proof);
        uint256 dispute = openAs(DOUBTER, wrong);
        passTime(CHALLENGE_SECONDS);
        VM.expectRevert(abi.encodeWithSelector(IClaims.EpochNotFinal.selector, 1));
        claims.claim(1, EARNER, 9 ether, proof);
        assertEq(disputes.disputeOf(dispute).epoch, 1);
        overturn(wrong);
        VM.expectRevert(abi.encodeWithSelector(IClaims.EpochNotFinal.selector, 1));
        claims.claim(1, EARNER, 9 ether, proof);
    }

    function testARulingOfAnotherChainIsNobodys() public {
        uint256 dispute = openAs(DOUBTER, anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST)));
        VM.roll(disputes.disputeOf(dispute).drawBlock + 1);
        disputes.draw(dispute);
        VM.chainId(OTHER_CHAIN);
        bytes32 digest = disputes.rulingDigest(dispute, 1, IDisputes.Ruling.Overturn);
        VM.chainId(31_337);
        IEpochAnchor.CompactSignature[] memory signatures = signAll(keysOf(list(0)), digest);
        VM.expectRevert();
        disputes.rule(dispute, IDisputes.Ruling.Overturn, signatures);
        assertEq(disputes.disputeOf(dispute).overturnSeats, 0);
    }

    function testABatchOfAnotherChainIsNotItsOperators() public {
        ICommitLog.Batch memory batch = ICommitLog.Batch(1, FIRST, 3);
        VM.chainId(OTHER_CHAIN);
        bytes32 digest = commitLog.digestOf(batch);
        VM.chainId(31_337);
        commitLog.record(batch, signWith(operatorKey(0), digest));
        assertEq(commitLog.recordedAt(operatorOf(0), batch), 0);
    }

    function testALinkOfAnotherChainIsRefused() public {
        VM.chainId(OTHER_CHAIN);
        bytes32 digest = accountLinks.digestOf(nodeOf(0), person(0), EARNER, block.timestamp);
        VM.chainId(31_337);
        IEpochAnchor.CompactSignature memory signature = signWith(operatorKey(0), digest);
        VM.prank(person(0));
        try accountLinks.link(nodeOf(0), EARNER, block.timestamp, signature) {
            assertTrue(false, "refused");
        } catch (bytes memory reason) {
            // forge-lint: disable-next-line(unsafe-typecast)
            assertEq(bytes32(bytes4(reason)), bytes32(IAccountLinks.InvalidOperatorSignature.selector));
        }
    }

    /// One kind of signature is no other: domains and types differ, whatever the fields.
    function testFuzzNoDigestOfOneContractIsAnothers(bytes32 word, uint64 epoch, uint32 count) public view {
        IEpochAnchor.EpochRoot memory root = rootOf(epoch, word, word);
        bytes32[4] memory digests = [
            epochAnchor.digestOf(root),
            commitLog.digestOf(ICommitLog.Batch(epoch, word, count)),
            staking.bindingDigest(word, EARNER, EARNER),
            accountLinks.digestOf(word, EARNER, EARNER, epoch)
        ];
        for (uint256 i = 0; i < 4; ++i) {
            for (uint256 j = 0; j < i; ++j) assertTrue(digests[i] != digests[j], "different");
        }
    }

    /// From the first block to the last whose hash the chain knows, one seed: whoever waits gains nothing.
    function testFuzzWhoDrawsLaterDrawsTheSameJury(uint256 wait) public {
        uint256 dispute = openAs(DOUBTER, anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST)));
        uint256 drawBlock = disputes.disputeOf(dispute).drawBlock;
        VM.roll(drawBlock + 1);
        bytes32 beacon = blockhash(drawBlock);
        VM.roll(drawBlock + clamp(wait, 1, 256));
        disputes.draw(dispute);
        assertEq(disputes.disputeOf(dispute).seed, keccak256(abi.encode(beacon, dispute, uint8(1))));
    }

    /// A share of a slashed pot is cheap; tokens sent to the contract belong to nobody: the next delegator gets all of theirs.
    function testFuzzNobodyRoundsTheNextDelegatorDown(uint256 cut, uint256 gift, uint256 amount) public {
        delegateAs(4, 1 ether);
        VM.prank(address(disputes));
        staking.slash(nodeOf(0), person(0), clamp(cut, 1, 999_999), address(0), 0);
        assertTrue(token.transfer(address(staking), clamp(gift, 1, 10_000 ether)), "given");
        amount = clamp(amount, 1 ether, 1_000 ether);
        delegateAs(5, amount);
        (, uint256 got) = staking.delegationOf(nodeOf(0), person(5));
        assertTrue(got <= amount && got + 1 >= amount, "a wei at most");
    }

    /// A stake of the block in which the dispute opens has no seat, borrowed or not.
    function testAStakeOfTheDisputesBlockHasNoSeat() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        stakeAs(3, 100_000 ether);
        uint256 dispute = openAs(DOUBTER, anchored);
        VM.roll(disputes.disputeOf(dispute).drawBlock + 1);
        disputes.draw(dispute);
        assertEq(disputes.seatsOf(dispute, operatorOf(3)), 0);
        assertTrue(disputes.seatsOf(dispute, operatorOf(0)) >= 3, "those before have them all");
    }

    /// Who copies an answer from the pool of transactions takes the deposit; the root is proven all the same.
    function testACopiedAnswerStillProvesTheRoot() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 2);
        uint256 demand = demandAs(DOUBTER, anchored);
        VM.prank(RIVAL);
        disputes.answer(demand, anchored, certify(root, 2));
        assertTrue(epochAnchor.isProven(1), "proven");
        VM.expectRevert(abi.encodeWithSelector(IDisputes.UnknownDemand.selector));
        disputes.closeDemand(demand, anchored);
    }

    function anchorDues(
        uint64 epoch,
        bytes32 previousRoot,
        bytes32 stateRoot,
        uint256 cumulativeWei
    ) private returns (IEpochAnchor.Anchored memory) {
        IEpochAnchor.EpochRoot memory root = rootOf(epoch, previousRoot, stateRoot);
        root.claimsRoot = keccak256(bytes.concat(keccak256(abi.encode(EARNER, cumulativeWei))));
        VM.roll(block.number + 1);
        return anchorAs(RIVAL, root);
    }

    function overturn(IEpochAnchor.Anchored memory anchored) private {
        VM.prank(address(disputes));
        epochAnchor.overturn(anchored, true);
        VM.prank(RIVAL);
        epochAnchor.depositBond(ROOT_BOND_WEI);
    }

    function delegateAs(uint256 who, uint256 amount) private {
        fund(who, amount);
        VM.prank(person(who));
        staking.delegate(nodeOf(0), amount);
    }
}
