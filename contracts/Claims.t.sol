// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Claims } from "./Claims.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { Dues } from "./test/Dues.sol";

contract ClaimsTest is Dues {
    event Claimed(uint64 indexed epoch, address indexed account, uint256 amount, uint256 cumulativeWei);

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

    /// Leaves, roots and proofs as the protocol's TypeScript core published them.
    function testPaysWhatTheCoresTreesSay() public {
        string memory json = VM.readFile("vectors/claims.json");
        for (uint64 tree = 1; tree < 5; ++tree) {
            string memory place = string.concat("[", VM.toString(tree), "]");
            uint256 count = tree == 4 ? 7 : tree;
            anchorRoot(tree, hashAt(json, string.concat(place, ".root")));
            VM.warp(block.timestamp + CHALLENGE_SECONDS);
            for (uint256 i = 0; i < count; ++i) {
                string memory leaf = string.concat(place, ".leaves[", VM.toString(i), "]");
                claimLeaf(tree, json, leaf);
            }
        }
    }

    function testRefusesTermsOutOfRange() public {
        Claims.Configuration memory configuration = Claims.Configuration({
            token: token,
            epochAnchor: epochAnchor,
            treasury: address(treasury),
            guardian: address(guardian),
            accountLinks: address(accountLinks),
            foundationPpm: 1_000_001,
            unclaimedSeconds: 0,
            noticeSeconds: 0
        });
        VM.expectRevert(abi.encodeWithSelector(IClaims.InvalidConfiguration.selector));
        new Claims(configuration);
        configuration.foundationPpm = 0;
        configuration.treasury = address(0);
        VM.expectRevert(abi.encodeWithSelector(IClaims.InvalidConfiguration.selector));
        new Claims(configuration);
    }

    /// Whoever stakes finds an entry at the first claim; it changes nothing but what the claim costs.
    function testAnOpenedEntryChangesNoPayee() public {
        address account = person(3);
        claims.open(account);
        assertEq(claims.payeeOf(account), account);
        VM.prank(address(accountLinks));
        claims.setPayee(account, person(4));
        claims.open(account);
        assertEq(claims.payeeOf(account), person(4));
        VM.prank(account);
        claims.setPayee(account, address(0));
        assertEq(claims.payeeOf(account), account);
        assertEq(claims.claimedWei(account), 0);
    }

    /// The last root that was paid from is remembered; that must not let another epoch's proof through.
    function testARememberedRootHoldsForItsEpochOnly() public {
        bytes32[] memory first = anchorDues(1, 5 ether, 7 ether);
        claims.claim(1, person(1), 5 ether, first);
        bytes32[] memory second = anchorDues(2, 8 ether, 9 ether);
        VM.expectRevert(abi.encodeWithSelector(IClaims.InvalidProof.selector));
        claims.claim(1, person(1), 8 ether, second);
        VM.expectRevert(abi.encodeWithSelector(IClaims.EpochNotFinal.selector, 3));
        claims.claim(3, person(1), 5 ether, first);
        claims.claim(2, person(1), 8 ether, second);
        // Back to the older epoch, which is asked for again.
        claims.claim(1, person(2), 7 ether, single(leafOf(person(1), 5 ether)));
        assertEq(token.balanceOf(person(2)), 7 ether);
        VM.expectRevert(abi.encodeWithSelector(IClaims.InvalidProof.selector));
        claims.claim(2, person(2), 10 ether, second);
    }

    function testAnInnerNodeIsNotALeaf() public {
        anchorDues(1, 5 ether, 7 ether);
        VM.expectRevert(abi.encodeWithSelector(IClaims.InvalidProof.selector));
        claims.claim(1, person(1), 5 ether, new bytes32[](0));
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
            uint64 pick = SafeCast.toUint64(order % 5);
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

    function claimLeaf(uint64 epoch, string memory json, string memory leaf) private {
        address account = VM.parseJsonAddress(json, string.concat(leaf, ".account"));
        uint256 due = VM.parseUint(VM.parseJsonString(json, string.concat(leaf, ".cumulativeWei")));
        assertEq(leafOf(account, due), hashAt(json, string.concat(leaf, ".leaf")));
        string[] memory nodes = VM.parseJsonStringArray(json, string.concat(leaf, ".proof"));
        bytes32[] memory proof = new bytes32[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            proof[i] = VM.parseBytes32(string.concat("0x", nodes[i]));
        }
        if (due <= claims.claimedWei(account)) {
            VM.expectRevert(
                abi.encodeWithSelector(IClaims.NothingToClaim.selector, claims.claimedWei(account), due)
            );
        }
        claims.claim(epoch, account, due, proof);
        assertTrue(claims.claimedWei(account) >= due, "paid");
    }

    function hashAt(string memory json, string memory key) private pure returns (bytes32) {
        return VM.parseBytes32(string.concat("0x", VM.parseJsonString(json, key)));
    }
}
