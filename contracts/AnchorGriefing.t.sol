// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { Disputes } from "./Disputes.sol";
import { EpochAnchor } from "./EpochAnchor.sol";
import { IDisputes } from "./interfaces/IDisputes.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { Certificates } from "./libraries/Certificates.sol";
import { AnchorBase } from "./test/AnchorBase.sol";
import { ReentrantToken } from "./test/ReentrantToken.sol";

/// @notice Tokens that call back, and people who want calls of others to run out of gas.
contract AnchorGriefingTest is AnchorBase {
    ReentrantToken private worst;
    EpochAnchor private worstAnchor;
    Disputes private worstDisputes;

    /// The same network, but bonds are in a token that calls back; the token itself has bonds, so that it can.
    function setUp() public override {
        super.setUp();
        worst = new ReentrantToken();
        address next = VM.computeCreateAddress(address(this), VM.getNonce(address(this)) + 1);
        worstAnchor = new EpochAnchor(
            staking,
            worst,
            address(guardian),
            next,
            CHALLENGE_SECONDS,
            ROOT_BOND_WEI
        );
        worstDisputes = new Disputes(
            staking,
            worstAnchor,
            commitLog,
            worst,
            address(treasury),
            disputes.terms()
        );
        assertEq(address(worstDisputes), next);
        assertTrue(worst.transfer(address(worst), 1_000 ether), "sent");
        VM.prank(address(worst));
        worst.approve(address(worstAnchor), type(uint256).max);
        VM.prank(address(worst));
        worst.approve(address(worstDisputes), type(uint256).max);
        VM.prank(address(worst));
        worstAnchor.depositBond(ROOT_BOND_WEI);
        worst.approve(address(worstAnchor), type(uint256).max);
        worstAnchor.depositBond(ROOT_BOND_WEI);
        epochAnchor = worstAnchor;
    }

    function testABondIsWithdrawnOnce() public {
        VM.prank(address(worst));
        worstAnchor.releaseBond();
        passTime(CHALLENGE_SECONDS);
        worst.arm(address(worstAnchor), abi.encodeCall(IEpochAnchor.withdrawBond, ()));
        VM.prank(address(worst));
        worstAnchor.withdrawBond();
        assertTrue(!worst.entered(), "the second found nothing");
        assertEq(worst.balanceOf(address(worstAnchor)), ROOT_BOND_WEI);
    }

    function testABondIsTakenForAReplacedRootOnce() public {
        IEpochAnchor.Anchored memory invented = proposeAs(address(this), rootOf(1, GENESIS, FIRST), 1);
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, SECOND);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        bytes memory again = abi.encodeCall(IEpochAnchor.replace, (invented, root, signatures));
        worst.arm(address(worstAnchor), again);
        VM.prank(address(worst));
        worstAnchor.replace(invented, root, signatures);
        assertTrue(!worst.entered(), "it was gone already");
        assertEq(worst.balanceOf(address(worstAnchor)), ROOT_BOND_WEI);
    }

    function testADemandIsAnsweredOnce() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.Anchored memory anchored = proposeAs(address(this), root, 2);
        VM.prank(address(worst));
        uint256 demand = worstDisputes.demandProof(anchored);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 2);
        bytes memory again = abi.encodeCall(IDisputes.answer, (demand, anchored, signatures));
        worst.arm(address(worstDisputes), again);
        VM.prank(address(worst));
        worstDisputes.answer(demand, anchored, signatures);
        assertTrue(!worst.entered(), "no demand is left");
        assertEq(worst.balanceOf(address(worstDisputes)), 0);
    }

    function testADemandIsClosedOnce() public {
        IEpochAnchor.Anchored memory anchored = proposeAs(address(this), rootOf(1, GENESIS, FIRST), 1);
        VM.prank(address(worst));
        uint256 demand = worstDisputes.demandProof(anchored);
        passTime(2 days);
        worst.arm(address(worstDisputes), abi.encodeCall(IDisputes.closeDemand, (demand, anchored)));
        worstDisputes.closeDemand(demand, anchored);
        assertTrue(!worst.entered(), "no demand is left");
        assertEq(worst.balanceOf(address(worstDisputes)), 0);
    }

    function testADisputeIsClosedAndItsJurorsArePaidOnce() public {
        IEpochAnchor.Anchored memory anchored = proposeAs(address(this), rootOf(1, GENESIS, FIRST), 1);
        VM.prank(address(worst));
        uint256 dispute = worstDisputes.open(anchored, FIRST);
        VM.roll(worstDisputes.disputeOf(dispute).drawBlock + 1);
        worstDisputes.draw(dispute);
        bytes32 digest = worstDisputes.rulingDigest(dispute, 1, IDisputes.Ruling.Uphold);
        worstDisputes.rule(dispute, IDisputes.Ruling.Uphold, signAll(keysOf(list(0, 1, 2)), digest));

        worst.arm(address(worstDisputes), abi.encodeCall(IDisputes.close, (dispute, anchored)));
        worstDisputes.close(dispute, anchored);
        assertTrue(!worst.entered(), "closed already");
        assertEq(worst.balanceOf(address(worstDisputes)), 15 ether);

        bytes memory again = abi.encodeCall(IDisputes.collect, (dispute, operatorOf(0), nodeOf(0)));
        worst.arm(address(worstDisputes), again);
        worstDisputes.collect(dispute, operatorOf(0), nodeOf(0));
        assertTrue(!worst.entered(), "paid already");
    }

    /// Somebody who opens and ends disputes about very many epochs cannot make the end of another too dear for a block.
    function testManyEndedDisputesDoNotHoldUpAnother() public {
        uint64 count = 200;
        bytes32 state = GENESIS;
        IEpochAnchor.Anchored[] memory all = new IEpochAnchor.Anchored[](count);
        for (uint64 i = 0; i < count; ++i) {
            bytes32 nextState = keccak256(abi.encode(state));
            all[i] = proposeAs(address(this), rootOf(i + 1, state, nextState), 1);
            state = nextState;
            VM.prank(address(worstDisputes));
            worstAnchor.freeze(all[i]);
        }
        for (uint64 i = count; i > 1; --i) thaw(i);
        uint256 before = gasleft();
        thaw(1);
        assertTrue(before - gasleft() < 500_000, "bounded");
        assertTrue(!worstAnchor.isFrozen(1) && worstAnchor.isFrozen(count), "not all are swept");
        worstAnchor.sweep(50);
        assertTrue(worstAnchor.isFrozen(count), "not all are swept");
        worstAnchor.sweep(count);
        assertTrue(!worstAnchor.isFrozen(count), "free");
    }

    function testSweepingNeverFreesADisputedEpoch() public {
        IEpochAnchor.Anchored memory anchored = proposeAs(address(this), rootOf(1, GENESIS, FIRST), 1);
        VM.prank(address(worstDisputes));
        worstAnchor.freeze(anchored);
        worstAnchor.sweep(100);
        assertTrue(worstAnchor.isFrozen(1), "disputed");
        thaw(1);
        worstAnchor.sweep(100);
        assertTrue(!worstAnchor.isFrozen(1), "free");
    }

    /// The assembly against OpenZeppelin's recovery: the same signers, in order, whatever the bytes are.
    function testFuzzSignersAreThoseOfTheirSignatures(
        bytes32 digest,
        uint256 keys,
        bytes32 r,
        bytes32 vs
    ) public view {
        uint256 key = clamp(keys, 1, 1 << 200);
        IEpochAnchor.CompactSignature[] memory signatures = new IEpochAnchor.CompactSignature[](2);
        signatures[0] = signWith(key, digest);
        signatures[1] = IEpochAnchor.CompactSignature(r, vs);
        (address[] memory signers, uint256 valid) = this.signersOf(digest, signatures);
        assertTrue(valid >= 1 && signers[0] == VM.addr(key), "a good one");

        bytes32 lowS = bytes32((uint256(vs) << 1) >> 1);
        uint8 v = uint8(27 + (uint256(vs) >> 255));
        (address expected, ECDSA.RecoverError problem, ) = ECDSA.tryRecover(digest, v, r, lowS);
        // OpenZeppelin refuses the twin of a signature; counting signers, it need not be.
        if (problem == ECDSA.RecoverError.InvalidSignatureS) expected = ecrecover(digest, v, r, lowS);
        assertEq(valid, expected > signers[0] ? 2 : 1);
        assertEq(signers[1], valid == 2 ? expected : address(0));
    }

    function signersOf(
        bytes32 digest,
        IEpochAnchor.CompactSignature[] calldata signatures
    ) external pure returns (address[] memory, uint256) {
        return Certificates.signersOf(digest, signatures);
    }

    function thaw(uint64 epoch) private {
        VM.prank(address(worstDisputes));
        worstAnchor.thaw(epoch);
    }
}
