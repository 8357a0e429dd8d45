// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Disputes } from "./Disputes.sol";
import { AnchorRewards } from "./AnchorRewards.sol";
import { EpochAnchor } from "./EpochAnchor.sol";
import { ParleyToken } from "./ParleyToken.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { AnchorHandler } from "./test/AnchorHandler.sol";
import { Test } from "./test/Test.sol";

/// forge-config: default.invariant.runs = 16
contract AnchorInvariantsTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    AnchorHandler private handler;
    EpochAnchor private epochAnchor;
    Disputes private disputes;
    ParleyToken private token;
    AnchorRewards private rewards;

    function setUp() public {
        handler = new AnchorHandler();
        (address anchorAddress, address disputesAddress, address tokenAddress) = handler.contracts();
        epochAnchor = EpochAnchor(anchorAddress);
        disputes = Disputes(disputesAddress);
        token = ParleyToken(tokenAddress);
        rewards = handler.rewards();
        handler.anchor(0, 0);
    }

    /// @notice Where forge asks what to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @notice Where forge asks which of its functions.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](14);
        selectors[0] = AnchorHandler.anchor.selector;
        selectors[1] = AnchorHandler.propose.selector;
        selectors[2] = AnchorHandler.replace.selector;
        selectors[3] = AnchorHandler.reportCertificate.selector;
        selectors[4] = AnchorHandler.demand.selector;
        selectors[5] = AnchorHandler.answer.selector;
        selectors[6] = AnchorHandler.closeDemand.selector;
        selectors[7] = AnchorHandler.open.selector;
        selectors[8] = AnchorHandler.drawAndRule.selector;
        selectors[9] = AnchorHandler.close.selector;
        selectors[10] = AnchorHandler.depart.selector;
        selectors[11] = AnchorHandler.pass.selector;
        selectors[12] = AnchorHandler.pause.selector;
        selectors[13] = AnchorHandler.collect.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    function invariantFinalRootsAreNeverReplaced() external view {
        uint64[] memory finals = handler.finalEpochs();
        for (uint256 i = 0; i < finals.length; ++i) {
            (bool isFinal, bytes32 claimsRoot) = epochAnchor.finalClaimsRoot(finals[i]);
            assertTrue(isFinal, "still final");
            assertEq(claimsRoot, handler.finalRootOf(finals[i]));
        }
    }

    function invariantBondsAreThere() external view {
        uint256 sum;
        for (uint256 i = 0; i < handler.PEOPLE(); ++i) {
            (uint256 amount, ) = epochAnchor.bondOf(handler.actor(i));
            sum += amount;
        }
        assertEq(token.balanceOf(address(epochAnchor)), sum);
    }

    /// Besides, there are jurors' pots and their roundings.
    function invariantDepositsAreThere() external view {
        uint256 owed = handler.openBondsWei() + handler.depositsWei();
        assertTrue(token.balanceOf(address(disputes)) >= owed, "deposits");
    }

    /// Standing roots are one chain that ends in the last, one an epoch; nothing stands beside it.
    function invariantStandingRootsAreOneChain() external view {
        IEpochAnchor.Anchored[] memory list = handler.anchoredList();
        (bool exists, uint64 epoch, bytes32 stateRoot, ) = epochAnchor.last();
        uint256 standing;
        for (uint256 i = 0; i < list.length; ++i) if (epochAnchor.isAnchored(list[i])) ++standing;
        if (!exists) assertEq(standing, 0);
        for (uint256 i = list.length; i > 0 && standing > 0; --i) {
            IEpochAnchor.Anchored memory anchored = list[i - 1];
            if (!epochAnchor.isAnchored(anchored)) continue;
            assertEq(anchored.root.epoch, epoch);
            assertEq(anchored.root.stateRoot, stateRoot);
            (epoch, stateRoot) = (anchored.parentEpoch, anchored.root.previousRoot);
            --standing;
        }
    }

    /// What the pool has lost is one reward for each epoch that was paid for: none twice, and nothing else went out.
    function invariantEachRootIsPaidForOnce() external view {
        IEpochAnchor.Anchored[] memory list = handler.anchoredList();
        uint256 paidEpochs;
        for (uint256 i = 0; i < list.length; ++i) {
            uint64 epoch = list[i].root.epoch;
            bool isFirst = true;
            for (uint256 j = 0; j < i; ++j) if (list[j].root.epoch == epoch) isFirst = false;
            if (isFirst && rewards.isPaid(epoch)) {
                ++paidEpochs;
                assertTrue(epochAnchor.isFinal(epoch), "paid for what stands for ever");
            }
        }
        (uint256 givenWei, uint256 paidWei) = handler.rewarding();
        assertEq(paidWei, paidEpochs * rewards.rewardWei());
        assertEq(rewards.poolWei(), givenWei - paidWei);
    }

    function invariantPausedMeansPaused() external view {
        assertTrue(!handler.pauseIgnored(), "nothing was anchored in a pause");
    }

    function invariantNothingFrozenIsFinal() external view {
        IEpochAnchor.Anchored[] memory list = handler.anchoredList();
        for (uint256 i = 0; i < list.length; ++i) {
            uint64 epoch = list[i].root.epoch;
            assertTrue(!(epochAnchor.isFrozen(epoch) && epochAnchor.isFinal(epoch)), "frozen");
        }
    }

    /// Whatever happened, disputed or paused: every stake can leave at once. When their times are over all disputes can be
    /// ended, and then every bond comes back.
    function afterInvariant() external {
        handler.unstakeAll();
        handler.endAll();
        assertEq(handler.openCount(), 0);
        handler.pass(3 days - 1);
        (bool exists, uint64 epoch, , ) = epochAnchor.last();
        assertTrue(!exists || epochAnchor.isFinal(epoch), "final at last");
        for (uint256 i = 0; i < handler.PEOPLE(); ++i) {
            handler.depart(i);
            handler.pass(3 days - 1);
            handler.depart(i);
            (uint256 amount, ) = epochAnchor.bondOf(handler.actor(i));
            assertEq(amount, 0);
        }
        assertEq(token.balanceOf(address(epochAnchor)), 0);
    }
}
