// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Claims } from "./Claims.sol";
import { Guardian } from "./Guardian.sol";
import { ParleyToken } from "./ParleyToken.sol";
import { MoneyHandler } from "./test/MoneyHandler.sol";
import { Test } from "./test/Test.sol";

contract MoneyInvariantsTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant SUPPLY = 1_000_000 ether;

    MoneyHandler private handler;
    ParleyToken private token;
    Claims private claims;
    Guardian private guardian;

    function setUp() public {
        handler = new MoneyHandler();
        (token, claims, guardian, ) = handler.contracts();
    }

    /// @notice Where forge asks what to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @notice Where forge asks which of its functions.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](12);
        selectors[0] = MoneyHandler.earn.selector;
        selectors[1] = MoneyHandler.claim.selector;
        selectors[2] = MoneyHandler.announce.selector;
        selectors[3] = MoneyHandler.expire.selector;
        selectors[4] = MoneyHandler.pause.selector;
        selectors[5] = MoneyHandler.wait.selector;
        selectors[6] = MoneyHandler.give.selector;
        selectors[7] = MoneyHandler.vote.selector;
        selectors[8] = MoneyHandler.move.selector;
        selectors[9] = MoneyHandler.link.selector;
        selectors[10] = MoneyHandler.unlink.selector;
        selectors[11] = MoneyHandler.note.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    /// forge-config: default.invariant.runs = 24
    function invariantSupplyIsTheSumOfBalances() external view {
        address[] memory holders = handler.holders();
        uint256 sum = 0;
        for (uint256 i = 0; i < holders.length; ++i) sum += token.balanceOf(holders[i]);
        assertEq(token.totalSupply(), sum);
    }

    /// forge-config: default.invariant.runs = 24
    function invariantSupplyStaysWithinScheduleAndCap() external view {
        assertTrue(token.totalSupply() <= SUPPLY + token.emittedBy(block.timestamp), "schedule");
        assertTrue(token.totalSupply() <= token.cap(), "cap");
    }

    /// forge-config: default.invariant.runs = 24
    function invariantNobodyIsPaidTwiceOrTooMuch() external view {
        uint256 paid = 0;
        for (uint256 i = 0; i < handler.ACCOUNTS(); ++i) {
            uint256 claimed = claims.claimedWei(handler.accountOf(i));
            assertEq(claimed, handler.paidWei(i));
            assertTrue(claimed <= handler.dueWei(i), "never more than is due");
            paid += claimed;
        }
        assertEq(token.balanceOf(address(claims)), token.mintedWei() + handler.givenWei() - paid);
    }

    /// forge-config: default.invariant.runs = 24
    function invariantTheSplitHolds() external view {
        uint256 emitted = token.emittedBy(block.timestamp);
        uint256 foundation = (emitted * 300_000) / 1_000_000;
        uint256 treasuryWei = claims.claimedWei(claims.treasury());
        assertTrue(treasuryWei <= foundation, "the foundation's share");
        uint256 paid = 0;
        for (uint256 i = 0; i < handler.ACCOUNTS() - 1; ++i) paid += claims.claimedWei(handler.accountOf(i));
        assertTrue(paid <= emitted - foundation + handler.givenWei(), "everybody else's share");
    }

    /// forge-config: default.invariant.runs = 24
    function invariantPausedMeansPaused() external view {
        assertTrue(!handler.pauseIgnored(), "nothing was paid in a pause");
        assertEq(claims.pausedUntil(), guardian.pausedUntil());
    }

    /// forge-config: default.invariant.runs = 24
    function invariantAWeightOfThePastStands() external view {
        if (handler.notedAt() == 0) return;
        assertEq(token.weightAt(address(0x1001), handler.notedAt()), handler.notedWei());
    }

    /// Each account's votes go to one delegate, so all votes together are the balances that were delegated.
    /// forge-config: default.invariant.runs = 24
    function invariantVotesAreDelegatedBalances() external view {
        uint256 votes = 0;
        uint256 delegated = 0;
        for (uint256 i = 0; i < handler.ACCOUNTS() - 1; ++i) {
            address account = handler.accountOf(i);
            votes += token.getVotes(account);
            if (token.delegates(account) != address(0)) delegated += token.balanceOf(account);
        }
        assertEq(votes, delegated);
    }

    /// The campaign reaches what it is about: a long fixed sequence claims, expires and is paused.
    function testTheHandlerReachesEverything() public {
        for (uint256 i = 0; i < 40; ++i) {
            uint256 seed = seedOf(i);
            handler.earn(seed);
            handler.claim(seed);
            if (i % 4 == 0) handler.announce(seed >> 8);
            if (i % 4 == 2) handler.expire(seedOf(i - 2) >> 8);
            if (i % 8 == 3) handler.pause(SafeCast.toUint64(seed % (1 << 64)));
            handler.wait(seed >> 32);
        }
        assertTrue(handler.claimCount() > 5, "claims");
        assertTrue(handler.announcedCount() > 3, "announcements");
        assertTrue(handler.expiredCount() > 2, "expiries");
        assertTrue(handler.pauseCount() > 1, "pauses");
        assertTrue(handler.refusedCount() > 1, "refusals");
    }

    function seedOf(uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(i)));
    }
}
