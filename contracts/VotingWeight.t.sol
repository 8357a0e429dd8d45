// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IParleyToken } from "./interfaces/IParleyToken.sol";
import { Network } from "./test/Network.sol";

/// @notice A weight is the mean, over 24 hours, of the votes that had been there for seven days.
contract VotingWeightTest is Network {
    uint256 private constant DAY = 1 days;

    address private voter;

    function setUp() public override {
        super.setUp();
        voter = person(0);
        // To the start of a day.
        VM.warp((block.timestamp / DAY + 1) * DAY);
        VM.prank(voter);
        token.delegate(voter);
    }

    function testTokensOfTheLastSevenDaysDoNotCount() public {
        assertTrue(token.transfer(voter, 10 ether), "sent");
        for (uint256 day = 1; day <= 8; ++day) {
            VM.warp(block.timestamp + DAY);
            assertEq(token.weightAt(voter, block.timestamp), 0);
        }
        VM.warp(block.timestamp + DAY);
        assertEq(token.weightAt(voter, block.timestamp), 10 ether);
    }

    function testLaterTokensDoNotAddToOldOnes() public {
        assertTrue(token.transfer(voter, 10 ether), "sent");
        VM.warp(block.timestamp + 20 * DAY);
        assertTrue(token.transfer(voter, 90 ether), "sent");
        VM.warp(block.timestamp + 3 * DAY);
        assertEq(token.weightAt(voter, block.timestamp), 10 ether);
        VM.warp(block.timestamp + 6 * DAY);
        assertEq(token.weightAt(voter, block.timestamp), 100 ether);
    }

    function testWhatWasSoldAndBoughtBackCountsAsNew() public {
        assertTrue(token.transfer(voter, 10 ether), "sent");
        VM.warp(block.timestamp + 20 * DAY);
        VM.prank(voter);
        assertTrue(token.transfer(address(this), 8 ether), "sent");
        assertTrue(token.transfer(voter, 8 ether), "sent");
        VM.warp(block.timestamp + DAY);
        assertEq(token.weightAt(voter, block.timestamp), 2 ether);
    }

    function testIsTheMeanOverTwentyFourHours() public {
        assertTrue(token.transfer(voter, 10 ether), "sent");
        VM.warp(block.timestamp + 20 * DAY);
        uint256 midnight = block.timestamp;
        VM.prank(voter);
        assertTrue(token.transfer(address(this), 4 ether), "sent");
        VM.warp(midnight + DAY);
        assertEq(token.weightAt(voter, midnight), 10 ether);
        assertEq(token.weightAt(voter, midnight + 6 hours), 9 ether);
        assertEq(token.weightAt(voter, midnight + 12 hours), 8 ether);
        assertEq(token.weightAt(voter, midnight + DAY), 6 ether);
    }

    function testStandsOnceThePeriodIsOver() public {
        assertTrue(token.transfer(voter, 10 ether), "sent");
        uint256 midnight = block.timestamp;
        VM.warp(midnight + DAY - 1);
        VM.expectRevert(abi.encodeWithSelector(IParleyToken.PeriodNotOver.selector, midnight, midnight + 1));
        token.weightAt(voter, midnight + 1);
        assertEq(token.weightAt(voter, midnight), 0);
        assertEq(token.weightAt(voter, 0), 0);
        assertEq(token.weightAt(voter, DAY), 0);
    }

    function testFuzzAWeightOfThePastNeverChanges(uint256[6] memory amounts, uint256 times) public {
        assertTrue(token.transfer(voter, 1_000 ether), "sent");
        VM.warp(block.timestamp + 30 * DAY + 1 hours);
        uint256 timepoint = (block.timestamp - (block.timestamp % DAY)) - clamp(times, 0, 10 * DAY);
        uint256 before = token.weightAt(voter, timepoint);
        for (uint256 i = 0; i < amounts.length; ++i) {
            VM.prank(voter);
            assertTrue(token.transfer(address(this), clamp(amounts[i], 1, 100 ether)), "sent");
            VM.warp(block.timestamp + clamp(times >> (32 * i), 0, 3 * DAY));
            assertEq(token.weightAt(voter, timepoint), before);
        }
    }

    function testWhoHasNotDelegatedHasNoWeight() public {
        assertTrue(token.transfer(person(1), 10 ether), "sent");
        VM.warp(block.timestamp + 20 * DAY);
        assertEq(token.weightAt(person(1), block.timestamp), 0);
    }

    function testADelegatesWeightAgesAnew() public {
        assertTrue(token.transfer(voter, 10 ether), "sent");
        VM.warp(block.timestamp + 20 * DAY);
        VM.prank(voter);
        token.delegate(person(1));
        VM.warp(block.timestamp + DAY);
        assertEq(token.weightAt(voter, block.timestamp), 0);
        assertEq(token.weightAt(person(1), block.timestamp), 0);
        VM.warp(block.timestamp + 8 * DAY);
        assertEq(token.weightAt(person(1), block.timestamp), 10 ether);
    }

    /// The reference: every transfer is kept, and the least of eight days is looked for second by second that matters.
    function testFuzzEqualsAPlainCount(uint256[24] memory moves, uint256 times) public {
        uint256[24] memory movedAt;
        uint256[24] memory held;
        uint256 balance = 0;
        for (uint256 i = 0; i < moves.length; ++i) {
            VM.warp(block.timestamp + clamp(times >> (10 * i), 0, 2 * DAY));
            if (moves[i] % 2 == 0 || balance == 0) {
                uint256 amount = clamp(moves[i] >> 1, 1, 50 ether);
                assertTrue(token.transfer(voter, amount), "sent");
                balance += amount;
            } else {
                uint256 amount = clamp(moves[i] >> 1, 1, balance);
                VM.prank(voter);
                assertTrue(token.transfer(address(this), amount), "sent");
                balance -= amount;
            }
            movedAt[i] = block.timestamp;
            held[i] = balance;
        }
        VM.warp((block.timestamp / DAY + 1) * DAY);
        for (uint256 back = 0; back < 12; ++back) {
            uint256 end = block.timestamp - back * DAY;
            assertEq(token.weightAt(voter, end), leastBetween(movedAt, held, end - 8 * DAY, end));
        }
    }

    function testManySmallTransfersCostAReaderNothing() public {
        assertTrue(token.transfer(voter, 10 ether), "sent");
        VM.warp(block.timestamp + 20 * DAY);
        uint256 quiet = gasOfWeight();
        for (uint256 i = 0; i < 200; ++i) {
            assertTrue(token.transfer(voter, 1), "sent");
            VM.warp(block.timestamp + 5 minutes);
        }
        VM.warp(block.timestamp + DAY);
        assertTrue(gasOfWeight() < quiet + 10_000, "one entry a day, however many transfers");
    }

    function gasOfWeight() private view returns (uint256) {
        uint256 before = gasleft();
        token.weightAt(voter, (block.timestamp - (block.timestamp % DAY)));
        return before - gasleft();
    }

    function leastBetween(
        uint256[24] memory movedAt,
        uint256[24] memory held,
        uint256 from,
        uint256 to
    ) private pure returns (uint256 least) {
        least = 0;
        bool inside = false;
        for (uint256 i = 0; i < movedAt.length; ++i) {
            if (movedAt[i] >= to) break;
            // What was there when the stretch began, then every change in it.
            if (movedAt[i] < from || (!inside && i == 0)) least = movedAt[i] < from ? held[i] : 0;
            else if (held[i] < least) least = held[i];
            inside = true;
        }
    }
}
