// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IParleyNetwork } from "./interfaces/IParleyNetwork.sol";
import { Dues } from "./test/Dues.sol";

/// @notice What the schedule allows, and whom. Here an epoch is an hour and mints one token, and ten may come ahead.
contract ClaimsEmissionTest is Dues {
    uint256 private constant AHEAD = 10 ether;

    function setUp() public override {
        super.setUp();
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        parameters.schedule.headroomWei = SafeCast.toUint96(AHEAD);
        deployNetwork(parameters);
        stakeAs(0, 100 ether);
        VM.roll(block.number + 1);
    }

    function testPaysWhatTheScheduleAllowsAndTheRestLater() public {
        // One hour has passed when the epoch is final: eleven tokens, seven tenths of them for work.
        bytes32[] memory proof = anchorDues(1, 9 ether, 1 ether);
        claims.claim(1, person(1), 9 ether, proof);
        assertEq(token.balanceOf(person(1)), 7.7 ether);
        assertEq(claims.claimedWei(person(1)), 7.7 ether);

        VM.expectRevert(abi.encodeWithSelector(IClaims.EmissionExhausted.selector));
        claims.claim(1, person(1), 9 ether, proof);

        VM.warp(block.timestamp + 2 hours);
        claims.claim(1, person(1), 9 ether, proof);
        assertEq(token.balanceOf(person(1)), 9 ether);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToClaim.selector, 9 ether, 9 ether));
        claims.claim(1, person(1), 9 ether, proof);
    }

    function testAnEpochThatPaysEverybodyFitsTheSchedule() public {
        address foundation = address(treasury);
        for (uint64 epoch = 1; epoch <= 24; ++epoch) {
            uint256 work = epoch * 0.7 ether;
            uint256 share = epoch * 0.3 ether;
            (bytes32[] memory proof, bytes32[] memory foundationProof) = anchorPair(
                epoch,
                person(1),
                work,
                foundation,
                share
            );
            claims.claim(epoch, person(1), work, proof);
            claims.claim(epoch, foundation, share, foundationProof);
            assertEq(token.balanceOf(person(1)), work);
            assertEq(token.balanceOf(foundation), share);
        }
    }

    function testTheFoundationNeverTakesWorkersShare() public {
        (bytes32[] memory proof, bytes32[] memory foundationProof) = anchorPair(
            1,
            person(1),
            7.7 ether,
            address(treasury),
            100 ether
        );
        claims.claim(1, address(treasury), 100 ether, foundationProof);
        assertEq(token.balanceOf(address(treasury)), 3.3 ether);
        VM.expectRevert(abi.encodeWithSelector(IClaims.EmissionExhausted.selector));
        claims.claim(1, address(treasury), 100 ether, foundationProof);
        claims.claim(1, person(1), 7.7 ether, proof);
        assertEq(token.balanceOf(person(1)), 7.7 ether);
    }

    function testWorkersNeverTakeTheFoundationsShare() public {
        (bytes32[] memory proof, bytes32[] memory foundationProof) = anchorPair(
            1,
            person(1),
            100 ether,
            address(treasury),
            3.3 ether
        );
        claims.claim(1, person(1), 100 ether, proof);
        assertEq(token.balanceOf(person(1)), 7.7 ether);
        claims.claim(1, address(treasury), 3.3 ether, foundationProof);
        assertEq(token.balanceOf(address(treasury)), 3.3 ether);
    }

    /// Fees move from stakes to dues: whoever pays them in, pays the claim before anything is minted.
    function testTokensGivenToClaimsPayBeyondTheSchedule() public {
        bytes32[] memory proof = anchorDues(1, 50 ether, 1 ether);
        assertTrue(token.transfer(address(claims), 45 ether), "sent");
        claims.claim(1, person(1), 50 ether, proof);
        assertEq(token.balanceOf(person(1)), 50 ether);
        assertEq(token.mintedWei(), 7.7 ether);
    }

    function testTheFoundationCanBePaidFromGivenTokens() public {
        (, bytes32[] memory proof) = anchorPair(1, person(1), 7 ether, address(treasury), 3 ether);
        assertTrue(token.transfer(address(claims), 5 ether), "sent");
        claims.claim(1, address(treasury), 3 ether, proof);
        assertEq(token.balanceOf(address(treasury)), 3 ether);
        assertEq(token.mintedWei(), 0);
        (bytes32[] memory more, ) = anchorPair(2, person(1), 9 ether, address(treasury), 3 ether);
        claims.claim(2, person(1), 9 ether, more);
        assertEq(token.balanceOf(person(1)), 9 ether);
    }

    function testPaysToTheLastWeiOfTheCap() public {
        uint256 left = CAP - SUPPLY;
        bytes32[] memory proof = anchorDues(1, left, 7 ether);
        uint256 epochs = left / EPOCH_REWARD_WEI;
        VM.warp(block.timestamp + epochs * EPOCH_SECONDS * 2);
        claims.claim(1, person(1), left, proof);
        assertEq(token.balanceOf(person(1)), (left * 7) / 10);
        VM.warp(block.timestamp + 1000 days);
        VM.expectRevert(abi.encodeWithSelector(IClaims.EmissionExhausted.selector));
        claims.claim(1, person(1), left, proof);
    }

    function testFuzzNeverMoreThanTheSchedule(uint256[8] memory dues, uint256 wait) public {
        uint256 due = 0;
        for (uint64 i = 0; i < 8; ++i) {
            due += clamp(dues[i], 1, 3 ether);
            bytes32[] memory proof = anchorDues(i + 1, due, 1 ether);
            VM.warp(block.timestamp + clamp(wait >> (i * 16), 0, 5 hours));
            uint256 allowed = (token.emittedBy(block.timestamp) * 7) / 10;
            uint256 before = token.balanceOf(person(1));
            uint256 expected = due < allowed ? due : allowed;
            if (expected == before)
                VM.expectRevert(abi.encodeWithSelector(IClaims.EmissionExhausted.selector));
            claims.claim(i + 1, person(1), due, proof);
            assertEq(token.balanceOf(person(1)), expected);
        }
    }
}
