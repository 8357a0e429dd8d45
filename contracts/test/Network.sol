// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Claims } from "../Claims.sol";
import { EpochAnchor } from "../EpochAnchor.sol";
import { ParleyToken } from "../ParleyToken.sol";
import { Staking } from "../Staking.sol";
import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { Test } from "./Test.sol";

/// @notice The four contracts as a network has them, and people to use them.
abstract contract Network is Test {
    uint256 internal constant SUPPLY = 1_000_000 ether;
    uint256 internal constant CAP = 2_000_000 ether;
    uint256 internal constant MINIMUM_STAKE = 100 ether;
    uint48 internal constant UNBONDING_SECONDS = 7 days;
    uint64 internal constant CHALLENGE_SECONDS = 1 hours;
    uint256 internal constant MAXIMUM_NODES = 32;

    ParleyToken internal token;
    Staking internal staking;
    EpochAnchor internal epochAnchor;
    Claims internal claims;

    function setUp() public virtual {
        VM.roll(100);
        VM.warp(1_800_000_000);
        address claimsAddress = VM.computeCreateAddress(address(this), VM.getNonce(address(this)) + 3);
        token = new ParleyToken(address(this), SUPPLY, CAP, claimsAddress);
        staking = new Staking(token, MINIMUM_STAKE, UNBONDING_SECONDS, MAXIMUM_NODES);
        epochAnchor = new EpochAnchor(staking, CHALLENGE_SECONDS);
        claims = new Claims(token, epochAnchor);
        assertEq(address(claims), claimsAddress);
    }

    function person(uint256 index) internal pure returns (address) {
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

    /// @notice Gives person `index` tokens and stakes them for their node.
    function stakeAs(uint256 index, uint256 amount) internal {
        fund(index, amount);
        VM.prank(person(index));
        staking.stake(nodeOf(index), operatorOf(index), amount);
    }

    /// @notice Tokens, and leave for Staking to take them.
    function fund(uint256 index, uint256 amount) internal {
        token.transfer(person(index), amount);
        VM.prank(person(index));
        token.approve(address(staking), type(uint256).max);
    }

    function rootOf(
        uint64 epoch,
        bytes32 previousRoot,
        bytes32 stateRoot
    ) internal view returns (IEpochAnchor.EpochRoot memory) {
        return
            IEpochAnchor.EpochRoot({
                epoch: epoch,
                previousRoot: previousRoot,
                stateRoot: stateRoot,
                claimsRoot: keccak256(abi.encode("claims", epoch)),
                manifestDigest: keccak256(abi.encode("manifest", epoch)),
                snapshotBlock: uint64(block.number - 1)
            });
    }

    /// @notice Signatures of the first `count` operators, ascending by their addresses.
    function certify(
        IEpochAnchor.EpochRoot memory root,
        uint256 count
    ) internal view returns (IEpochAnchor.CompactSignature[] memory signatures) {
        uint256[] memory keys = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 key = operatorKey(i);
            uint256 place = i;
            for (; place > 0 && VM.addr(keys[place - 1]) > VM.addr(key); --place) {
                keys[place] = keys[place - 1];
            }
            keys[place] = key;
        }
        bytes32 digest = epochAnchor.digestOf(root);
        signatures = new IEpochAnchor.CompactSignature[](count);
        for (uint256 i = 0; i < count; ++i) {
            signatures[i] = signWith(keys[i], digest);
        }
    }

    function signWith(
        uint256 key,
        bytes32 digest
    ) internal pure returns (IEpochAnchor.CompactSignature memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        return compact(r, s, v);
    }

    function compact(
        bytes32 r,
        bytes32 s,
        uint8 v
    ) internal pure returns (IEpochAnchor.CompactSignature memory) {
        return IEpochAnchor.CompactSignature(r, s | bytes32(uint256(v - 27) << 255));
    }

    function pair(
        IEpochAnchor.CompactSignature memory first,
        IEpochAnchor.CompactSignature memory second
    ) internal pure returns (IEpochAnchor.CompactSignature[] memory list) {
        list = new IEpochAnchor.CompactSignature[](2);
        list[0] = first;
        list[1] = second;
    }

    /// @notice Anchors with the signatures of the first `count` operators.
    function anchorWith(IEpochAnchor.EpochRoot memory root, uint256 count) internal {
        epochAnchor.anchor(root, certify(root, count));
    }
}
