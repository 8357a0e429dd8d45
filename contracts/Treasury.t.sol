// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { ITreasury } from "./interfaces/ITreasury.sol";
import { Network } from "./test/Network.sol";

contract TreasuryTest is Network {
    event Received(address indexed sender, uint256 amount);
    event Executed(address indexed target, uint256 value, bytes data);

    function setUp() public override {
        super.setUp();
        assertTrue(token.transfer(address(treasury), 100 ether), "sent");
    }

    function testFuzzOnlyTheExecutorSpends(address caller, uint256 amount) public {
        VM.assume(caller != EXECUTOR);
        VM.prank(caller);
        VM.expectRevert(abi.encodeWithSelector(ITreasury.NotExecutor.selector, caller));
        treasury.execute(address(token), 0, abi.encodeCall(IERC20.transfer, (caller, amount)));
    }

    function testTheExecutorSpendsTokens() public {
        bytes memory call = abi.encodeCall(IERC20.transfer, (person(1), 40 ether));
        VM.expectEmit(address(treasury));
        emit Executed(address(token), 0, call);
        VM.prank(EXECUTOR);
        bytes memory answer = treasury.execute(address(token), 0, call);
        assertTrue(abi.decode(answer, (bool)), "the token's own answer");
        assertEq(token.balanceOf(person(1)), 40 ether);
        assertEq(token.balanceOf(address(treasury)), 60 ether);
    }

    function testTheExecutorSpendsCoins() public {
        VM.deal(person(2), 3 ether);
        VM.expectEmit(address(treasury));
        emit Received(person(2), 3 ether);
        VM.prank(person(2));
        assertTrue(send(3 ether), "the treasury takes coins");
        VM.prank(EXECUTOR);
        treasury.execute(person(3), 1 ether, "");
        assertEq(person(3).balance, 1 ether);
        assertEq(address(treasury).balance, 2 ether);
    }

    function testHandsOnWhyACallFailed() public {
        bytes memory call = abi.encodeCall(IERC20.transfer, (person(1), 101 ether));
        VM.prank(EXECUTOR);
        VM.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientBalance.selector,
                address(treasury),
                100 ether,
                101 ether
            )
        );
        treasury.execute(address(token), 0, call);
    }

    function testVotesWithItsTokensOnlyByTheExecutor() public {
        assertEq(token.delegates(address(treasury)), address(0));
        VM.prank(EXECUTOR);
        treasury.execute(address(token), 0, abi.encodeCall(token.delegate, (EXECUTOR)));
        assertEq(token.getVotes(EXECUTOR), 100 ether);
    }

    function send(uint256 amount) private returns (bool done) {
        (done, ) = address(treasury).call{ value: amount }("");
    }
}
