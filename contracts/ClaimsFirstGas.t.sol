// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Dues } from "./test/Dues.sol";

/// @notice The very first claim of a network, which finds no slot fresh: Claims has tokens to pay with.
contract ClaimsFirstGasTest is Dues {
    uint256 private constant BUDGET_GAS = 70_000;

    bytes32[] private proof;

    function setUp() public override {
        super.setUp();
        proof = anchorDues(1, 5 ether, 7 ether);
        stakeAs(1, MINIMUM_STAKE);
        assertTrue(token.transfer(person(1), 1 ether), "sent");
        assertTrue(token.transfer(address(claims), 1_000 ether), "sent");
    }

    /// forge-config: default.isolate = true
    function testTheFirstClaimOfANetwork() public {
        claims.claim(1, person(1), 5 ether, proof);
        uint256 used = VM.lastCallGas().gasTotalUsed;
        if (used > BUDGET_GAS) revert NotEqual(bytes32(BUDGET_GAS), bytes32(used));
    }
}
