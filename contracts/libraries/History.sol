// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Checkpoints } from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title A value by block
/// @notice Checkpoints with the newest kept apart in one slot: mostly a value is asked for that has not changed since,
/// and then it costs one storage read instead of two or more. Zero before the first value.
library History {
    using Checkpoints for Checkpoints.Trace208;

    struct Value {
        uint48 sinceBlock;
        uint208 newest;
        Checkpoints.Trace208 older;
    }

    /// @notice Sets the value from the running block on.
    function set(Value storage self, uint256 value) internal {
        uint48 current = SafeCast.toUint48(block.number);
        uint48 since = self.sinceBlock;
        if (since != current) {
            if (since != 0) self.older.push(since, self.newest);
            self.sinceBlock = current;
        }
        self.newest = SafeCast.toUint208(value);
    }

    function setAddress(Value storage self, address value) internal {
        set(self, uint160(value));
    }

    function latest(Value storage self) internal view returns (uint256) {
        return self.newest;
    }

    function latestAddress(Value storage self) internal view returns (address) {
        return address(uint160(self.newest));
    }

    /// @notice Value at the end of `blockNumber`.
    function valueAt(Value storage self, uint256 blockNumber) internal view returns (uint256) {
        (uint48 since, uint208 newest) = (self.sinceBlock, self.newest);
        if (blockNumber >= since) return newest;
        return self.older.upperLookupRecent(SafeCast.toUint48(blockNumber));
    }

    function addressAt(Value storage self, uint256 blockNumber) internal view returns (address) {
        return address(uint160(valueAt(self, blockNumber)));
    }
}
