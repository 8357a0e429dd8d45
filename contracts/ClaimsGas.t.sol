// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Dues } from "./test/Dues.sol";

/// @notice What a claim costs as a transaction of its own, with a proof of ten hashes (1,000 accounts). Everything but
/// the claim is done in setUp, so that a test's gas in .gas-snapshot is the claim's and a constant.
contract ClaimsGasTest is Dues {
    uint256 private constant DEPTH = 10;

    mapping(uint64 epoch => mapping(uint256 index => bytes32[])) private proofs;

    /// Persons 1 and 2 have claimed before, persons 3 and 4 stake; person 3 has tokens, person 4 has none left, and person 5
    /// has tokens and never staked. Epoch 2 has been claimed from, by person 1, and epoch 3 has not.
    function setUp() public override {
        super.setUp();
        (bytes32[] memory proof1, bytes32[] memory proof2) = anchorPair(
            1,
            person(1),
            5 ether,
            person(2),
            7 ether
        );
        claims.claim(1, person(1), 5 ether, proof1);
        claims.claim(1, person(2), 7 ether, proof2);
        anchorFive(2);
        claims.claim(2, person(1), dueOf(2), proofs[2][1]);
        anchorFive(3);
        stakeAs(3, MINIMUM_STAKE);
        stakeAs(4, MINIMUM_STAKE);
        assertTrue(token.transfer(person(3), 1 ether), "sent");
        assertTrue(token.transfer(person(5), 1 ether), "sent");
    }

    /// forge-config: default.isolate = true
    function testTheFirstClaimOfAnEpoch() public {
        assertClaimCosts(3, 1, 76_000);
    }

    /// forge-config: default.isolate = true
    function testAnyFurtherClaimOfAnEpoch() public {
        assertClaimCosts(2, 2, 61_000);
    }

    /// forge-config: default.isolate = true
    function testTheFirstClaimOfAnAccount() public {
        assertClaimCosts(2, 3, 61_000);
    }

    /// Whose entry no stake has made.
    /// forge-config: default.isolate = true
    function testTheFirstClaimOfAnAccountThatNeverStaked() public {
        assertClaimCosts(2, 5, 80_000);
    }

    /// forge-config: default.isolate = true
    function testTheFirstClaimOfAnAccountWithoutTokens() public {
        assertClaimCosts(2, 4, 80_000);
    }

    /// forge-config: default.isolate = true
    function testTheFirstClaimOfAnAccountAndOfAnEpoch() public {
        assertClaimCosts(3, 3, 76_000);
    }

    /// The dearest: a new balance, a first claim and an epoch that nobody has claimed from.
    /// forge-config: default.isolate = true
    function testTheFirstClaimOfAnAccountWithoutTokensAndOfAnEpoch() public {
        assertClaimCosts(3, 4, 93_000);
    }

    function assertClaimCosts(uint64 epoch, uint256 index, uint256 atMost) private {
        claims.claim(epoch, person(index), dueOf(epoch), proofs[epoch][index]);
        uint256 used = VM.lastCallGas().gasTotalUsed;
        if (used > atMost) revert NotEqual(bytes32(atMost), bytes32(used));
    }

    /// A tree of which only the way to persons 1 to 5 is there: the fifth stands in the place of the first node beside them.
    function anchorFive(uint64 epoch) private {
        bytes32[] memory leaves = new bytes32[](5);
        for (uint256 i = 1; i < 5; ++i) leaves[i] = leafOf(person(i), dueOf(epoch));
        (bytes32 left, bytes32 right) = (parentOf(leaves[1], leaves[2]), parentOf(leaves[3], leaves[4]));
        for (uint256 i = 1; i < 5; ++i) {
            proofs[epoch][i].push(leaves[i % 2 == 1 ? i + 1 : i - 1]);
            proofs[epoch][i].push(i < 3 ? right : left);
        }
        bytes32 node = parentOf(left, right);
        proofs[epoch][5].push(node);
        bytes32 fifth = leafOf(person(5), dueOf(epoch));
        for (uint256 i = 1; i < 5; ++i) proofs[epoch][i].push(fifth);
        node = parentOf(node, fifth);
        for (uint256 depth = 3; depth < DEPTH; ++depth) {
            bytes32 sibling = keccak256(abi.encode(depth));
            for (uint256 i = 1; i < 6; ++i) proofs[epoch][i].push(sibling);
            node = parentOf(node, sibling);
        }
        anchorRoot(epoch, node);
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
    }

    function dueOf(uint64 epoch) private pure returns (uint256) {
        return uint256(epoch) * 10 ether;
    }

    function parentOf(bytes32 one, bytes32 two) private pure returns (bytes32) {
        return keccak256(one < two ? abi.encode(one, two) : abi.encode(two, one));
    }
}
