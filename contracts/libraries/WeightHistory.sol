// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Checkpoints } from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title A weight by block
/// @notice Checkpoints with the newest kept apart in one slot: a certificate mostly asks for weights that have not
/// changed since, and then each signer costs one storage read instead of two or more.
library WeightHistory {
    using Checkpoints for Checkpoints.Trace208;

    struct History {
        uint48 sinceBlock;
        uint208 weight;
        Checkpoints.Trace208 older;
    }

    /// @notice Weight from the running block on.
    function set(History storage self, uint256 weight) internal {
        uint48 current = SafeCast.toUint48(block.number);
        uint48 since = self.sinceBlock;
        if (since != current) {
            if (since != 0) self.older.push(since, self.weight);
            self.sinceBlock = current;
        }
        self.weight = SafeCast.toUint208(weight);
    }

    function latest(History storage self) internal view returns (uint256) {
        return self.weight;
    }

    /// @notice Weight at the end of `blockNumber`.
    function valueAt(History storage self, uint48 blockNumber) internal view returns (uint256) {
        (uint48 since, uint208 weight) = (self.sinceBlock, self.weight);
        if (blockNumber >= since) return weight;
        return self.older.upperLookupRecent(blockNumber);
    }
}
