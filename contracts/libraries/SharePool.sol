// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Shares of a pot that can only lose
/// @notice A slash of the pot takes the same part from everybody by one write. One share starts at one wei and never is
/// worth more, as nothing is ever added but by deposits: so nobody can drive the price up to round others down.
library SharePool {
    using SafeCast for uint256;

    /// A pot worth less than a billionth of a wei a share is emptied, so that shares fit their 128 bits for ever.
    uint256 private constant LARGEST_SHARES_PER_WEI = 1e9;

    /// @param generation how often the pot was emptied by a slash; shares of an earlier one are worth nothing.
    struct Pool {
        uint96 assets;
        uint128 shares;
        uint32 generation;
    }

    /// @notice Adds `amount` wei; rounds the shares down.
    function deposit(Pool storage self, uint256 amount) internal returns (uint256 shares) {
        Pool memory pool = self;
        shares = pool.shares == 0 ? amount : Math.mulDiv(amount, pool.shares, pool.assets);
        pool.assets = (pool.assets + amount).toUint96();
        pool.shares = (pool.shares + shares).toUint128();
        _store(self, pool);
    }

    /// @notice Takes out what `shares` of `generation` are worth; rounds down. The last shares get all that is there.
    function redeem(Pool storage self, uint256 shares, uint256 generation) internal returns (uint256 amount) {
        amount = worth(self, shares, generation);
        if (self.generation != generation) return amount;
        Pool memory pool = self;
        pool.assets = (pool.assets - amount).toUint96();
        pool.shares = (pool.shares - shares).toUint128();
        _store(self, pool);
    }

    /// @notice Takes numerator / denominator (at most 1) of the pot, rounded down, and the rest too if it is dust.
    function slash(
        Pool storage self,
        uint256 numerator,
        uint256 denominator
    ) internal returns (uint256 taken) {
        Pool memory pool = self;
        if (pool.assets == 0) return 0;
        taken = Math.mulDiv(pool.assets, numerator, denominator);
        uint256 left = pool.assets - taken;
        if (pool.shares > left * LARGEST_SHARES_PER_WEI) {
            taken = pool.assets;
            pool = Pool(0, 0, pool.generation + 1);
        } else {
            pool.assets = left.toUint96();
        }
        _store(self, pool);
    }

    /// @notice What `shares` of `generation` are worth in wei, rounded down.
    function worth(Pool storage self, uint256 shares, uint256 generation) internal view returns (uint256) {
        if (self.generation != generation || shares == 0) return 0;
        return Math.mulDiv(shares, self.assets, self.shares);
    }

    /// One write of the slot that the three share.
    function _store(Pool storage self, Pool memory pool) private {
        (self.assets, self.shares, self.generation) = (pool.assets, pool.shares, pool.generation);
    }
}
