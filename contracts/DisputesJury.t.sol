// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Disputes } from "./Disputes.sol";
import { IDisputes } from "./interfaces/IDisputes.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice Disputes that a jury rules.
contract DisputesJuryTest is AnchorBase {
    uint256 private constant DRAW_SECONDS = 1 days;
    uint256 private constant RULING_SECONDS = 2 days;
    uint256 private constant SEATS = 11;

    IEpochAnchor.Anchored private anchored;

    function setUp() public override {
        super.setUp();
        anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
    }

    function testAJustDisputeOverturnsAndPays() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        assertEq(token.balanceOf(DOUBTER), 1_000 ether - DISPUTE_BOND_WEI);
        drawJury(dispute);
        rule(dispute, IDisputes.Ruling.Overturn, list(0, 1, 2));
        disputes.close(dispute, anchored);

        assertTrue(status(dispute) == IDisputes.Status.Overturned, "overturned");
        assertTrue(!epochAnchor.isAnchored(anchored) && !epochAnchor.isFrozen(1), "gone");
        assertTrue(epochAnchor.isRefuted(epochAnchor.digestOf(anchored.root)), "refuted");
        // Of the proposer's 40: 30 % to the disputer, 30 % to the jurors, the rest to the treasury.
        assertEq(token.balanceOf(DOUBTER), 1_012 ether);
        assertEq(token.balanceOf(address(treasury)), 16 ether);
        assertEq(disputes.disputeOf(dispute).potWei, 12 ether);
        collectAll(dispute, 12 ether);
    }

    function testAFrivolousDisputeLosesItsBond() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        drawJury(dispute);
        rule(dispute, IDisputes.Ruling.Uphold, list(0, 1, 2));
        disputes.close(dispute, anchored);
        assertTrue(status(dispute) == IDisputes.Status.Upheld, "upheld");
        assertTrue(epochAnchor.isAnchored(anchored), "stands");
        assertEq(token.balanceOf(DOUBTER), 950 ether);
        assertEq(token.balanceOf(address(treasury)), 35 ether);
        (uint256 bond, ) = epochAnchor.bondOf(PROPOSER);
        assertEq(bond, ROOT_BOND_WEI);
        collectAll(dispute, 15 ether);
    }

    function testADisputedRootWaitsForTheRulingHoweverLongItTakes() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        drawJury(dispute);
        passTime(CHALLENGE_SECONDS);
        assertTrue(!epochAnchor.isFinal(1), "disputed");
        rule(dispute, IDisputes.Ruling.Uphold, list(0, 1, 2));
        assertTrue(!epochAnchor.isFinal(1), "not closed yet");
        disputes.close(dispute, anchored);
        assertTrue(epochAnchor.isFinal(1), "upheld");
    }

    function testADisputeThatNobodyDrawsExpires() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        uint256 deadline = block.timestamp + DRAW_SECONDS;
        VM.roll(block.number + 5);
        VM.warp(deadline);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.NotOver.selector, deadline));
        disputes.close(dispute, anchored);
        passTime(1);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.IsOver.selector, deadline));
        disputes.draw(dispute);
        disputes.close(dispute, anchored);
        expired(dispute);
    }

    function testADisputeThatNobodyRulesGoesDeeperOnceAndExpires() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        for (uint8 stage = 1; stage < 3; ++stage) {
            assertEq(disputes.disputeOf(dispute).stage, stage);
            drawJury(dispute);
            uint256 deadline = block.timestamp + RULING_SECONDS;
            VM.warp(deadline);
            VM.expectRevert();
            disputes.close(dispute, anchored);
            passTime(1);
            IEpochAnchor.CompactSignature[] memory late = rulings(dispute, IDisputes.Ruling.Uphold, list(0));
            VM.expectRevert(abi.encodeWithSelector(IDisputes.IsOver.selector, deadline));
            disputes.rule(dispute, IDisputes.Ruling.Uphold, late);
            disputes.close(dispute, anchored);
        }
        expired(dispute);
    }

    function testOneJurorInThreeDecidesNothing() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        drawJury(dispute);
        rule(dispute, IDisputes.Ruling.Overturn, list(0));
        rule(dispute, IDisputes.Ruling.Uphold, list(1));
        passTime(RULING_SECONDS + 1);
        disputes.close(dispute, anchored);
        IDisputes.Dispute memory deeper = disputes.disputeOf(dispute);
        assertTrue(deeper.status == IDisputes.Status.Drawing, "goes deeper");
        assertEq(deeper.stage, 2);
        assertEq(deeper.overturnSeats + deeper.upholdSeats, 0);
        assertEq(deeper.seed, 0);
    }

    function testJurorsCanAskForADeeperAuditAndRuleIt() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        drawJury(dispute);
        rule(dispute, IDisputes.Ruling.Deeper, list(0, 1));
        disputes.close(dispute, anchored);
        assertEq(disputes.disputeOf(dispute).stage, 2);
        drawJury(dispute);
        uint256 seats;
        for (uint256 i = 0; i < 3; ++i) seats += disputes.seatsOf(dispute, operatorOf(i));
        assertTrue(seats >= 2 * SEATS - 3 && seats <= 2 * SEATS + 3, "twice as many");
        IEpochAnchor.CompactSignature[] memory again = rulings(dispute, IDisputes.Ruling.Deeper, list(0));
        VM.expectRevert(abi.encodeWithSelector(IDisputes.InvalidRuling.selector));
        disputes.rule(dispute, IDisputes.Ruling.Deeper, again);
        rule(dispute, IDisputes.Ruling.Overturn, list(0, 1, 2));
        disputes.close(dispute, anchored);
        assertTrue(status(dispute) == IDisputes.Status.Overturned, "overturned");
        collectAll(dispute, 12 ether);
    }

    function testTheBlockThatDrawsIsNotKnownWhenTheDisputeOpens() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        uint256 drawBlock = disputes.disputeOf(dispute).drawBlock;
        assertTrue(drawBlock > block.number, "a later block");
        assertEq(disputes.seatsOf(dispute, operatorOf(0)), 0);
        VM.roll(drawBlock);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.NotDrawableYet.selector, drawBlock));
        disputes.draw(dispute);
        VM.roll(drawBlock + 1);
        disputes.draw(dispute);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.WrongStatus.selector, IDisputes.Status.Ruling));
        disputes.draw(dispute);
    }

    function testAMissedBlockIsReplacedByALaterOne() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        VM.roll(disputes.disputeOf(dispute).drawBlock + 257);
        disputes.draw(dispute);
        assertTrue(status(dispute) == IDisputes.Status.Drawing, "still to be drawn");
        assertTrue(disputes.disputeOf(dispute).drawBlock > block.number, "a later block");
        drawJury(dispute);
    }

    function testStakesBeforeTheDisputeMakeTheJury() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        stakeAs(3, 10_000 ether);
        drawJury(dispute);
        assertEq(disputes.seatsOf(dispute, operatorOf(3)), 0);
        IEpochAnchor.CompactSignature[] memory signatures = rulings(
            dispute,
            IDisputes.Ruling.Overturn,
            list(3)
        );
        VM.expectRevert(abi.encodeWithSelector(IDisputes.NotOnJury.selector, operatorOf(3)));
        disputes.rule(dispute, IDisputes.Ruling.Overturn, signatures);
    }

    function testTheFirstRulingOfAJurorCounts() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        drawJury(dispute);
        rule(dispute, IDisputes.Ruling.Overturn, list(0));
        uint256 seats = disputes.disputeOf(dispute).overturnSeats;
        assertEq(seats, disputes.seatsOf(dispute, operatorOf(0)));
        // Sent again with others', or the opposite: neither counts, and neither stops the others.
        rule(dispute, IDisputes.Ruling.Uphold, list(0));
        assertEq(disputes.disputeOf(dispute).upholdSeats, 0);
        rule(dispute, IDisputes.Ruling.Overturn, list(0, 1));
        assertEq(disputes.disputeOf(dispute).overturnSeats, seats + disputes.seatsOf(dispute, operatorOf(1)));
    }

    function testMalformedRulingsAreRefused() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        IEpochAnchor.CompactSignature[] memory signatures = rulings(
            dispute,
            IDisputes.Ruling.Uphold,
            list(0, 1)
        );
        VM.expectRevert(abi.encodeWithSelector(IDisputes.WrongStatus.selector, IDisputes.Status.Drawing));
        disputes.rule(dispute, IDisputes.Ruling.Uphold, signatures);
        drawJury(dispute);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.InvalidRuling.selector));
        disputes.rule(dispute, IDisputes.Ruling.None, signatures);
        signatures[1] = signatures[0];
        VM.expectRevert(abi.encodeWithSelector(IDisputes.SignersNotAscending.selector, 1));
        disputes.rule(dispute, IDisputes.Ruling.Uphold, signatures);
    }

    function testARulingCountsInItsDisputeAndStageAlone() public {
        uint256 first = openAs(DOUBTER, anchored);
        uint256 second = openAs(DOUBTER, anchored);
        drawJury(first);
        drawJury(second);
        IEpochAnchor.CompactSignature[] memory signatures = rulings(
            first,
            IDisputes.Ruling.Overturn,
            list(0)
        );
        // Under another digest the same bytes are another signer's, who is no juror.
        VM.expectRevert();
        disputes.rule(second, IDisputes.Ruling.Overturn, signatures);
    }

    function testOtherDisputesAboutAnOverturnedRootAreMoot() public {
        uint256 first = openAs(DOUBTER, anchored);
        uint256 second = openAs(DOUBTER, anchored);
        drawJury(first);
        rule(first, IDisputes.Ruling.Overturn, list(0, 1, 2));
        disputes.close(first, anchored);
        assertTrue(epochAnchor.isFrozen(1), "until it is closed");
        disputes.close(second, anchored);
        assertTrue(status(second) == IDisputes.Status.Moot, "moot");
        assertTrue(!epochAnchor.isFrozen(1), "free");
        assertEq(token.balanceOf(DOUBTER), 1_012 ether);
    }

    function testADisputeEndsOnce() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        drawJury(dispute);
        rule(dispute, IDisputes.Ruling.Uphold, list(0, 1, 2));
        disputes.close(dispute, anchored);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.WrongStatus.selector, IDisputes.Status.Upheld));
        disputes.close(dispute, anchored);
        IEpochAnchor.Anchored memory other = anchored;
        other.sender = RIVAL;
        VM.expectRevert(abi.encodeWithSelector(IDisputes.AnchoredMismatch.selector));
        disputes.close(dispute, other);
    }

    function testJurorsArePaidOnceAndOnlyForTheRulingThatStands() public {
        uint256 dispute = openAs(DOUBTER, anchored);
        drawJury(dispute);
        VM.expectRevert(abi.encodeWithSelector(IDisputes.WrongStatus.selector, IDisputes.Status.Ruling));
        disputes.collect(dispute, operatorOf(0), nodeOf(0));
        (uint256 a, uint256 b, uint256 dissenter) = majorityAndDissenter(dispute);
        rule(dispute, IDisputes.Ruling.Overturn, list(dissenter));
        rule(dispute, IDisputes.Ruling.Uphold, list(a, b));
        disputes.close(dispute, anchored);

        bytes memory revertData = abi.encodeWithSelector(IDisputes.NothingToCollect.selector);
        VM.expectRevert(revertData);
        disputes.collect(dispute, operatorOf(dissenter), nodeOf(dissenter));
        VM.expectRevert(
            abi.encodeWithSelector(IDisputes.NotTheOperator.selector, operatorOf(b), operatorOf(a))
        );
        disputes.collect(dispute, operatorOf(a), nodeOf(b));
        disputes.collect(dispute, operatorOf(a), nodeOf(a));
        VM.expectRevert(revertData);
        disputes.collect(dispute, operatorOf(a), nodeOf(a));
        disputes.collect(dispute, operatorOf(b), nodeOf(b));
        assertTrue(token.balanceOf(person(a)) + token.balanceOf(person(b)) > 15 ether - 2, "all of it");
    }

    function testFuzzSeatsAreAShareOfTheStake(uint256 first, uint256 second, uint256 salt) public {
        stakeAs(0, clamp(first, 1, 100_000 ether));
        stakeAs(1, clamp(second, 1, 100_000 ether));
        VM.roll(block.number + 1 + clamp(salt, 0, 100));
        uint256 dispute = openAs(DOUBTER, anchored);
        drawJury(dispute);
        uint256 snapshot = disputes.disputeOf(dispute).snapshotBlock;
        for (uint256 i = 0; i < 3; ++i) {
            uint256 share = (SEATS * staking.stakeAt(operatorOf(i), snapshot)) / staking.totalAt(snapshot);
            uint256 seats = disputes.seatsOf(dispute, operatorOf(i));
            assertTrue(seats == share || seats == share + 1, "its share, rounded by lot");
        }
    }

    /// Whatever is lost and whoever rules, all tokens go somewhere.
    function testFuzzNoTokenIsLost(uint256 ruling, bool isExpired) public {
        uint256 before = sumOfBalances();
        uint256 dispute = openAs(DOUBTER, anchored);
        drawJury(dispute);
        if (!isExpired) rule(dispute, IDisputes.Ruling(clamp(ruling, 1, 2)), list(0, 1, 2));
        if (isExpired) {
            passTime(RULING_SECONDS + 1);
            disputes.close(dispute, anchored);
            passTime(DRAW_SECONDS + 1);
        }
        disputes.close(dispute, anchored);
        if (!isExpired) {
            for (uint256 i = 0; i < 3; ++i) disputes.collect(dispute, operatorOf(i), nodeOf(i));
        }
        assertEq(sumOfBalances(), before);
        assertTrue(token.balanceOf(address(disputes)) < 3, "no more than roundings stay");
    }

    function testTermsThatCannotWorkAreRefused() public {
        for (uint256 i = 0; i < 11; ++i) {
            IDisputes.Terms memory terms = disputes.terms();
            address fund = address(treasury);
            if (i == 0) terms.jurySeats = 0;
            if (i == 1) terms.rulingSeconds = 0;
            if (i == 2) terms.drawSeconds = 0;
            if (i == 3) terms.bountyPpm = 700_001;
            if (i == 4) terms.expiryPpm = 1_000_001;
            if (i == 5) terms.equivocationPpm = 1_000_001;
            if (i == 6) terms.refutedPpm = 1_000_001;
            if (i == 7) terms.commitPpm = 1_000_001;
            if (i == 8) terms.bondWei = 0;
            if (i == 9) terms.demandWei = 0;
            if (i == 10) fund = address(0);
            VM.expectRevert(abi.encodeWithSelector(IDisputes.InvalidTerms.selector));
            new Disputes(staking, epochAnchor, commitLog, token, fund, terms);
        }
    }

    function drawJury(uint256 dispute) private {
        VM.roll(disputes.disputeOf(dispute).drawBlock + 1);
        disputes.draw(dispute);
    }

    function rulings(
        uint256 dispute,
        IDisputes.Ruling ruling,
        uint256[] memory jurors
    ) private view returns (IEpochAnchor.CompactSignature[] memory) {
        uint8 stage = disputes.disputeOf(dispute).stage;
        return signAll(keysOf(jurors), disputes.rulingDigest(dispute, stage, ruling));
    }

    function rule(uint256 dispute, IDisputes.Ruling ruling, uint256[] memory jurors) private {
        disputes.rule(dispute, ruling, rulings(dispute, ruling, jurors));
    }

    function status(uint256 dispute) private view returns (IDisputes.Status) {
        return disputes.disputeOf(dispute).status;
    }

    function expired(uint256 dispute) private view {
        assertTrue(status(dispute) == IDisputes.Status.Expired, "expired");
        assertTrue(epochAnchor.isAnchored(anchored) && epochAnchor.isFinal(1), "stands");
        assertEq(token.balanceOf(DOUBTER), 995 ether);
        assertEq(token.balanceOf(address(treasury)), 5 ether);
        assertEq(token.balanceOf(address(disputes)), 0);
    }

    function collectAll(uint256 dispute, uint256 potWei) private {
        uint256 paid;
        uint256 seats;
        for (uint256 i = 0; i < 3; ++i) seats += disputes.seatsOf(dispute, operatorOf(i));
        for (uint256 i = 0; i < 3; ++i) {
            disputes.collect(dispute, operatorOf(i), nodeOf(i));
            uint256 amount = token.balanceOf(person(i));
            assertEq(amount, (potWei * disputes.seatsOf(dispute, operatorOf(i))) / seats);
            paid += amount;
        }
        assertTrue(paid <= potWei && paid + 3 > potWei, "all of it, but for roundings");
    }

    /// Two jurors with two thirds of the seats, and the third.
    function majorityAndDissenter(uint256 dispute) private view returns (uint256 a, uint256 b, uint256 c) {
        uint256[3] memory seats;
        for (uint256 i = 0; i < 3; ++i) seats[i] = disputes.seatsOf(dispute, operatorOf(i));
        for (uint256 i = 1; i < 3; ++i) if (seats[i] < seats[c]) c = i;
        (a, b) = ((c + 1) % 3, (c + 2) % 3);
        VM.assume((seats[a] + seats[b]) * 3 >= SEATS * 2);
    }

    function sumOfBalances() private view returns (uint256 sum) {
        sum = token.balanceOf(DOUBTER) + token.balanceOf(PROPOSER) + token.balanceOf(address(treasury));
        sum += token.balanceOf(address(disputes)) + token.balanceOf(address(epochAnchor));
        for (uint256 i = 0; i < 3; ++i) sum += token.balanceOf(person(i));
    }
}
