// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20Capped } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { Network } from "./test/Network.sol";

contract ClaimsTest is Network {
    event Claimed(uint64 indexed epoch, address indexed account, uint256 amount, uint256 cumulativeWei);

    bytes32 private lastRoot = keccak256("genesis");

    function setUp() public override {
        super.setUp();
        stakeAs(0, 100 ether);
        VM.roll(block.number + 1);
    }

    function testPaysWhatIsDueAndLaterTheDifference() public {
        bytes32[] memory proof = anchorDues(1, 5 ether, 7 ether);
        VM.expectEmit(address(claims));
        emit Claimed(1, person(1), 5 ether, 5 ether);
        claims.claim(1, person(1), 5 ether, proof);
        assertEq(token.balanceOf(person(1)), 5 ether);

        proof = anchorDues(2, 8 ether, 7 ether);
        claims.claim(2, person(1), 8 ether, proof);
        assertEq(token.balanceOf(person(1)), 8 ether);
        assertEq(claims.claimedWei(person(1)), 8 ether);
    }

    function testSkippedEpochsAreCoveredByALaterClaim() public {
        bytes32[] memory oldProof = anchorDues(1, 5 ether, 7 ether);
        bytes32[] memory proof = anchorDues(2, 8 ether, 7 ether);
        claims.claim(2, person(1), 8 ether, proof);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToClaim.selector, 8 ether, 5 ether));
        claims.claim(1, person(1), 5 ether, oldProof);
    }

    function testNeverPaysTwice() public {
        bytes32[] memory proof = anchorDues(1, 5 ether, 7 ether);
        claims.claim(1, person(1), 5 ether, proof);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToClaim.selector, 5 ether, 5 ether));
        claims.claim(1, person(1), 5 ether, proof);
    }

    function testPaysOnlyAfterTheChallengeWindow() public {
        bytes32[] memory proof = anchorDues(1, 5 ether, 7 ether);
        VM.warp(block.timestamp - 1);
        VM.expectRevert(abi.encodeWithSelector(IClaims.EpochNotFinal.selector, 1));
        claims.claim(1, person(1), 5 ether, proof);
        VM.expectRevert(abi.encodeWithSelector(IClaims.EpochNotFinal.selector, 2));
        claims.claim(2, person(1), 5 ether, proof);
    }

    function testFuzzOnlyTheProvenAccountAndAmount(address account, uint256 amount, bytes32 node) public {
        bytes32[] memory proof = anchorDues(1, 5 ether, 7 ether);
        VM.assume(account != person(1) || amount != 5 ether || proof[0] != node);
        if (account == person(1) && amount == 5 ether) proof[0] = node;
        VM.expectRevert(abi.encodeWithSelector(IClaims.InvalidProof.selector));
        claims.claim(1, account, amount, proof);
    }

    function testAnInnerNodeIsNotALeaf() public {
        anchorDues(1, 5 ether, 7 ether);
        VM.expectRevert(abi.encodeWithSelector(IClaims.InvalidProof.selector));
        claims.claim(1, person(1), 5 ether, new bytes32[](0));
    }

    function testPaysToTheLastWeiBelowTheCap() public {
        uint256 nearlyAll = CAP - SUPPLY - 1 ether;
        claims.claim(1, person(1), nearlyAll, anchorDues(1, nearlyAll, 7 ether));
        // Less than a portion is left to mint.
        claims.claim(2, person(1), CAP - SUPPLY, anchorDues(2, CAP - SUPPLY, 7 ether));
        assertEq(token.balanceOf(person(1)), CAP - SUPPLY);
        assertEq(token.totalSupply(), CAP);
    }

    function testStopsAtTheCap() public {
        uint256 tooMuch = CAP - SUPPLY + 1;
        bytes32[] memory proof = anchorDues(1, tooMuch, 7 ether);
        VM.expectRevert(abi.encodeWithSelector(ERC20Capped.ERC20ExceededCap.selector, CAP + 1, CAP));
        claims.claim(1, person(1), tooMuch, proof);
        assertEq(claims.claimedWei(person(1)), 0);
    }

    /// Whatever is claimed in whatever order, an account has been paid its highest proven amount.
    function testFuzzPaidIsTheHighestProvenAmount(uint256[5] memory dues, uint256 order) public {
        bytes32[][] memory proofs = new bytes32[][](5);
        for (uint64 i = 0; i < 5; ++i) {
            dues[i] = clamp(dues[i], 1, 100 ether);
            proofs[i] = anchorDues(i + 1, dues[i], 7 ether);
        }
        uint256 highest = 0;
        for (uint256 i = 0; i < 12; ++i) {
            uint64 pick = uint64(order % 5);
            order = order / 5;
            if (dues[pick] <= highest) {
                VM.expectRevert(abi.encodeWithSelector(IClaims.NothingToClaim.selector, highest, dues[pick]));
            }
            claims.claim(pick + 1, person(1), dues[pick], proofs[pick]);
            if (dues[pick] > highest) highest = dues[pick];
        }
        assertEq(token.balanceOf(person(1)), highest);
        assertEq(token.totalSupply(), SUPPLY + 1_000 ether);
    }

    /// Anchors an epoch that owes persons 1 and 2 these sums, waits until it is final, and returns person 1's proof.
    function anchorDues(
        uint64 epoch,
        uint256 first,
        uint256 second
    ) private returns (bytes32[] memory proof) {
        bytes32 ours = leafOf(person(1), first);
        bytes32 other = leafOf(person(2), second);
        IEpochAnchor.EpochRoot memory root = rootOf(epoch, lastRoot, keccak256(abi.encode(epoch)));
        root.claimsRoot = keccak256(ours < other ? abi.encode(ours, other) : abi.encode(other, ours));
        anchorWith(root, 1);
        lastRoot = root.stateRoot;
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        proof = new bytes32[](1);
        proof[0] = other;
    }

    function leafOf(address account, uint256 cumulativeWei) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(account, cumulativeWei))));
    }
}
