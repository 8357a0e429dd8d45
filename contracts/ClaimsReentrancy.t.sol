// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Claims } from "./Claims.sol";
import { Treasury } from "./Treasury.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { ITreasury } from "./interfaces/ITreasury.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";
import { ReentrantMoney } from "./test/ReentrantMoney.sol";
import { Test } from "./test/Test.sol";

/// @notice The token calls back whenever it is asked for anything, as the worst token could. The anchor is this contract.
contract ClaimsReentrancyTest is Test {
    address private constant ACCOUNT = address(0xACC);
    address private constant TREASURY = address(0x73EA);
    uint256 private constant DUE = 5 ether;

    ReentrantMoney private token;
    Claims private claims;

    function setUp() public {
        VM.warp(1_800_000_000);
        token = new ReentrantMoney();
        claims = new Claims(
            Claims.Configuration({
                token: IParleyToken(address(token)),
                epochAnchor: IEpochAnchor(address(this)),
                treasury: TREASURY,
                guardian: address(0),
                accountLinks: address(0),
                foundationPpm: 300_000,
                unclaimedSeconds: 0,
                noticeSeconds: 0
            })
        );
    }

    function testAClaimPaysOnceThoughTheTokenCallsBack() public {
        bytes32[] memory proof = new bytes32[](0);
        token.arm(address(claims), abi.encodeCall(IClaims.claim, (1, ACCOUNT, DUE, proof)));
        claims.claim(1, ACCOUNT, DUE, proof);
        assertTrue(!token.entered(), "the second claim found nothing");
        assertEq(token.balanceOf(ACCOUNT), DUE);
        assertEq(claims.claimedWei(ACCOUNT), DUE);
    }

    function testExpiryPaysOnceThoughTheTokenCallsBack() public {
        bytes32[] memory proof = new bytes32[](0);
        claims.announceExpiry(1, ACCOUNT, DUE, proof);
        token.arm(address(claims), abi.encodeCall(IClaims.expire, (ACCOUNT)));
        claims.expire(ACCOUNT);
        assertTrue(!token.entered(), "the second expiry found nothing");
        assertEq(token.balanceOf(TREASURY), DUE);
    }

    function testAnAccountIsNotPaidWhileItsDuesExpire() public {
        bytes32[] memory proof = new bytes32[](0);
        claims.announceExpiry(1, ACCOUNT, DUE, proof);
        token.arm(address(claims), abi.encodeCall(IClaims.claim, (1, ACCOUNT, DUE, proof)));
        claims.expire(ACCOUNT);
        assertTrue(!token.entered(), "the claim found nothing");
        assertEq(token.balanceOf(ACCOUNT), 0);
        assertEq(token.balanceOf(TREASURY), DUE);
    }

    /// Whoever the treasury pays cannot make it pay again: only the executor is listened to.
    function testTheTreasuryCannotBeCalledBack() public {
        Treasury treasury = new Treasury(address(this));
        token.mint(address(treasury), DUE);
        bytes memory steal = abi.encodeCall(token.transfer, (ACCOUNT, DUE));
        token.arm(address(treasury), abi.encodeCall(ITreasury.execute, (address(token), 0, steal)));
        treasury.execute(address(token), 0, abi.encodeCall(token.transfer, (TREASURY, 1 ether)));
        assertTrue(!token.entered(), "refused");
        assertEq(token.balanceOf(ACCOUNT), 0);
    }

    /// @notice Stands in for the anchor: one leaf, whose hash is the root.
    function finalClaimsRoot(uint64) external pure returns (bool, bytes32) {
        return (true, keccak256(bytes.concat(keccak256(abi.encode(ACCOUNT, DUE)))));
    }

    function anchoredAt(uint64) external pure returns (uint64) {
        return 1;
    }

    function challengeSeconds() external pure returns (uint64) {
        return 0;
    }
}
