// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Staking } from "../Staking.sol";
import { IStaking } from "../interfaces/IStaking.sol";
import { NoDues } from "./NoDues.sol";
import { PlainToken } from "./PlainToken.sol";
import { StakingBase } from "./StakingBase.sol";

/// @notice Four nodes and six people who do anything in any order. No call of theirs is expected to fail.
contract StakingHandler is StakingBase {
    uint256 public constant NODES = 4;
    uint256 public constant PEOPLE = 6;
    /// @notice What went in, what came out, and what was slashed.
    uint256 public collectedWei;
    uint256 public paidWei;
    uint256 public slashedWei;
    /// @notice Weight of all at the end of the last block that ended.
    uint256 public lastBlock;
    uint256 public lastTotalWei;

    constructor() {
        VM.roll(100);
        VM.warp(START_SECONDS);
        token = new PlainToken(SUPPLY);
        claims = NoDues.claimsOf(address(token));
        staking = new Staking(token, SLASHER, TREASURY, parameters());
    }

    function contracts() external view returns (Staking, PlainToken) {
        return (staking, token);
    }

    function stake(uint256 node, uint256 amount) external {
        node = node % NODES;
        amount = clamp(amount, MINIMUM_STAKE, 1_000_000 ether);
        uint256 who = ownerIndex(node);
        if (staking.stakeOf(nodeOf(node)).account == address(0)) stakeFor(who, nodeOf(node), node, amount);
        else topUp(who, node, amount);
        collectedWei += amount;
    }

    /// Person 4 + node takes over a node that its owner left long ago.
    function takeOver(uint256 node) external {
        node = node % 2;
        if (staking.stakeOf(nodeOf(node)).account != address(0)) return;
        VM.warp(block.timestamp + UNBONDING_SECONDS + 1 hours);
        uint256 who = ownerIndex(node) == node ? NODES + node : node;
        stakeFor(who, nodeOf(node), node, 500 ether);
        collectedWei += 500 ether;
    }

    function unstake(uint256 node, uint256 part) external {
        node = node % NODES;
        IStaking.Stake memory entry = staking.stakeOf(nodeOf(node));
        if (entry.account == address(0)) return;
        uint256 out = part % 4 == 0 ? entry.amount : clamp(part, 1, entry.amount);
        if (entry.amount - out < MINIMUM_STAKE) out = entry.amount;
        VM.prank(entry.account);
        staking.unstake(nodeOf(node), out);
    }

    function delegate(uint256 who, uint256 node, uint256 amount) external {
        (who, node) = (who % PEOPLE, node % NODES);
        if (staking.stakeOf(nodeOf(node)).account == address(0)) return;
        amount = clamp(amount, MINIMUM_DELEGATION, 1_000_000 ether);
        fund(who, amount);
        VM.prank(person(who));
        try staking.delegate(nodeOf(node), amount) {
            collectedWei += amount;
        } catch (bytes memory reason) {
            // forge-lint: disable-next-line(unsafe-typecast)
            assertEq(bytes32(reason), bytes32(IStaking.DelegatedToFormerOwner.selector));
            undelegateAs(who, node, sharesOf(who, node));
        }
    }

    function undelegate(uint256 who, uint256 node, uint256 part) external {
        (who, node) = (who % PEOPLE, node % NODES);
        (uint256 shares, uint256 worth) = staking.delegationOf(nodeOf(node), person(who));
        if (shares == 0) return;
        uint256 out = clamp(part, 1, shares);
        uint256 outWei = (worth * out) / shares;
        if (outWei < MINIMUM_DELEGATION + 1 || worth - outWei < MINIMUM_DELEGATION + 1) out = shares;
        undelegateAs(who, node, out);
    }

    function withdraw(uint256 who) external {
        who = who % PEOPLE;
        IStaking.Unbonding[] memory waiting = staking.unbondingsOf(person(who));
        // forge-lint: disable-next-line(block-timestamp)
        if (waiting.length == 0 || waiting[0].withdrawableAt > block.timestamp) return;
        paidWei += withdrawAs(who);
    }

    function slash(uint256 node, uint256 ppm, bool mostly) external {
        node = node % NODES;
        ppm = mostly ? 1_000_000 - (ppm % 3) : ppm % 200_000;
        address owner = staking.ownerOf(nodeOf(node));
        uint256 slashable = staking.slashableWei(nodeOf(node));
        VM.prank(SLASHER);
        uint256 taken = staking.slash(nodeOf(node), owner, ppm, person(0), 0);
        assertTrue(taken <= slashable, "no more than is there");
        slashedWei += taken;
    }

    function changeOperator(uint256 node) external {
        node = node % NODES;
        IStaking.Stake memory entry = staking.stakeOf(nodeOf(node));
        uint256 other = entry.operator == operatorOf(node) ? node + NODES : node;
        if (entry.account == address(0)) return;
        bytes memory proof = proofOf(other, nodeOf(node), entry.account);
        VM.prank(entry.account);
        staking.setOperator(nodeOf(node), operatorOf(other), proof);
    }

    function pass(uint256 blocks, uint256 time) external {
        lastBlock = block.number;
        lastTotalWei = weightOfAll();
        VM.roll(block.number + 1 + (blocks % 3));
        VM.warp(block.timestamp + (time % 5 hours));
    }

    function weightOfAll() public view returns (uint256 weight) {
        for (uint256 node = 0; node < NODES; ++node) {
            IStaking.Stake memory entry = staking.stakeOf(nodeOf(node));
            weight += entry.amount + entry.delegatedWei;
        }
    }

    /// @notice All that people are owed: own stakes, delegations, and what unbonds.
    function owedWei() public view returns (uint256 owed) {
        for (uint256 node = 0; node < NODES; ++node) {
            owed += staking.stakeOf(nodeOf(node)).amount;
            for (uint256 who = 0; who < PEOPLE; ++who) owed += worthOf(who, node);
        }
        for (uint256 who = 0; who < PEOPLE; ++who) {
            IStaking.Unbonding[] memory waiting = staking.unbondingsOf(person(who));
            for (uint256 i = 0; i < waiting.length; ++i) owed += waiting[i].amount;
        }
    }

    /// @notice Everybody leaves with all they have: no state may stand in their way.
    function leaveAll() external {
        for (uint256 node = 0; node < NODES; ++node) {
            IStaking.Stake memory entry = staking.stakeOf(nodeOf(node));
            VM.prank(entry.account);
            if (entry.account != address(0)) staking.unstake(nodeOf(node), entry.amount);
            for (uint256 who = 0; who < PEOPLE; ++who) {
                uint256 shares = sharesOf(who, node);
                if (shares != 0) undelegateAs(who, node, shares);
            }
        }
        VM.warp(block.timestamp + UNBONDING_SECONDS + 1 hours);
        for (uint256 who = 0; who < PEOPLE; ++who) {
            while (staking.unbondingsOf(person(who)).length != 0) paidWei += withdrawAs(who);
        }
    }

    function topUp(uint256 who, uint256 node, uint256 amount) private {
        fund(who, amount);
        address operator = staking.stakeOf(nodeOf(node)).operator;
        VM.prank(person(who));
        staking.stake(nodeOf(node), operator, amount, "");
    }

    function ownerIndex(uint256 node) private view returns (uint256) {
        return staking.ownerOf(nodeOf(node)) == person(NODES + node) ? NODES + node : node;
    }
}
