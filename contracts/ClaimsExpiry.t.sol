// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IClaims } from "./interfaces/IClaims.sol";
import { Dues } from "./test/Dues.sol";

contract ClaimsExpiryTest is Dues {
    event ExpiryAnnounced(address indexed account, uint256 cumulativeWei, uint256 expiresAtSeconds);
    event Expired(address indexed account, uint256 amount, uint256 cumulativeWei);

    bytes32[] private proof;

    function setUp() public override {
        super.setUp();
        proof = anchorDues(1, 5 ether, 7 ether);
    }

    function testWhatNobodyTookGoesToTheTreasuryAfterANotice() public {
        VM.warp(block.timestamp + UNCLAIMED_SECONDS);
        uint256 expiresAt = block.timestamp + NOTICE_SECONDS;
        VM.expectEmit(address(claims));
        emit ExpiryAnnounced(person(1), 5 ether, expiresAt);
        claims.announceExpiry(1, person(1), 5 ether, proof);
        assertNotice(5 ether, expiresAt);

        VM.warp(expiresAt);
        VM.expectEmit(address(claims));
        emit Expired(person(1), 5 ether, 5 ether);
        claims.expire(person(1));
        assertEq(token.balanceOf(address(treasury)), 5 ether);
        assertEq(token.balanceOf(person(1)), 0);
        assertNotice(0, 0);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToClaim.selector, 5 ether, 5 ether));
        claims.claim(1, person(1), 5 ether, proof);
    }

    function testLaterEarningsAreStillTheAccounts() public {
        announce();
        VM.warp(block.timestamp + NOTICE_SECONDS);
        claims.expire(person(1));
        bytes32[] memory later = anchorDues(2, 8 ether, 7 ether);
        claims.claim(2, person(1), 8 ether, later);
        assertEq(token.balanceOf(person(1)), 3 ether);
    }

    function testAClaimInTimeEndsTheNotice() public {
        announce();
        VM.warp(block.timestamp + NOTICE_SECONDS);
        // Even after its time, as long as nobody has called.
        claims.claim(1, person(1), 5 ether, proof);
        assertEq(token.balanceOf(person(1)), 5 ether);
        assertNotice(0, 0);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToExpire.selector));
        claims.expire(person(1));
    }

    function testNothingExpiresWithoutANotice() public {
        VM.warp(block.timestamp + 10 * UNCLAIMED_SECONDS);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToExpire.selector));
        claims.expire(person(1));
    }

    function testFuzzNothingExpiresWhileTheNoticeRuns(uint64 early) public {
        announce();
        uint256 expiresAt = block.timestamp + NOTICE_SECONDS;
        VM.warp(expiresAt - clamp(early, 1, NOTICE_SECONDS));
        VM.expectRevert(abi.encodeWithSelector(IClaims.NoticeRunning.selector, expiresAt));
        claims.expire(person(1));
    }

    function testFreshDuesCannotBeAnnounced() public {
        uint256 announceableAt = block.timestamp + UNCLAIMED_SECONDS;
        VM.warp(announceableAt - 1);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NotUnclaimedLongEnough.selector, announceableAt));
        claims.announceExpiry(1, person(1), 5 ether, proof);
        VM.warp(announceableAt);
        claims.announceExpiry(1, person(1), 5 ether, proof);
    }

    function testWhatWasClaimedCannotBeAnnounced() public {
        claims.claim(1, person(1), 5 ether, proof);
        VM.warp(block.timestamp + UNCLAIMED_SECONDS);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToClaim.selector, 5 ether, 5 ether));
        claims.announceExpiry(1, person(1), 5 ether, proof);
    }

    function testOnlyProvenDuesCanBeAnnounced() public {
        VM.warp(block.timestamp + UNCLAIMED_SECONDS);
        VM.expectRevert(abi.encodeWithSelector(IClaims.InvalidProof.selector));
        claims.announceExpiry(1, person(1), 6 ether, proof);
        VM.expectRevert(abi.encodeWithSelector(IClaims.EpochNotFinal.selector, 2));
        claims.announceExpiry(2, person(1), 5 ether, proof);
    }

    /// Otherwise anyone could put the day off again and again.
    function testARunningNoticeIsNotRestarted() public {
        announce();
        uint256 expiresAt = block.timestamp + NOTICE_SECONDS;
        VM.warp(block.timestamp + 1 days);
        VM.expectRevert(abi.encodeWithSelector(IClaims.AlreadyAnnounced.selector, expiresAt));
        claims.announceExpiry(1, person(1), 5 ether, proof);
    }

    function testTheTreasurysDuesNeverExpire() public {
        (, bytes32[] memory share) = anchorPair(2, person(1), 5 ether, address(treasury), 3 ether);
        VM.warp(block.timestamp + UNCLAIMED_SECONDS);
        VM.expectRevert(abi.encodeWithSelector(IClaims.TreasuryNeverExpires.selector));
        claims.announceExpiry(2, address(treasury), 3 ether, share);
    }

    function testExpiryDoesNotUseUpTheFoundationsShare() public {
        announce();
        VM.warp(block.timestamp + NOTICE_SECONDS);
        claims.expire(person(1));
        assertEq(claims.claimedWei(address(treasury)), 0);
    }

    function announce() private {
        VM.warp(block.timestamp + UNCLAIMED_SECONDS);
        claims.announceExpiry(1, person(1), 5 ether, proof);
    }

    function assertNotice(uint256 cumulativeWei, uint256 expiresAt) private view {
        (uint256 announcedWei, uint256 endsAt) = claims.expiryOf(person(1));
        assertEq(announcedWei, cumulativeWei);
        assertEq(endsAt, expiresAt);
    }
}
