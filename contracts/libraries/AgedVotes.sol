// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The least of a value over periods of time
/// @notice One storage slot for each period in which the value changed, however often it did: nobody can make another's
/// history long by many small transfers. Zero before the first value.
library AgedVotes {
    /// @param index of the period: Unix time divided by the period's length.
    /// @param leastWei the least value at any time in the period.
    /// @param closingWei the value at its end.
    struct Period {
        uint64 index;
        uint96 leastWei;
        uint96 closingWei;
    }

    /// @notice Sets the value from now on. `index` never goes back.
    function set(Period[] storage self, uint256 index, uint256 value) internal {
        uint96 newWei = SafeCast.toUint96(value);
        uint256 count = self.length;
        if (count == 0) {
            self.push(Period(SafeCast.toUint64(index), 0, newWei));
            return;
        }
        Period storage last = self[count - 1];
        if (last.index == index) {
            last.closingWei = newWei;
            if (newWei < last.leastWei) last.leastWei = newWei;
        } else {
            uint96 leastWei = newWei < last.closingWei ? newWei : last.closingWei;
            self.push(Period(SafeCast.toUint64(index), leastWei, newWei));
        }
    }

    /// @notice The least value at any time in period `index` and the `earlier` periods before it.
    function least(
        Period[] storage self,
        uint256 index,
        uint256 earlier
    ) internal view returns (uint256 leastWei) {
        uint256 first = Math.saturatingSub(index, earlier);
        uint256 place = _countUpTo(self, index);
        leastWei = type(uint256).max;
        while (place != 0) {
            Period memory period = self[--place];
            if (period.index < first) return Math.min(leastWei, period.closingWei);
            leastWei = Math.min(leastWei, period.leastWei);
        }
        // Nothing older than the window: the value was zero when it began.
        return 0;
    }

    /// Number of entries whose index is at most `index`.
    function _countUpTo(Period[] storage self, uint256 index) private view returns (uint256 low) {
        uint256 high = self.length;
        while (low < high) {
            uint256 middle = Math.average(low, high);
            if (self[middle].index <= index) low = middle + 1;
            else high = middle;
        }
    }
}
