// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { StakingBase } from "./test/StakingBase.sol";
import { StakingHandler } from "./test/StakingHandler.sol";

contract StakingInvariantsTest is StakingBase {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    StakingHandler private handler;

    function setUp() public override {
        handler = new StakingHandler();
        (staking, token) = handler.contracts();
    }

    /// @notice Where forge asks what to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @notice Where forge asks which of its functions.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](9);
        selectors[0] = StakingHandler.stake.selector;
        selectors[1] = StakingHandler.takeOver.selector;
        selectors[2] = StakingHandler.unstake.selector;
        selectors[3] = StakingHandler.delegate.selector;
        selectors[4] = StakingHandler.undelegate.selector;
        selectors[5] = StakingHandler.withdraw.selector;
        selectors[6] = StakingHandler.slash.selector;
        selectors[7] = StakingHandler.changeOperator.selector;
        selectors[8] = StakingHandler.pass.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    function invariantTokensHeldAreThoseThatCameAndDidNotLeave() external view {
        uint256 leftWei = handler.paidWei() + handler.slashedWei();
        assertEq(token.balanceOf(address(staking)), handler.collectedWei() - leftWei);
        assertEq(token.balanceOf(TREASURY), handler.slashedWei());
    }

    function invariantWhatIsOwedIsCovered() external view {
        assertTrue(token.balanceOf(address(staking)) >= handler.owedWei(), "owed");
    }

    function invariantWhatCanBeSlashedIsThere() external view {
        uint256 slashable;
        for (uint256 node = 0; node < handler.NODES(); ++node) {
            slashable += staking.slashableWei(nodeOf(node));
        }
        assertTrue(token.balanceOf(address(staking)) >= slashable, "slashable");
    }

    function invariantTheTotalIsTheSumOfTheWeights() external view {
        uint256 ended = handler.lastBlock();
        if (ended == 0) return;
        assertEq(staking.totalAt(ended), handler.lastTotalWei());
        address[] memory operators = new address[](2 * handler.NODES());
        for (uint256 i = 0; i < operators.length; ++i) operators[i] = operatorOf(i);
        (uint256 sum, uint256 total) = staking.stakesAt(operators, ended);
        assertEq(sum, total);
    }

    /// @notice After any run everybody can leave, and then nothing is left behind.
    function afterInvariant() external {
        handler.leaveAll();
        assertEq(handler.owedWei(), 0);
        assertEq(token.balanceOf(address(staking)), 0);
        assertEq(staking.nodeCount(), 0);
    }
}
