// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IStaking } from "../interfaces/IStaking.sol";
import { SharePool } from "./SharePool.sol";

/// @title Stake on its way out
/// @notice Time is cut into slices. What leaves a node within one slice shares a pot, which a slash reaches until the
/// slice is due: so a slash touches a bounded number of pots however many people leave. An account's exits wait in a queue
/// that is in the order of their slices, as each exit waits equally long.
library Exits {
    using SafeCast for uint256;
    using SharePool for SharePool.Pool;

    /// @param nodeId the node that was left.
    /// @param ownership of the node, when it was left.
    /// @param slice end of the wait, in slices since 1970.
    /// @param generation of the pot.
    /// @param shares of the pot.
    struct Exit {
        bytes32 nodeId;
        uint32 ownership;
        uint48 slice;
        uint32 generation;
        uint128 shares;
    }

    struct Queue {
        uint128 first;
        uint128 end;
        mapping(uint256 place => Exit) exits;
    }

    struct Book {
        mapping(bytes32 nodeId => mapping(uint256 ownership => mapping(uint256 slice => SharePool.Pool))) pots;
        mapping(address account => Queue) queues;
    }

    /// @notice Puts `amount` wei into the pot of `slice`, never an earlier one than before, and in the account's queue.
    function enter(
        Book storage self,
        address account,
        bytes32 nodeId,
        uint256 ownership,
        uint256 slice,
        uint256 amount
    ) internal {
        SharePool.Pool storage pot = self.pots[nodeId][ownership][slice];
        uint128 shares = pot.deposit(amount).toUint128();
        Queue storage queue = self.queues[account];
        uint128 end = queue.end;
        queue.end = end + 1;
        queue.exits[end] = Exit(nodeId, ownership.toUint32(), slice.toUint48(), pot.generation, shares);
    }

    /// @notice Takes the exits up to `slice` out of the queue, at most `limit` of them.
    /// @return count how many; @return amount what they are worth.
    function depart(
        Book storage self,
        address account,
        uint256 slice,
        uint256 limit
    ) internal returns (uint256 count, uint256 amount) {
        Queue storage queue = self.queues[account];
        (uint256 first, uint256 end) = (queue.first, queue.end);
        while (count < limit && first + count < end) {
            Exit memory exit = queue.exits[first + count];
            if (exit.slice > slice) break;
            delete queue.exits[first + count];
            amount += self.pots[exit.nodeId][exit.ownership][exit.slice].redeem(exit.shares, exit.generation);
            ++count;
        }
        queue.first = (first + count).toUint128();
    }

    /// @notice Takes numerator / denominator of the node's pots from slice `from` to slice `to`.
    function slash(
        Book storage self,
        bytes32 nodeId,
        uint256 ownership,
        uint256 from,
        uint256 to,
        uint256 numerator,
        uint256 denominator
    ) internal returns (uint256 taken) {
        mapping(uint256 slice => SharePool.Pool) storage pots = self.pots[nodeId][ownership];
        for (uint256 slice = from; slice <= to; ++slice) taken += pots[slice].slash(numerator, denominator);
    }

    /// @notice What the node's pots hold from slice `from` to slice `to`.
    function heldIn(
        Book storage self,
        bytes32 nodeId,
        uint256 ownership,
        uint256 from,
        uint256 to
    ) internal view returns (uint256 amount) {
        mapping(uint256 slice => SharePool.Pool) storage pots = self.pots[nodeId][ownership];
        for (uint256 slice = from; slice <= to; ++slice) amount += pots[slice].assets;
    }

    /// @notice Whether the account has exits, and the slice of the oldest.
    function oldest(Book storage self, address account) internal view returns (bool exists, uint256 slice) {
        Queue storage queue = self.queues[account];
        return (queue.first != queue.end, queue.exits[queue.first].slice);
    }

    /// @notice The account's exits, the oldest first.
    function list(
        Book storage self,
        address account,
        uint256 sliceSeconds
    ) internal view returns (IStaking.Unbonding[] memory unbondings) {
        Queue storage queue = self.queues[account];
        unbondings = new IStaking.Unbonding[](queue.end - queue.first);
        for (uint256 i = 0; i < unbondings.length; ++i) {
            Exit memory exit = queue.exits[queue.first + i];
            SharePool.Pool storage pot = self.pots[exit.nodeId][exit.ownership][exit.slice];
            unbondings[i] = IStaking.Unbonding({
                nodeId: exit.nodeId,
                amount: pot.worth(exit.shares, exit.generation),
                withdrawableAt: exit.slice * sliceSeconds
            });
        }
    }
}
