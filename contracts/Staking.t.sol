// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Staking } from "./Staking.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { StakingBase } from "./test/StakingBase.sol";

contract StakingTest is StakingBase {
    event Staked(bytes32 indexed nodeId, address indexed account, address indexed operator, uint256 amount);
    event OperatorChanged(bytes32 indexed nodeId, address indexed oldOperator, address indexed newOperator);
    event RolesDeclared(bytes32 indexed nodeId, uint8 roles);

    function testStakeTakesTokensAndShowsTheNode() public {
        fund(0, 300 ether);
        bytes memory proof = proofOf(0, nodeOf(0), person(0));
        VM.expectEmit(address(staking));
        emit Staked(nodeOf(0), person(0), operatorOf(0), 300 ether);
        VM.prank(person(0));
        staking.stake(nodeOf(0), operatorOf(0), 300 ether, proof);

        IStaking.Stake memory entry = staking.stakeOf(nodeOf(0));
        assertEntry(entry, 0, operatorOf(0), person(0), 300 ether);
        assertEq(entry.lockedUntilSeconds, 0);
        assertEq(entry.delegatedWei, 0);
        assertEq(entry.roles, 7);
        assertEq(token.balanceOf(address(staking)), 300 ether);
        assertEq(staking.nodeCount(), 1);
        assertEq(staking.nodeOf(operatorOf(0)), nodeOf(0));
        assertEq(staking.ownerOf(nodeOf(0)), person(0));
        assertEq(staking.slashableWei(nodeOf(0)), 300 ether);
    }

    function testMoreStakeNeedsNoProof() public {
        stakeAs(0, 200 ether);
        fund(0, 100 ether);
        VM.prank(person(0));
        staking.stake(nodeOf(0), operatorOf(0), 100 ether, "");
        assertEq(staking.stakeOf(nodeOf(0)).amount, 300 ether);
    }

    function testStakeRefusesWhatMakesNoSense() public {
        stakeAs(0, 200 ether);
        fund(1, 500 ether);
        address first = operatorOf(0);
        address second = operatorOf(1);
        bytes memory proof = proofOf(1, nodeOf(1), person(1));

        expect(abi.encodeWithSelector(IStaking.InvalidAmount.selector), 1);
        staking.stake(nodeOf(1), second, 0, proof);
        expect(abi.encodeWithSelector(IStaking.InvalidNode.selector), 1);
        staking.stake(bytes32(0), second, 200 ether, proof);
        expect(abi.encodeWithSelector(IStaking.InvalidOperator.selector), 1);
        staking.stake(nodeOf(1), address(0), 200 ether, proof);
        expect(abi.encodeWithSelector(IStaking.StakeBelowMinimum.selector, MINIMUM_STAKE, 1 ether), 1);
        staking.stake(nodeOf(1), second, 1 ether, proof);
        expect(abi.encodeWithSelector(IStaking.OperatorTaken.selector, first), 1);
        staking.stake(nodeOf(1), first, 200 ether, proof);
        expect(abi.encodeWithSelector(IStaking.NotStaker.selector, person(0), person(1)), 1);
        staking.stake(nodeOf(0), first, 200 ether, proof);
        expect(abi.encodeWithSelector(IStaking.OperatorMismatch.selector, first, second), 0);
        staking.stake(nodeOf(0), second, 200 ether, proof);
    }

    function testStakeRefusesMoreNodesThanTheRegistryHolds() public {
        for (uint256 i = 0; i < MAXIMUM_NODES; ++i) stakeAs(i, MINIMUM_STAKE);
        fund(MAXIMUM_NODES, MINIMUM_STAKE);
        address operator = operatorOf(MAXIMUM_NODES);
        expect(abi.encodeWithSelector(IStaking.RegistryFull.selector, MAXIMUM_NODES), MAXIMUM_NODES);
        staking.stake(nodeOf(MAXIMUM_NODES), operator, MINIMUM_STAKE, "");
        unstakeAs(3, MINIMUM_STAKE);
        stakeAs(MAXIMUM_NODES, MINIMUM_STAKE);
    }

    function testRegistryComesInPages() public {
        for (uint256 i = 0; i < 5; ++i) stakeAs(i, (i + 1) * 100 ether);
        uint256 current = block.number;
        assertEq(staking.registryAt(current, 0, 2).length, 2);
        assertEq(staking.registryAt(current, 3, 10).length, 2);
        assertEq(staking.registryAt(current, 5, 10).length, 0);
        assertEq(staking.registryAt(current, 0, type(uint256).max).length, 5);
        assertEq(staking.registryAt(current, 3, 1)[0].nodeId, nodeOf(3));
    }

    function testRegistryOfAPastBlockIsWhatItWasThen() public {
        stakeAs(0, 200 ether);
        VM.roll(110);
        stakeAs(1, 300 ether);
        VM.roll(120);
        setOperatorAs(0, 9);
        delegateAs(5, 0, 50 ether);
        VM.roll(130);
        unstakeAs(0, 200 ether);
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        stakeFor(2, nodeOf(0), 0, 400 ether);
        VM.roll(140);

        assertEntry(staking.registryAt(99, 0, 2)[0], 0, address(0), address(0), 0);
        assertEntry(staking.registryAt(109, 0, 2)[0], 0, operatorOf(0), person(0), 200 ether);
        assertEntry(staking.registryAt(109, 0, 2)[1], 1, address(0), address(0), 0);
        assertEntry(staking.registryAt(110, 0, 2)[1], 1, operatorOf(1), person(1), 300 ether);
        assertEntry(staking.registryAt(120, 0, 2)[0], 0, operatorOf(9), person(0), 200 ether);
        assertEq(staking.registryAt(119, 0, 2)[0].delegatedWei, 0);
        assertEq(staking.registryAt(120, 0, 2)[0].delegatedWei, 50 ether);
        assertEntry(staking.registryAt(130, 0, 2)[0], 0, operatorOf(0), person(2), 400 ether);
        assertEq(staking.registryAt(130, 0, 2)[0].delegatedWei, 0);
        assertEq(staking.everStakedCount(), 2);
        assertEq(staking.nodeCount(), 2);
    }

    function testOperatorChangeMovesTheWeightFromItsBlockOn() public {
        stakeAs(0, 200 ether);
        delegateAs(5, 0, 30 ether);
        address oldOperator = operatorOf(0);
        address newOperator = operatorOf(9);
        VM.roll(110);
        bytes memory proof = proofOf(9, nodeOf(0), person(0));
        VM.expectEmit(address(staking));
        emit OperatorChanged(nodeOf(0), oldOperator, newOperator);
        VM.prank(person(0));
        staking.setOperator(nodeOf(0), newOperator, proof);
        VM.roll(120);
        assertEq(staking.stakeAt(oldOperator, 109), 230 ether);
        assertEq(staking.stakeAt(newOperator, 109), 0);
        assertEq(staking.stakeAt(oldOperator, 110), 0);
        assertEq(staking.stakeAt(newOperator, 110), 230 ether);
        assertEq(staking.totalAt(110), 230 ether);
        // The freed key may serve another node.
        stakeFor(1, nodeOf(1), 0, 200 ether);
        assertEq(staking.nodeOf(oldOperator), nodeOf(1));
    }

    function testOnlyTheStakerActsForTheNode() public {
        stakeAs(0, 200 ether);
        address operator = operatorOf(1);
        bytes memory notStaker = abi.encodeWithSelector(IStaking.NotStaker.selector, person(0), person(1));
        expect(notStaker, 1);
        staking.setOperator(nodeOf(0), operator, "");
        expect(notStaker, 1);
        staking.unstake(nodeOf(0), 100 ether);
        expect(notStaker, 1);
        staking.lock(nodeOf(0), START_SECONDS + 1 days);
        expect(notStaker, 1);
        staking.declareRoles(nodeOf(0), 1);
    }

    function testRolesAreWhatTheNodeDeclares() public {
        stakeAs(0, 200 ether);
        VM.roll(110);
        VM.expectEmit(address(staking));
        emit RolesDeclared(nodeOf(0), 5);
        VM.prank(person(0));
        staking.declareRoles(nodeOf(0), 5);
        assertEq(staking.nodeAt(nodeOf(0), 109).roles, 7);
        assertEq(staking.stakeOf(nodeOf(0)).roles, 5);
        expect(abi.encodeWithSelector(IStaking.InvalidRoles.selector, 8), 0);
        staking.declareRoles(nodeOf(0), 8);
    }

    function testRolesNeedTheMinimumStake() public {
        stakeAs(0, MINIMUM_STAKE);
        slashOf(0, 1);
        assertEq(staking.stakeOf(nodeOf(0)).roles, 0);
        fund(0, 1 ether);
        VM.prank(person(0));
        staking.stake(nodeOf(0), operatorOf(0), 1 ether, "");
        assertEq(staking.stakeOf(nodeOf(0)).roles, 7);
    }

    function testWeightsOfTheRunningBlockAreNotReadable() public {
        stakeAs(0, 200 ether);
        bytes memory refused = abi.encodeWithSelector(IStaking.BlockNotPast.selector, block.number);
        address operator = operatorOf(0);
        VM.expectRevert(refused);
        staking.totalAt(block.number);
        VM.expectRevert(refused);
        staking.stakeAt(operator, block.number);
        VM.expectRevert(refused);
        staking.stakesAt(new address[](1), block.number);
    }

    function testATreasuryIsNeeded() public {
        VM.expectRevert(abi.encodeWithSelector(IStaking.InvalidTreasury.selector));
        new Staking(token, SLASHER, address(0), parameters());
    }

    /// Any order of stakes and exits: at every past block, weights and total are what a plain list remembers.
    /// forge-config: default.fuzz.runs = 128
    function testFuzzWeightsArePastTruth(uint256 seed) public {
        uint256 steps = 24;
        uint256[3][] memory remembered = new uint256[3][](steps);
        uint256[3] memory now_;
        uint256 firstBlock = block.number;
        for (uint256 i = 0; i < steps; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            step(now_, seed);
            for (uint256 j = 0; j < 3; ++j) remembered[i][j] = now_[j];
            // Sometimes two steps fall into one block; the block's end is what counts.
            if (i + 1 == steps || (seed >> 136) % 4 != 0) {
                VM.roll(block.number + 1);
            } else {
                remembered[i][0] = type(uint256).max;
            }
        }
        uint256 blockNumber = firstBlock;
        for (uint256 i = 0; i < steps; ++i) {
            if (remembered[i][0] == type(uint256).max) continue;
            uint256 total = 0;
            address[] memory operators = new address[](3);
            for (uint256 j = 0; j < 3; ++j) {
                operators[j] = operatorOf(j);
                assertEq(staking.stakeAt(operators[j], blockNumber), remembered[i][j]);
                total += remembered[i][j];
            }
            assertEq(staking.totalAt(blockNumber), total);
            (uint256 sum, uint256 all) = staking.stakesAt(operators, blockNumber);
            assertEq(sum, total);
            assertEq(all, total);
            ++blockNumber;
        }
    }

    function step(uint256[3] memory now_, uint256 seed) private {
        uint256 who = seed % 3;
        uint256 amount = clamp(seed >> 8, MINIMUM_STAKE, 300 ether);
        if (now_[who] == 0 || (seed >> 128) % 3 != 0) {
            stakeAs(who, amount);
            now_[who] += amount;
        } else {
            bool whole = (seed >> 200) % 2 == 0 || now_[who] < 2 * MINIMUM_STAKE;
            uint256 out = whole ? now_[who] : MINIMUM_STAKE;
            unstakeAs(who, out);
            now_[who] -= out;
        }
    }

    function setOperatorAs(uint256 who, uint256 operator) private {
        bytes memory proof = proofOf(operator, nodeOf(who), person(who));
        VM.prank(person(who));
        staking.setOperator(nodeOf(who), operatorOf(operator), proof);
    }

    function assertEntry(
        IStaking.Stake memory entry,
        uint256 index,
        address operator,
        address account,
        uint256 amount
    ) private pure {
        assertEq(entry.nodeId, nodeOf(index));
        assertEq(entry.operator, operator);
        assertEq(entry.account, account);
        assertEq(entry.amount, amount);
    }
}
