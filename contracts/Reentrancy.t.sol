// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IStaking } from "./interfaces/IStaking.sol";
import { Staking } from "./Staking.sol";
import { ReentrantToken } from "./test/ReentrantToken.sol";
import { Test } from "./test/Test.sol";

/// @notice The token is the staker itself, so that its call back comes with the staker's rights.
contract ReentrancyTest is Test {
    bytes32 private constant NODE = bytes32(uint256(1));
    ReentrantToken private token;
    Staking private staking;

    function setUp() public {
        VM.roll(100);
        VM.warp(1_800_000_000);
        token = new ReentrantToken();
        staking = new Staking(token, 100 ether, 0, 8);
        // Somebody else's stake, which a thief would be after.
        token.approve(address(staking), type(uint256).max);
        staking.stake(bytes32(uint256(2)), address(2), 500 ether);
        token.transfer(address(token), 200 ether);
        VM.prank(address(token));
        token.approve(address(staking), type(uint256).max);
        VM.prank(address(token));
        staking.stake(NODE, address(1), 200 ether);
    }

    function testWithdrawPaysOnce() public {
        VM.prank(address(token));
        staking.unstake(NODE, 200 ether);
        token.arm(address(staking), abi.encodeCall(IStaking.withdraw, ()));
        VM.prank(address(token));
        staking.withdraw();
        assertTrue(!token.entered(), "the second withdrawal found nothing");
        assertEq(token.balanceOf(address(token)), 200 ether);
        assertEq(token.balanceOf(address(staking)), 500 ether);
    }

    function testStakeIsRecordedBeforeTheTransfer() public {
        token.transfer(address(token), 100 ether);
        token.arm(address(staking), abi.encodeCall(IStaking.unstake, (NODE, 300 ether)));
        VM.prank(address(token));
        staking.stake(NODE, address(1), 100 ether);
        assertTrue(token.entered(), "the call back saw the whole stake");
        assertEq(staking.stakeOf(NODE).amount, 0);
        (uint256 waiting, ) = staking.unbonding(address(token));
        assertEq(waiting, 300 ether);
        assertEq(token.balanceOf(address(staking)), 800 ether);
    }
}
