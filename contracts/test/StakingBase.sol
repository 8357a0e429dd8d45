// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Claims } from "../Claims.sol";
import { Staking } from "../Staking.sol";
import { NoDues } from "./NoDues.sol";
import { PlainToken } from "./PlainToken.sol";
import { Test } from "./Test.sol";

/// @notice Staking alone, with people to use it and addresses in the places of Disputes and Treasury.
abstract contract StakingBase is Test {
    uint256 internal constant SUPPLY = 1_000_000_000 ether;
    uint256 internal constant MINIMUM_STAKE = 100 ether;
    uint256 internal constant MINIMUM_DELEGATION = 10 ether;
    uint48 internal constant UNBONDING_SECONDS = 16 hours;
    uint48 internal constant MAXIMUM_LOCK_SECONDS = 365 days;
    uint256 internal constant MAXIMUM_NODES = 32;
    address internal constant SLASHER = address(0x51A5);
    address internal constant TREASURY = address(0x7EA5);
    // A multiple of the hour that an exit's wait is rounded up to.
    uint256 internal constant START_SECONDS = 1_800_000_000;

    PlainToken internal token;
    Staking internal staking;
    Claims internal claims;

    function setUp() public virtual {
        VM.roll(100);
        VM.warp(START_SECONDS);
        token = new PlainToken(SUPPLY);
        claims = NoDues.claimsOf(address(token));
        staking = new Staking(token, SLASHER, TREASURY, parameters());
    }

    function parameters() internal view returns (Staking.Parameters memory) {
        return
            Staking.Parameters({
                minimumStake: MINIMUM_STAKE,
                minimumDelegation: MINIMUM_DELEGATION,
                unbondingSeconds: UNBONDING_SECONDS,
                maximumLockSeconds: MAXIMUM_LOCK_SECONDS,
                maximumNodes: MAXIMUM_NODES,
                claims: claims
            });
    }

    function person(uint256 index) internal pure returns (address) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(uint160(0x1000 + index));
    }

    function nodeOf(uint256 index) internal pure returns (bytes32) {
        return bytes32(index + 1);
    }

    function operatorKey(uint256 index) internal pure returns (uint256) {
        return 0xA11CE + index;
    }

    function operatorOf(uint256 index) internal pure returns (address) {
        return VM.addr(operatorKey(index));
    }

    /// @notice What operator `operator` signs to serve `nodeId` for `account`.
    function proofOf(uint256 operator, bytes32 nodeId, address account) internal view returns (bytes memory) {
        bytes32 digest = staking.bindingDigest(nodeId, account, operatorOf(operator));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(operatorKey(operator), digest);
        return abi.encodePacked(r, s, v);
    }

    /// @notice Tokens, and leave for Staking to take them.
    function fund(uint256 index, uint256 amount) internal {
        assertTrue(token.transfer(person(index), amount), "given");
        VM.prank(person(index));
        token.approve(address(staking), type(uint256).max);
    }

    /// @notice Gives person `index` tokens and stakes them for their node, with the operator of the same index.
    function stakeAs(uint256 index, uint256 amount) internal {
        stakeFor(index, nodeOf(index), index, amount);
    }

    function stakeFor(uint256 who, bytes32 nodeId, uint256 operator, uint256 amount) internal {
        fund(who, amount);
        bytes memory proof = proofOf(operator, nodeId, person(who));
        VM.prank(person(who));
        staking.stake(nodeId, operatorOf(operator), amount, proof);
    }

    function unstakeAs(uint256 index, uint256 amount) internal {
        VM.prank(person(index));
        staking.unstake(nodeOf(index), amount);
    }

    /// @notice Gives person `who` tokens and delegates them to the node of person `to`.
    function delegateAs(uint256 who, uint256 to, uint256 amount) internal returns (uint256 shares) {
        fund(who, amount);
        VM.prank(person(who));
        return staking.delegate(nodeOf(to), amount);
    }

    function undelegateAs(uint256 who, uint256 to, uint256 shares) internal returns (uint256 amount) {
        VM.prank(person(who));
        return staking.undelegate(nodeOf(to), shares);
    }

    function withdrawAs(uint256 who) internal returns (uint256 amount) {
        VM.prank(person(who));
        return staking.withdraw();
    }

    /// @notice Slashes the node of person `index`; all goes to the treasury.
    function slashOf(uint256 index, uint256 ppm) internal returns (uint256 takenWei) {
        VM.prank(SLASHER);
        return staking.slash(nodeOf(index), person(index), ppm, address(0), 0);
    }

    function worthOf(uint256 who, uint256 to) internal view returns (uint256 amount) {
        (, amount) = staking.delegationOf(nodeOf(to), person(who));
    }

    function sharesOf(uint256 who, uint256 to) internal view returns (uint256 shares) {
        (shares, ) = staking.delegationOf(nodeOf(to), person(who));
    }

    /// @notice The next call, by person `who`, reverts so.
    function expect(bytes memory revertData, uint256 who) internal {
        VM.prank(person(who));
        VM.expectRevert(revertData);
    }
}
