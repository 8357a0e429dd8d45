// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IStaking } from "./interfaces/IStaking.sol";
import { Staking } from "./Staking.sol";
import { NoDues } from "./test/NoDues.sol";
import { ReentrantToken } from "./test/ReentrantToken.sol";
import { Test } from "./test/Test.sol";

/// @notice The token is the staker, the slasher and the treasury itself, so that its call back comes with all rights.
contract ReentrancyTest is Test {
    uint256 private constant OPERATOR_KEY = 0xA11CE;
    bytes32 private constant NODE = bytes32(uint256(1));
    bytes32 private constant OTHER = bytes32(uint256(2));
    ReentrantToken private token;
    Staking private staking;

    function setUp() public {
        VM.roll(100);
        VM.warp(1_800_000_000);
        token = new ReentrantToken();
        staking = new Staking(
            token,
            address(token),
            address(token),
            Staking.Parameters(100 ether, 1 ether, 0, 1 days, 8, NoDues.claimsOf(address(token)))
        );
        // Somebody else's stake, which a thief would be after.
        token.approve(address(staking), type(uint256).max);
        stake(OTHER, address(this), OPERATOR_KEY + 1, 500 ether);
        assertTrue(token.transfer(address(token), 200 ether), "given");
        VM.prank(address(token));
        token.approve(address(staking), type(uint256).max);
        stake(NODE, address(token), OPERATOR_KEY, 200 ether);
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
        assertTrue(token.transfer(address(token), 100 ether), "given");
        token.arm(address(staking), abi.encodeCall(IStaking.unstake, (NODE, 300 ether)));
        VM.prank(address(token));
        staking.stake(NODE, VM.addr(OPERATOR_KEY), 100 ether, "");
        assertTrue(token.entered(), "the call back saw the whole stake");
        assertEq(staking.stakeOf(NODE).amount, 0);
        assertEq(staking.unbondingsOf(address(token))[0].amount, 300 ether);
        assertEq(token.balanceOf(address(staking)), 800 ether);
    }

    function testDelegationIsRecordedBeforeTheTransfer() public {
        assertTrue(token.transfer(address(token), 50 ether), "given");
        token.arm(address(staking), abi.encodeCall(IStaking.undelegate, (OTHER, 50 ether)));
        VM.prank(address(token));
        staking.delegate(OTHER, 50 ether);
        assertTrue(token.entered(), "the call back saw the whole delegation");
        (uint256 shares, ) = staking.delegationOf(OTHER, address(token));
        assertEq(shares, 0);
        assertEq(staking.unbondingsOf(address(token))[0].amount, 50 ether);
        assertEq(token.balanceOf(address(staking)), 750 ether);
    }

    function testASlashTakesOnce() public {
        bytes memory again = abi.encodeCall(
            IStaking.slash,
            (NODE, address(token), 1_000_000, address(token), 500_000)
        );
        token.arm(address(staking), again);
        VM.prank(address(token));
        assertEq(staking.slash(NODE, address(token), 1_000_000, address(token), 500_000), 200 ether);
        assertTrue(token.entered(), "the second slash found nothing to take");
        assertEq(token.balanceOf(address(token)), 200 ether);
        assertEq(token.balanceOf(address(staking)), 500 ether);
    }

    function testNothingSlashedCanBeWithdrawn() public {
        token.arm(address(staking), abi.encodeCall(IStaking.unstake, (NODE, 101 ether)));
        VM.prank(address(token));
        staking.slash(NODE, address(token), 500_000, address(token), 0);
        assertTrue(!token.entered(), "only half was left");
        assertEq(staking.slashableWei(NODE), 100 ether);
    }

    function stake(bytes32 nodeId, address account, uint256 key, uint256 amount) private {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, staking.bindingDigest(nodeId, account, VM.addr(key)));
        VM.prank(account);
        staking.stake(nodeId, VM.addr(key), amount, abi.encodePacked(r, s, v));
    }
}
