// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IStaking } from "./interfaces/IStaking.sol";
import { Network } from "./test/Network.sol";

contract StakingTest is Network {
    event Staked(bytes32 indexed nodeId, address indexed account, address indexed operator, uint256 amount);
    event Unstaked(bytes32 indexed nodeId, address indexed account, uint256 amount, uint256 withdrawableAt);

    function testStakeTakesTokensAndShowsTheNode() public {
        fund(0, 300 ether);
        VM.expectEmit(address(staking));
        emit Staked(nodeOf(0), person(0), operatorOf(0), 300 ether);
        VM.prank(person(0));
        staking.stake(nodeOf(0), operatorOf(0), 300 ether);

        IStaking.Stake memory entry = staking.stakeOf(nodeOf(0));
        assertEq(entry.nodeId, nodeOf(0));
        assertEq(entry.operator, operatorOf(0));
        assertEq(entry.account, person(0));
        assertEq(entry.amount, 300 ether);
        assertEq(token.balanceOf(address(staking)), 300 ether);
        assertEq(staking.nodeCount(), 1);
    }

    function testStakeRefusesWhatMakesNoSense() public {
        stakeAs(0, 200 ether);
        fund(1, 500 ether);
        address first = operatorOf(0);
        address second = operatorOf(1);

        expect(abi.encodeWithSelector(IStaking.InvalidAmount.selector), 1);
        staking.stake(nodeOf(1), second, 0);
        expect(abi.encodeWithSelector(IStaking.InvalidNode.selector), 1);
        staking.stake(bytes32(0), second, 200 ether);
        expect(abi.encodeWithSelector(IStaking.InvalidOperator.selector), 1);
        staking.stake(nodeOf(1), address(0), 200 ether);
        expect(abi.encodeWithSelector(IStaking.StakeBelowMinimum.selector, MINIMUM_STAKE, 1 ether), 1);
        staking.stake(nodeOf(1), second, 1 ether);
        expect(abi.encodeWithSelector(IStaking.OperatorTaken.selector, first), 1);
        staking.stake(nodeOf(1), first, 200 ether);
        expect(abi.encodeWithSelector(IStaking.NotStaker.selector, person(0), person(1)), 1);
        staking.stake(nodeOf(0), first, 200 ether);
        expect(abi.encodeWithSelector(IStaking.OperatorMismatch.selector, first, second), 0);
        staking.stake(nodeOf(0), second, 200 ether);
    }

    function testStakeRefusesMoreNodesThanTheRegistryHolds() public {
        for (uint256 i = 0; i < MAXIMUM_NODES; ++i) stakeAs(i, MINIMUM_STAKE);
        fund(MAXIMUM_NODES, MINIMUM_STAKE);
        address operator = operatorOf(MAXIMUM_NODES);
        expect(abi.encodeWithSelector(IStaking.RegistryFull.selector, MAXIMUM_NODES), MAXIMUM_NODES);
        staking.stake(nodeOf(MAXIMUM_NODES), operator, MINIMUM_STAKE);
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
        address newOperator = operatorOf(9);
        VM.prank(person(0));
        staking.setOperator(nodeOf(0), newOperator);
        VM.roll(130);
        VM.prank(person(0));
        staking.unstake(nodeOf(0), 200 ether);
        fund(2, 400 ether);
        VM.prank(person(2));
        staking.stake(nodeOf(0), operatorOf(0), 400 ether);
        VM.roll(140);

        assertEntry(staking.registryAt(99, 0, 2)[0], 0, address(0), address(0), 0);
        assertEntry(staking.registryAt(109, 0, 2)[0], 0, operatorOf(0), person(0), 200 ether);
        assertEntry(staking.registryAt(109, 0, 2)[1], 1, address(0), address(0), 0);
        assertEntry(staking.registryAt(110, 0, 2)[1], 1, operatorOf(1), person(1), 300 ether);
        assertEntry(staking.registryAt(120, 0, 2)[0], 0, newOperator, person(0), 200 ether);
        assertEntry(staking.registryAt(130, 0, 2)[0], 0, operatorOf(0), person(2), 400 ether);
        assertEq(staking.everStakedCount(), 2);
        assertEq(staking.nodeCount(), 2);
    }

    function testOperatorChangeMovesTheWeightFromItsBlockOn() public {
        stakeAs(0, 200 ether);
        address oldOperator = operatorOf(0);
        address newOperator = operatorOf(9);
        VM.roll(110);
        VM.prank(person(0));
        staking.setOperator(nodeOf(0), newOperator);
        VM.roll(120);
        assertEq(staking.stakeAt(oldOperator, 109), 200 ether);
        assertEq(staking.stakeAt(newOperator, 109), 0);
        assertEq(staking.stakeAt(oldOperator, 110), 0);
        assertEq(staking.stakeAt(newOperator, 110), 200 ether);
        assertEq(staking.totalAt(110), 200 ether);
        // The freed key may serve another node.
        fund(1, 200 ether);
        VM.prank(person(1));
        staking.stake(nodeOf(1), oldOperator, 200 ether);
    }

    function testOnlyTheStakerChangesOperatorOrUnstakes() public {
        stakeAs(0, 200 ether);
        address operator = operatorOf(1);
        bytes memory notStaker = abi.encodeWithSelector(IStaking.NotStaker.selector, person(0), person(1));
        expect(notStaker, 1);
        staking.setOperator(nodeOf(0), operator);
        expect(notStaker, 1);
        staking.unstake(nodeOf(0), 100 ether);
    }

    function testUnstakeReleasesAfterTheUnbondingTime() public {
        stakeAs(0, 300 ether);
        uint256 withdrawableAt = block.timestamp + UNBONDING_SECONDS;
        VM.expectEmit(address(staking));
        emit Unstaked(nodeOf(0), person(0), 200 ether, withdrawableAt);
        VM.prank(person(0));
        staking.unstake(nodeOf(0), 200 ether);
        assertEq(staking.stakeOf(nodeOf(0)).amount, 100 ether);

        VM.warp(withdrawableAt - 1);
        expect(abi.encodeWithSelector(IStaking.StillUnbonding.selector, withdrawableAt), 0);
        staking.withdraw();
        VM.warp(withdrawableAt);
        VM.prank(person(0));
        staking.withdraw();
        assertEq(token.balanceOf(person(0)), 200 ether);
        expect(abi.encodeWithSelector(IStaking.NothingToWithdraw.selector), 0);
        staking.withdraw();
    }

    function testUnstakeRefusesTooMuchAndARestBelowTheMinimum() public {
        stakeAs(0, 200 ether);
        expect(abi.encodeWithSelector(IStaking.InsufficientStake.selector, 200 ether, 201 ether), 0);
        staking.unstake(nodeOf(0), 201 ether);
        expect(abi.encodeWithSelector(IStaking.StakeBelowMinimum.selector, MINIMUM_STAKE, 99 ether), 0);
        staking.unstake(nodeOf(0), 101 ether);
        expect(abi.encodeWithSelector(IStaking.InvalidAmount.selector), 0);
        staking.unstake(nodeOf(0), 0);
    }

    function testUnstakingAllFreesNodeAndOperator() public {
        stakeAs(0, 200 ether);
        VM.prank(person(0));
        staking.unstake(nodeOf(0), 200 ether);
        assertEq(staking.nodeCount(), 0);
        assertEq(staking.stakeOf(nodeOf(0)).account, address(0));
        address operator = operatorOf(0);
        fund(1, 200 ether);
        VM.prank(person(1));
        staking.stake(nodeOf(0), operator, 200 ether);
        assertEq(staking.stakeOf(nodeOf(0)).account, person(1));
    }

    function testWeightsOfTheRunningBlockAreNotReadable() public {
        stakeAs(0, 200 ether);
        VM.expectRevert(abi.encodeWithSelector(IStaking.BlockNotPast.selector, block.number));
        staking.totalAt(block.number);
    }

    /// Any order of stakes and unstakes: at every past block, weights and total are what a plain list remembers.
    function testFuzzWeightsArePastTruth(uint256 seed) public {
        uint256 steps = 24;
        uint256[3][] memory remembered = new uint256[3][](steps);
        uint256[3] memory now_;
        uint256 firstBlock = block.number;
        for (uint256 i = 0; i < steps; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 who = seed % 3;
            uint256 amount = clamp(seed >> 8, MINIMUM_STAKE, 300 ether);
            if (now_[who] == 0 || (seed >> 128) % 3 != 0) {
                stakeAs(who, amount);
                now_[who] += amount;
            } else {
                uint256 out =
                    (seed >> 200) % 2 == 0 || now_[who] < 2 * MINIMUM_STAKE ? now_[who] : MINIMUM_STAKE;
                VM.prank(person(who));
                staking.unstake(nodeOf(who), out);
                now_[who] -= out;
            }
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
            for (uint256 j = 0; j < 3; ++j) {
                assertEq(staking.stakeAt(operatorOf(j), blockNumber), remembered[i][j]);
                total += remembered[i][j];
            }
            assertEq(staking.totalAt(blockNumber), total);
            ++blockNumber;
        }
        assertTrue(
            token.balanceOf(address(staking)) >= now_[0] + now_[1] + now_[2],
            "every stake is covered by tokens"
        );
    }

    function expect(bytes memory revertData, uint256 who) private {
        VM.prank(person(who));
        VM.expectRevert(revertData);
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
