// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Test } from "../test/Test.sol";
import { SharePool } from "./SharePool.sol";

contract SharePoolTest is Test {
    using SharePool for SharePool.Pool;

    uint256 private constant PEOPLE = 4;
    SharePool.Pool private pool;
    uint256[PEOPLE] private shares;
    uint256[PEOPLE] private generations;

    function testTheLastSharesGetAllThatIsThere() public {
        uint256 one = pool.deposit(100);
        uint256 two = pool.deposit(1);
        pool.slash(1, 3);
        assertEq(pool.redeem(one, 0) + pool.redeem(two, 0), 68);
        assertEq(pool.assets, 0);
        assertEq(pool.shares, 0);
    }

    function testAWholeSlashBeginsAnew() public {
        uint256 old = pool.deposit(100);
        assertEq(pool.slash(1, 1), 100);
        assertEq(pool.generation, 1);
        assertEq(pool.worth(old, 0), 0);
        assertEq(pool.redeem(old, 0), 0);
        assertEq(pool.deposit(50), 50);
        assertEq(pool.redeem(50, 1), 50);
    }

    function testDustGoesWithTheRest() public {
        pool.deposit(10e18);
        assertEq(pool.slash(10e18 - 1e10, 10e18), 10e18 - 1e10);
        assertEq(pool.generation, 0);
        assertEq(pool.slash(1, 1e10), 1e10);
        assertEq(pool.generation, 1);
    }

    function testAnEmptyPotLosesNothing() public {
        assertEq(pool.slash(1, 1), 0);
        assertEq(pool.generation, 0);
    }

    /// In any order of deposits, exits and slashes: nobody gains, the worths never pass the assets, a share is never worth
    /// more than a wei, and what a step moves is what it says.
    function testFuzzThePotHoldsWhatItOwes(uint256 seed) public {
        for (uint256 i = 0; i < 64; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 who = seed % PEOPLE;
            uint256 amount = (seed >> 8) % (2 ** ((seed >> 200) % 96));
            uint256 before = pool.assets;
            uint256 kind = (seed >> 240) % 4;
            if (kind < 2 && before + amount < 1 << 96) {
                if (generations[who] != pool.generation) shares[who] = 0;
                generations[who] = pool.generation;
                uint256 owned = pool.worth(shares[who], generations[who]);
                shares[who] += pool.deposit(amount);
                assertEq(pool.assets, before + amount);
                uint256 worth = pool.worth(shares[who], generations[who]);
                assertTrue(worth <= owned + amount + 1, "a deposit gives nothing away");
                assertTrue(worth + 1 >= owned + amount, "a deposit costs nothing");
            } else if (kind == 2) {
                uint256 out = generations[who] == pool.generation ? amount % (shares[who] + 1) : shares[who];
                uint256 paid = pool.redeem(out, generations[who]);
                shares[who] -= out;
                assertEq(pool.assets, before - paid);
            } else {
                uint256 taken = pool.slash(amount % 1_000_001, 1_000_000);
                assertEq(pool.assets, before - taken);
            }
            check();
        }
    }

    function check() private view {
        uint256 owed;
        uint256 held;
        for (uint256 i = 0; i < PEOPLE; ++i) {
            owed += pool.worth(shares[i], generations[i]);
            if (generations[i] == pool.generation) held += shares[i];
        }
        assertTrue(owed <= pool.assets, "covered");
        assertTrue(owed + PEOPLE >= pool.assets, "nothing is stuck");
        assertEq(held, pool.shares);
        assertTrue(pool.shares >= pool.assets, "a share is worth a wei at most");
        assertTrue(pool.shares <= uint256(pool.assets) * 1e9, "shares fit");
    }
}
