// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Staking } from "./Staking.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { StakingBase } from "./test/StakingBase.sol";

/// @notice Which operator signs for a node is for the operator's key to say.
contract StakingBindingTest is StakingBase {
    function testNobodyBindsAnOperatorThatDidNotSign() public {
        fund(0, 500 ether);
        bytes memory refused = abi.encodeWithSelector(IStaking.InvalidOperatorProof.selector, operatorOf(0));
        bytes[5] memory proofs = [
            bytes(""),
            proofOf(1, nodeOf(0), person(0)),
            proofOf(0, nodeOf(1), person(0)),
            proofOf(0, nodeOf(0), person(1)),
            abi.encodePacked(bytes32(0), bytes32(0), uint8(27))
        ];
        address operator = operatorOf(0);
        for (uint256 i = 0; i < proofs.length; ++i) {
            expect(refused, 0);
            staking.stake(nodeOf(0), operator, 200 ether, proofs[i]);
        }
    }

    function testAProofServesOneStakingAndOneChainOnly() public {
        fund(0, 200 ether);
        address operator = operatorOf(0);
        bytes memory proof = proofOf(0, nodeOf(0), person(0));
        bytes memory refused = abi.encodeWithSelector(IStaking.InvalidOperatorProof.selector, operator);
        Staking other = new Staking(token, SLASHER, TREASURY, parameters());
        expect(refused, 0);
        other.stake(nodeOf(0), operator, 200 ether, proof);
        VM.chainId(block.chainid + 1);
        expect(refused, 0);
        staking.stake(nodeOf(0), operator, 200 ether, proof);
    }

    function testOperatorChangeNeedsAFreeKeyThatSigned() public {
        stakeAs(0, 200 ether);
        stakeAs(1, 200 ether);
        address own = operatorOf(0);
        address taken = operatorOf(1);
        address free = operatorOf(9);
        bytes memory proof = proofOf(1, nodeOf(0), person(0));
        expect(abi.encodeWithSelector(IStaking.OperatorTaken.selector, own), 0);
        staking.setOperator(nodeOf(0), own, proof);
        expect(abi.encodeWithSelector(IStaking.OperatorTaken.selector, taken), 0);
        staking.setOperator(nodeOf(0), taken, proof);
        expect(abi.encodeWithSelector(IStaking.InvalidOperatorProof.selector, free), 0);
        staking.setOperator(nodeOf(0), free, proof);
        expect(abi.encodeWithSelector(IStaking.InvalidOperator.selector), 0);
        staking.setOperator(nodeOf(0), address(0), proof);
    }

    /// A signature for an account is of no use to who sees it on its way to the chain.
    function testASeenProofServesNobodyElse() public {
        fund(1, 200 ether);
        bytes memory seen = proofOf(0, nodeOf(0), person(0));
        address operator = operatorOf(0);
        expect(abi.encodeWithSelector(IStaking.InvalidOperatorProof.selector, operator), 1);
        staking.stake(nodeOf(0), operator, 200 ether, seen);
    }

    function testFuzzOtherSignaturesAreRefused(uint256 key, bytes32 nodeId, address account) public {
        key = clamp(key, 1 << 128, (1 << 255) - 19);
        fund(0, 200 ether);
        address operator = operatorOf(0);
        bool right = nodeId == nodeOf(0) && account == person(0) && key == operatorKey(0);
        VM.assume(!right);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, staking.bindingDigest(nodeId, account, operator));
        expect(abi.encodeWithSelector(IStaking.InvalidOperatorProof.selector, operator), 0);
        staking.stake(nodeOf(0), operator, 200 ether, abi.encodePacked(r, s, v));
    }

    /// The digest that viem computes, and a signature of the core's.
    function testAgreesWithTheSharedVector() public {
        string memory json = VM.readFile("vectors/operator-binding.json");
        VM.chainId(VM.parseJsonUint(json, ".domain.chainId"));
        Staking vectorStaking = Staking(VM.parseJsonAddress(json, ".domain.verifyingContract"));
        VM.etch(address(vectorStaking), address(staking).code);
        bytes32 nodeId = VM.parseBytes32(hexAt(json, ".binding.nodeId"));
        address account = VM.parseJsonAddress(json, ".binding.account");
        address operator = VM.parseJsonAddress(json, ".binding.operator");
        bytes32 digest = VM.parseBytes32(hexAt(json, ".digest"));
        assertEq(vectorStaking.bindingDigest(nodeId, account, operator), digest);

        assertTrue(token.transfer(account, 200 ether), "given");
        VM.prank(account);
        token.approve(address(vectorStaking), 200 ether);
        VM.prank(account);
        vectorStaking.stake(nodeId, operator, 200 ether, VM.parseBytes(hexAt(json, ".signature")));
        assertEq(vectorStaking.nodeOf(operator), nodeId);
    }

    function hexAt(string memory json, string memory key) private pure returns (string memory) {
        return string.concat("0x", VM.parseJsonString(json, key));
    }
}
