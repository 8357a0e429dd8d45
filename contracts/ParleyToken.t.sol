// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20Capped } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";
import { Network } from "./test/Network.sol";

contract ParleyTokenTest is Network {
    function testInitialSupplyIsTheFoundations() public view {
        assertEq(token.totalSupply(), SUPPLY);
        assertEq(token.balanceOf(address(this)), SUPPLY);
        assertEq(token.cap(), CAP);
        assertEq(token.minter(), address(claims));
    }

    function testFuzzOnlyTheMinterMints(address caller, uint256 amount) public {
        VM.assume(caller != address(claims));
        VM.prank(caller);
        VM.expectRevert(abi.encodeWithSelector(IParleyToken.NotMinter.selector, caller));
        token.mint(caller, amount);
    }

    function testFuzzSupplyNeverPassesTheCap(uint256 amount) public {
        amount = clamp(amount, 1, CAP);
        bool fits = amount <= CAP - SUPPLY;
        VM.prank(address(claims));
        if (!fits) {
            VM.expectRevert(
                abi.encodeWithSelector(ERC20Capped.ERC20ExceededCap.selector, SUPPLY + amount, CAP)
            );
        }
        token.mint(person(0), amount);
        assertEq(token.totalSupply(), fits ? SUPPLY + amount : SUPPLY);
    }

    function testPermitGivesAllowanceByASignature() public {
        address owner = operatorOf(0);
        bytes32 permit = keccak256(
            abi.encode(
                keccak256(
                    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
                ),
                owner,
                person(1),
                5 ether,
                0,
                block.timestamp
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), permit));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(operatorKey(0), digest);
        token.permit(owner, person(1), 5 ether, block.timestamp, v, r, s);
        assertEq(token.allowance(owner, person(1)), 5 ether);
    }

    function testVotesAreReadableAtAPastBlock() public {
        token.transfer(person(0), 7 ether);
        VM.prank(person(0));
        token.delegate(person(0));
        VM.roll(block.number + 1);
        VM.prank(person(0));
        token.transfer(person(1), 3 ether);
        assertEq(token.getPastVotes(person(0), block.number - 1), 7 ether);
        assertEq(token.getVotes(person(0)), 4 ether);
    }
}
