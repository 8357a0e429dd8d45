// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IAccountLinks } from "./interfaces/IAccountLinks.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { Dues } from "./test/Dues.sol";

contract AccountLinksTest is Dues {
    event Linked(bytes32 indexed nodeId, address indexed account, address indexed wallet);
    event Unlinked(bytes32 indexed nodeId, address indexed account, address indexed wallet);

    address private account;
    address private wallet;
    uint256 private deadline;

    function setUp() public override {
        super.setUp();
        account = person(0);
        wallet = person(7);
        deadline = block.timestamp + 10 minutes;
    }

    function testALinkedAccountsEarningsGoToItsWallet() public {
        VM.expectEmit(address(accountLinks));
        emit Linked(nodeOf(0), account, wallet);
        link(0, wallet);
        assertEq(claims.payeeOf(account), wallet);
        assertEq(accountLinks.linkOf(nodeOf(0)).account, account);
        assertEq(accountLinks.linkOf(nodeOf(0)).wallet, wallet);

        (bytes32[] memory proof, ) = anchorPair(1, account, 5 ether, person(2), 1 ether);
        claims.claim(1, account, 5 ether, proof);
        assertEq(token.balanceOf(wallet), 5 ether);
        assertEq(token.balanceOf(account), 0);
        assertEq(claims.claimedWei(account), 5 ether);
        assertEq(claims.claimedWei(wallet), 0);
    }

    function testUnlinkingPaysTheAccountAgain() public {
        link(0, wallet);
        VM.expectEmit(address(accountLinks));
        emit Unlinked(nodeOf(0), account, wallet);
        VM.prank(account);
        accountLinks.unlink(nodeOf(0));
        assertEq(claims.payeeOf(account), account);
        assertEq(accountLinks.linkOf(nodeOf(0)).wallet, address(0));
        VM.prank(account);
        VM.expectRevert(abi.encodeWithSelector(IAccountLinks.NotLinked.selector, nodeOf(0)));
        accountLinks.unlink(nodeOf(0));
    }

    function testTheStakingAccountMustSend() public {
        IEpochAnchor.CompactSignature memory signature = sign(0, account, wallet);
        VM.prank(wallet);
        VM.expectRevert(abi.encodeWithSelector(IAccountLinks.NotStaker.selector, account, wallet));
        accountLinks.link(nodeOf(0), wallet, deadline, signature);
        link(0, wallet);
        VM.prank(wallet);
        VM.expectRevert(abi.encodeWithSelector(IAccountLinks.NotStaker.selector, account, wallet));
        accountLinks.unlink(nodeOf(0));
    }

    function testFuzzTheOperatorMustHaveSignedThisVeryLink(address other, uint256 key) public {
        VM.assume(other != wallet && other != address(0));
        IEpochAnchor.CompactSignature memory signature = sign(0, account, other);
        VM.prank(account);
        VM.expectRevert();
        accountLinks.link(nodeOf(0), wallet, deadline, signature);

        key = clamp(key, 1, 1_000_000);
        VM.assume(key != operatorKey(0));
        bytes32 digest = accountLinks.digestOf(nodeOf(0), account, wallet, deadline);
        signature = signWith(key, digest);
        VM.prank(account);
        VM.expectRevert(
            abi.encodeWithSelector(
                IAccountLinks.InvalidOperatorSignature.selector,
                operatorOf(0),
                VM.addr(key)
            )
        );
        accountLinks.link(nodeOf(0), wallet, deadline, signature);
    }

    function testAMalformedSignatureNeverMatches() public {
        VM.prank(account);
        VM.expectRevert(
            abi.encodeWithSelector(IAccountLinks.InvalidOperatorSignature.selector, operatorOf(0), address(0))
        );
        accountLinks.link(nodeOf(0), wallet, deadline, IEpochAnchor.CompactSignature(0, 0));
    }

    /// Its operator would be the zero address, which a malformed signature gives.
    function testANodeWithoutAStakeHasNoLink() public {
        VM.prank(account);
        VM.expectRevert(abi.encodeWithSelector(IAccountLinks.NotStaker.selector, address(0), account));
        accountLinks.link(nodeOf(9), wallet, deadline, IEpochAnchor.CompactSignature(0, 0));
    }

    function testASignatureHoldsOnce() public {
        IEpochAnchor.CompactSignature memory signature = sign(0, account, wallet);
        VM.prank(account);
        accountLinks.link(nodeOf(0), wallet, deadline, signature);
        assertEq(accountLinks.nonceOf(nodeOf(0)), 1);
        VM.prank(account);
        accountLinks.unlink(nodeOf(0));
        VM.prank(account);
        VM.expectRevert();
        accountLinks.link(nodeOf(0), wallet, deadline, signature);
    }

    function testASignatureExpires() public {
        IEpochAnchor.CompactSignature memory signature = sign(0, account, wallet);
        VM.warp(deadline + 1);
        VM.prank(account);
        VM.expectRevert(abi.encodeWithSelector(IAccountLinks.SignatureExpired.selector, deadline));
        accountLinks.link(nodeOf(0), wallet, deadline, signature);
    }

    function testNoLinkToNobody() public {
        IEpochAnchor.CompactSignature memory signature = sign(0, account, address(0));
        VM.prank(account);
        VM.expectRevert(abi.encodeWithSelector(IAccountLinks.InvalidWallet.selector));
        accountLinks.link(nodeOf(0), address(0), deadline, signature);
    }

    function testAnAccountCanAlwaysBePaidItselfAgain() public {
        link(0, wallet);
        VM.prank(account);
        staking.unstake(nodeOf(0), 100 ether);
        VM.prank(account);
        claims.setPayee(account, address(0));
        assertEq(claims.payeeOf(account), account);
    }

    function testFuzzNobodyElseSetsAPayee(address caller, address payee) public {
        VM.assume(caller != address(accountLinks) && caller != account);
        bytes memory refused = abi.encodeWithSelector(IClaims.NotAccountLinks.selector, caller);
        VM.prank(caller);
        VM.expectRevert(refused);
        claims.setPayee(account, payee);
        VM.prank(caller);
        VM.expectRevert(refused);
        claims.setPayee(account, address(0));
        VM.assume(payee != address(0));
        VM.prank(account);
        VM.expectRevert(abi.encodeWithSelector(IClaims.NotAccountLinks.selector, account));
        claims.setPayee(account, payee);
    }

    function link(uint256 node, address to) private {
        IEpochAnchor.CompactSignature memory signature = sign(node, account, to);
        VM.prank(account);
        accountLinks.link(nodeOf(node), to, deadline, signature);
    }

    function sign(
        uint256 node,
        address from,
        address to
    ) private view returns (IEpochAnchor.CompactSignature memory) {
        return signWith(operatorKey(node), accountLinks.digestOf(nodeOf(node), from, to, deadline));
    }
}
