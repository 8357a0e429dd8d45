// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { StakingBase } from "./test/StakingBase.sol";

/// @notice The cheat code of forge that makes an account's slots cold again.
interface IVmCool {
    function cool(address target) external;
}

/// @notice What others do can make nobody's call expensive beyond these bounds.
contract StakingGasTest is StakingBase {
    uint256 private constant SIGNERS = 21;
    uint256 private constant CROWDED = 22;
    uint256 private constant PATIENT = 23;
    uint256 private constant SLASHED_AT = START_SECONDS + 40 hours;

    // All that the measured calls find is written before, so that they pay for it as a transaction of its own does.
    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIGNERS; ++i) stakeAs(i, 200 ether);
        stakeAs(PATIENT, 1_000 ether);
        for (uint256 i = 0; i < 200; ++i) unstakeAs(PATIENT, 1 ether);
        stakeAs(CROWDED, 1_000 ether);
        for (uint256 i = 30; i < 50; ++i) delegateAs(i, CROWDED, 200 ether);
        for (uint256 hour = 0; hour < 40; ++hour) {
            VM.warp(START_SECONDS + hour * 1 hours + 1);
            unstakeAs(CROWDED, 1 ether);
            undelegateAs(30 + (hour % 20), CROWDED, 20 ether);
        }
        VM.roll(block.number + 1);
    }

    function testWeighingSignersCostsOneColdSlotEach() public {
        VM.roll(block.number + 1_000);
        uint256 used = weigh(block.number - 1);
        assertTrue(used < 100_000, "one cold slot and little else");
    }

    /// Delegations after the snapshot make its weights older ones: dearer, but within a bound that hardly grows.
    function testChangesAfterTheSnapshotCostABoundedSearch() public {
        for (uint256 i = 0; i < SIGNERS; ++i) fund(i, 40 * MINIMUM_DELEGATION);
        VM.roll(200);
        for (uint256 j = 0; j < 40; ++j) {
            VM.roll(block.number + 1);
            for (uint256 i = 0; i < SIGNERS; ++i) {
                VM.prank(person(i));
                staking.delegate(nodeOf(i), MINIMUM_DELEGATION);
            }
        }
        VM.roll(block.number + 1);
        assertTrue(weigh(200) < SIGNERS * 30_000, "a search in forty changes");
        assertTrue(weigh(block.number - 2) < SIGNERS * 30_000, "a search among the newest");
    }

    /// However many exits a node's people have open, a slash touches the same pots.
    function testASlashTouchesABoundedNumberOfPots() public {
        VM.warp(SLASHED_AT);
        VM.prank(SLASHER);
        uint256 used = gasleft();
        staking.slash(nodeOf(CROWDED), person(CROWDED), 100_000, person(0), 100_000);
        used -= gasleft();
        assertTrue(used < 500_000, "a bounded number of pots");
    }

    function testALongQueueStillPaysWithinABlock() public {
        VM.warp(START_SECONDS + UNBONDING_SECONDS);
        VM.prank(person(PATIENT));
        uint256 used = gasleft();
        staking.withdraw();
        used -= gasleft();
        assertTrue(used < 1_500_000, "sixty-four exits");
    }

    function testOthersExitsDoNotMakeMineDearer() public {
        delegateAs(40, 0, 100 ether);
        uint256 alone = gasOfExit(40, 0);
        for (uint256 i = 50; i < 80; ++i) {
            delegateAs(i, 1, 100 ether);
            undelegateAs(i, 1, 100 ether);
        }
        delegateAs(41, 1, 100 ether);
        assertTrue(gasOfExit(41, 1) <= alone, "as cheap in a crowd");
    }

    function testAFirstStakeBindsAndCounts() public {
        fund(60, 200 ether);
        bytes memory proof = proofOf(60, nodeOf(60), person(60));
        address operator = operatorOf(60);
        VM.prank(person(60));
        uint256 used = gasleft();
        staking.stake(nodeOf(60), operator, 200 ether, proof);
        used -= gasleft();
        assertTrue(used < 400_000, "a first stake");
    }

    function testMoreStakeCostsLessThanTheFirst() public {
        fund(0, 200 ether);
        address operator = operatorOf(0);
        VM.prank(person(0));
        uint256 used = gasleft();
        staking.stake(nodeOf(0), operator, 200 ether, "");
        used -= gasleft();
        assertTrue(used < 250_000, "more stake");
    }

    function testADelegationCostsLessThanAStake() public {
        fund(60, 200 ether);
        VM.prank(person(60));
        uint256 used = gasleft();
        staking.delegate(nodeOf(0), 200 ether);
        used -= gasleft();
        assertTrue(used < 250_000, "a delegation");
    }

    function testAnExitCostsItsTwoSlotsAndTheWeights() public {
        VM.prank(person(0));
        uint256 used = gasleft();
        staking.unstake(nodeOf(0), 100 ether);
        used -= gasleft();
        assertTrue(used < 350_000, "an exit");
    }

    function weigh(uint256 blockNumber) private returns (uint256 used) {
        address[] memory operators = new address[](SIGNERS);
        for (uint256 i = 0; i < SIGNERS; ++i) operators[i] = operatorOf(i);
        IVmCool(address(VM)).cool(address(staking));
        used = gasleft();
        staking.stakesAt(operators, blockNumber);
        used -= gasleft();
    }

    function gasOfExit(uint256 who, uint256 node) private returns (uint256 used) {
        VM.roll(block.number + 1);
        VM.prank(person(who));
        used = gasleft();
        staking.undelegate(nodeOf(node), 100 ether);
        used -= gasleft();
    }
}
