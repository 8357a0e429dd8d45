// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Checkpoints } from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title A value by block
/// @notice Checkpoints with the newest kept apart in one slot: mostly a value is asked for that has not changed since,
/// and then it costs one storage read instead of two or more. Zero before the first value.
library History {
    using Checkpoints for Checkpoints.Trace208;

    uint256 private constant BLOCK_BITS = 48;

    /// @param newest the block since when it holds, in the lowest 48 bits, and above them the value: read at once.
    struct Value {
        uint256 newest;
        Checkpoints.Trace208 older;
    }

    /// @notice Sets the value from the running block on.
    function set(Value storage self, uint256 value) internal {
        uint48 current = SafeCast.toUint48(block.number);
        uint256 packed = self.newest;
        // Casting to uint48 is meant: the lowest 48 bits are the block.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint48 since = uint48(packed);
        // Casting is safe: 208 bits are left after a shift by 48.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (since != current && since != 0) self.older.push(since, uint208(packed >> BLOCK_BITS));
        self.newest = (uint256(SafeCast.toUint208(value)) << BLOCK_BITS) | current;
    }

    function setAddress(Value storage self, address value) internal {
        set(self, uint160(value));
    }

    function latest(Value storage self) internal view returns (uint256) {
        return self.newest >> BLOCK_BITS;
    }

    function latestAddress(Value storage self) internal view returns (address) {
        return address(uint160(latest(self)));
    }

    /// @notice Value at the end of `blockNumber`.
    function valueAt(Value storage self, uint256 blockNumber) internal view returns (uint256) {
        uint256 packed = self.newest;
        // Casting to uint48 is meant: the lowest 48 bits are the block.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (blockNumber >= uint48(packed)) return packed >> BLOCK_BITS;
        return self.older.upperLookupRecent(SafeCast.toUint48(blockNumber));
    }

    function addressAt(Value storage self, uint256 blockNumber) internal view returns (address) {
        return address(uint160(valueAt(self, blockNumber)));
    }
}
