// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { Network } from "./Network.sol";

/// @notice A network with one staked node, whose operator certifies what the test says is due.
abstract contract Dues is Network {
    bytes32 internal _lastRoot = keccak256("genesis");

    function setUp() public virtual override {
        super.setUp();
        stakeAs(0, 100 ether);
        VM.roll(block.number + 1);
    }

    /// @notice Anchors an epoch that owes persons 1 and 2 these sums, waits until it is final, and returns person 1's
    /// proof.
    function anchorDues(
        uint64 epoch,
        uint256 first,
        uint256 second
    ) internal returns (bytes32[] memory proof) {
        (proof, ) = anchorPair(epoch, person(1), first, person(2), second);
    }

    /// @notice The same for any two accounts, with both proofs.
    function anchorPair(
        uint64 epoch,
        address one,
        uint256 first,
        address two,
        uint256 second
    ) internal returns (bytes32[] memory proofOfOne, bytes32[] memory proofOfTwo) {
        bytes32 ours = leafOf(one, first);
        bytes32 theirs = leafOf(two, second);
        anchorRoot(epoch, keccak256(ours < theirs ? abi.encode(ours, theirs) : abi.encode(theirs, ours)));
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        proofOfOne = single(theirs);
        proofOfTwo = single(ours);
    }

    function anchorRoot(uint64 epoch, bytes32 claimsRoot) internal {
        IEpochAnchor.EpochRoot memory root = rootOf(epoch, _lastRoot, keccak256(abi.encode(epoch)));
        root.claimsRoot = claimsRoot;
        anchorWith(root, 1);
        _lastRoot = root.stateRoot;
    }

    function single(bytes32 node) internal pure returns (bytes32[] memory proof) {
        proof = new bytes32[](1);
        proof[0] = node;
    }

    function leafOf(address account, uint256 cumulativeWei) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(account, cumulativeWei))));
    }
}
