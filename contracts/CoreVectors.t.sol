// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IParleyNetwork } from "./interfaces/IParleyNetwork.sol";
import { Dues } from "./test/Dues.sol";

/// @notice The contracts decide as the protocol's TypeScript core does: vectors/contracts.json is the core's.
contract CoreVectorsTest is Dues {
    uint256 private constant CERTIFICATES = 10;
    uint256 private constant EMISSIONS = 6;

    function testTheSameSignersCertifyARoot() public {
        string memory json = VM.readFile("vectors/contracts.json");
        uint256 accepted = 0;
        for (uint256 i = 0; i < CERTIFICATES; ++i) {
            string memory place = placeOf(".certificates", i);
            freshNetwork(0);
            stakeAll(json, place);
            VM.roll(block.number + 1);
            uint256[] memory signers = VM.parseJsonUintArray(json, string.concat(place, ".signers"));
            IEpochAnchor.EpochRoot memory root = rootOf(1, _lastRoot, keccak256("state"));
            bool expected = VM.parseJsonBool(json, string.concat(place, ".certifies"));
            assertTrue(epochAnchor.certifies(root, signedBy(signers, root)) == expected, place);
            if (expected) ++accepted;
        }
        assertTrue(accepted > 2 && accepted + 2 < CERTIFICATES, "some do and some do not");
    }

    /// What the core pays for an epoch is within what the chain's schedule lets be minted for it, in both of its parts.
    function testAnEpochsEmissionIsWithinTheSchedule() public {
        string memory json = VM.readFile("vectors/contracts.json");
        for (uint256 i = 0; i < EMISSIONS; ++i) {
            string memory place = placeOf(".emissions", i);
            freshNetwork(VM.parseUint(VM.parseJsonString(json, string.concat(place, ".epochRewardWei"))));
            stakeAs(0, 100 ether);
            VM.roll(block.number + 1);
            assertEq(VM.parseJsonUint(json, string.concat(place, ".foundationPpm")), claims.foundationPpm());
            uint256 foundationWei = VM.parseUint(
                VM.parseJsonString(json, string.concat(place, ".foundationWei"))
            );
            uint256 workWei = VM.parseUint(VM.parseJsonString(json, string.concat(place, ".workWei")));
            (bytes32[] memory toFoundation, bytes32[] memory toWorker) = anchorPair(
                1,
                address(treasury),
                foundationWei,
                person(1),
                workWei
            );
            if (workWei != 0) claims.claim(1, person(1), workWei, toWorker);
            if (foundationWei != 0) claims.claim(1, address(treasury), foundationWei, toFoundation);
            assertEq(claims.claimedWei(person(1)), workWei);
            assertEq(claims.claimedWei(address(treasury)), foundationWei);
        }
    }

    /// Nothing ahead of the schedule; of an epoch it mints `epochRewardWei`.
    function freshNetwork(uint256 epochRewardWei) private {
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        // forge-lint: disable-next-line(unsafe-typecast)
        parameters.schedule.startSeconds = uint64(block.timestamp);
        parameters.schedule.headroomWei = 0;
        // forge-lint: disable-next-line(unsafe-typecast)
        parameters.schedule.epochRewardWei = uint96(epochRewardWei);
        deployNetwork(parameters);
        _lastRoot = keccak256("genesis");
    }

    /// Node i stakes the i-th amount, and one person delegates to all.
    function stakeAll(string memory json, string memory place) private {
        string[] memory stakes = VM.parseJsonStringArray(json, string.concat(place, ".stakesWei"));
        string[] memory delegated = VM.parseJsonStringArray(json, string.concat(place, ".delegatedWei"));
        for (uint256 i = 0; i < stakes.length; ++i) {
            stakeAs(i, VM.parseUint(stakes[i]));
            uint256 delegatedWei = VM.parseUint(delegated[i]);
            if (delegatedWei == 0) continue;
            fund(9, delegatedWei);
            VM.prank(person(9));
            staking.delegate(nodeOf(i), delegatedWei);
        }
    }

    function signedBy(
        uint256[] memory signers,
        IEpochAnchor.EpochRoot memory root
    ) private view returns (IEpochAnchor.CompactSignature[] memory signatures) {
        bytes32 digest = epochAnchor.digestOf(root);
        for (uint256 i = 1; i < signers.length; ++i) {
            for (uint256 j = i; j > 0 && operatorOf(signers[j - 1]) > operatorOf(signers[j]); --j) {
                (signers[j - 1], signers[j]) = (signers[j], signers[j - 1]);
            }
        }
        signatures = new IEpochAnchor.CompactSignature[](signers.length);
        for (uint256 i = 0; i < signers.length; ++i) {
            signatures[i] = signWith(operatorKey(signers[i]), digest);
        }
    }

    function placeOf(string memory list, uint256 index) private pure returns (string memory) {
        return string.concat(list, "[", VM.toString(index), "]");
    }
}
