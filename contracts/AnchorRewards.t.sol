// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { AnchorRewards } from "./AnchorRewards.sol";
import { IAnchorRewards } from "./interfaces/IAnchorRewards.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IParleyNetwork } from "./interfaces/IParleyNetwork.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

contract AnchorRewardsTest is AnchorBase {
    event AnchorRewarded(uint64 indexed epoch, address indexed sender, uint256 amount);
    event RewardSet(uint256 rewardWei);

    uint256 private constant POOL_WEI = 100 ether;
    /// A stranger, who has nothing to do with the roots.
    address private constant COLLECTOR = address(0xC0);

    function setUp() public override {
        super.setUp();
        assertTrue(token.transfer(address(anchorRewards), POOL_WEI), "sent");
    }

    function testAnyoneHasTheSendersOfFinalRootsPaid() public {
        IEpochAnchor.Anchored[] memory anchored = new IEpochAnchor.Anchored[](3);
        anchored[0] = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        anchored[1] = anchorAs(PROPOSER, rootOf(2, FIRST, SECOND));
        anchored[2] = anchorAs(RIVAL, rootOf(3, SECOND, THIRD));
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        (uint256 proposerWei, uint256 rivalWei) = (token.balanceOf(PROPOSER), token.balanceOf(RIVAL));
        for (uint256 i = 0; i < 3; ++i) {
            assertTrue(anchorRewards.isDue(anchored[i]), "due");
            VM.expectEmit(address(anchorRewards));
            emit AnchorRewarded(anchored[i].root.epoch, anchored[i].sender, ANCHOR_REWARD_WEI);
        }
        VM.prank(COLLECTOR);
        assertEq(anchorRewards.collect(anchored), 3 * ANCHOR_REWARD_WEI);
        assertEq(token.balanceOf(PROPOSER), proposerWei + 2 * ANCHOR_REWARD_WEI);
        assertEq(token.balanceOf(RIVAL), rivalWei + ANCHOR_REWARD_WEI);
        assertEq(token.balanceOf(COLLECTOR), 0);
        assertEq(anchorRewards.poolWei(), POOL_WEI - 3 * ANCHOR_REWARD_WEI);
        for (uint256 i = 0; i < 3; ++i) {
            assertTrue(anchorRewards.isPaid(anchored[i].root.epoch), "paid");
            assertTrue(!anchorRewards.isDue(anchored[i]), "due no more");
        }
    }

    function testNoRootIsPaidForTwice() public {
        IEpochAnchor.Anchored[] memory twice = new IEpochAnchor.Anchored[](2);
        twice[0] = finalRoot(1, GENESIS, FIRST);
        twice[1] = twice[0];
        assertEq(anchorRewards.collect(twice), ANCHOR_REWARD_WEI);
        refuses(twice, abi.encodeWithSelector(IAnchorRewards.NothingToCollect.selector));
    }

    /// Whoever collects one of them first does not stop the rest.
    function testWhatIsPaidIsPassedOver() public {
        IEpochAnchor.Anchored[] memory both = new IEpochAnchor.Anchored[](2);
        both[0] = finalRoot(1, GENESIS, FIRST);
        both[1] = finalRoot(2, FIRST, SECOND);
        anchorRewards.collect(only(both[0]));
        assertEq(anchorRewards.collect(both), ANCHOR_REWARD_WEI);
        assertEq(anchorRewards.poolWei(), POOL_WEI - 2 * ANCHOR_REWARD_WEI);
    }

    function testNothingIsCollectedOfNothing() public {
        IEpochAnchor.Anchored[] memory none = new IEpochAnchor.Anchored[](0);
        refuses(none, abi.encodeWithSelector(IAnchorRewards.NothingToCollect.selector));
    }

    function testWhatIsNotFinalWaits() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        VM.warp(block.timestamp + CHALLENGE_SECONDS - 1);
        assertTrue(!anchorRewards.isDue(anchored), "not yet");
        refuses(only(anchored), abi.encodeWithSelector(IAnchorRewards.NotFinal.selector, 1));
        VM.warp(block.timestamp + 1);
        anchorRewards.collect(only(anchored));
    }

    function testWhatADisputeHoldsUpWaits() public {
        IEpochAnchor.Anchored memory anchored = anchorAs(PROPOSER, rootOf(1, GENESIS, FIRST));
        openAs(DOUBTER, anchored);
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        refuses(only(anchored), abi.encodeWithSelector(IAnchorRewards.NotFinal.selector, 1));
    }

    function testNobodyIsPaidForARootThatTheyDidNotAnchor() public {
        IEpochAnchor.Anchored memory anchored = finalRoot(1, GENESIS, FIRST);
        bytes memory notAnchored = abi.encodeWithSelector(IAnchorRewards.NotAnchored.selector, 1);
        anchored.sender = RIVAL;
        assertTrue(!anchorRewards.isDue(anchored), "another sender");
        refuses(only(anchored), notAnchored);
        anchored.sender = PROPOSER;
        anchored.root.claimsRoot = SECOND;
        refuses(only(anchored), notAnchored);
        anchored.root.claimsRoot = keccak256(abi.encode("claims", uint64(1)));
        anchored.parentSnapshotBlock = 1;
        refuses(only(anchored), notAnchored);
    }

    function testARootWithoutAnythingNewIsWorthNothing() public {
        IEpochAnchor.Anchored memory first = finalRoot(1, GENESIS, FIRST);
        IEpochAnchor.EpochRoot memory root = rootOf(2, FIRST, SECOND);
        root.claimsRoot = first.root.claimsRoot;
        IEpochAnchor.Anchored memory idle = anchorAs(PROPOSER, root);
        IEpochAnchor.Anchored memory busy = finalRoot(3, SECOND, THIRD);
        assertTrue(!anchorRewards.isDue(idle), "nothing new");
        refuses(only(idle), abi.encodeWithSelector(IAnchorRewards.NothingNew.selector, 2));
        assertEq(anchorRewards.collect(only(busy)), ANCHOR_REWARD_WEI);
    }

    function testAFirstRootWithoutDuesIsWorthNothing() public {
        IEpochAnchor.EpochRoot memory root = rootOf(0, GENESIS, FIRST);
        root.claimsRoot = 0;
        IEpochAnchor.Anchored memory empty = anchorAs(PROPOSER, root);
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        refuses(only(empty), abi.encodeWithSelector(IAnchorRewards.NothingNew.selector, 0));
    }

    /// Epoch 0 has no root before it, though 0 stands where another root's parent does.
    function testAFirstRootOfEpochZeroWithDuesIsPaid() public {
        IEpochAnchor.Anchored memory anchored = finalRoot(0, GENESIS, FIRST);
        assertEq(anchored.parentEpoch, 0);
        assertEq(anchorRewards.collect(only(anchored)), ANCHOR_REWARD_WEI);
    }

    function testOfARootThatReplacedAnotherOnlyItsOwnSenderIsPaid() public {
        IEpochAnchor.Anchored memory unproven = proposeAs(PROPOSER, rootOf(1, GENESIS, FIRST), 1);
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, SECOND);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        VM.prank(RIVAL);
        epochAnchor.replace(unproven, root, signatures);
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        refuses(only(unproven), abi.encodeWithSelector(IAnchorRewards.NotAnchored.selector, 1));
        uint256 beforeWei = token.balanceOf(RIVAL);
        anchorRewards.collect(only(IEpochAnchor.Anchored(root, RIVAL, 0, 0, 0)));
        assertEq(token.balanceOf(RIVAL), beforeWei + ANCHOR_REWARD_WEI);
    }

    function testAnEmptyPoolLosesNothing() public {
        IEpochAnchor.Anchored[] memory both = new IEpochAnchor.Anchored[](2);
        both[0] = finalRoot(1, GENESIS, FIRST);
        both[1] = finalRootOf(RIVAL, 2, FIRST, SECOND);
        uint256 leftWei = 2 * ANCHOR_REWARD_WEI - 1;
        VM.prank(address(anchorRewards));
        assertTrue(token.transfer(COLLECTOR, POOL_WEI - leftWei), "sent");
        bytes memory tooSmall = abi.encodeWithSelector(
            IAnchorRewards.PoolTooSmall.selector,
            leftWei,
            2 * ANCHOR_REWARD_WEI
        );
        refuses(both, tooSmall);
        assertTrue(anchorRewards.isDue(both[0]) && anchorRewards.isDue(both[1]), "still due");
        VM.prank(COLLECTOR);
        assertTrue(token.transfer(address(anchorRewards), 1), "sent");
        assertEq(anchorRewards.collect(both), 2 * ANCHOR_REWARD_WEI);
        assertEq(anchorRewards.poolWei(), 0);
    }

    function testGovernanceSetsTheRewardUpToTheMaximum() public {
        IEpochAnchor.Anchored memory first = finalRoot(1, GENESIS, FIRST);
        VM.expectEmit(address(anchorRewards));
        emit RewardSet(MAXIMUM_ANCHOR_REWARD_WEI);
        setReward(MAXIMUM_ANCHOR_REWARD_WEI);
        assertEq(anchorRewards.collect(only(first)), MAXIMUM_ANCHOR_REWARD_WEI);
        VM.expectRevert(
            abi.encodeWithSelector(
                IAnchorRewards.RewardTooHigh.selector,
                MAXIMUM_ANCHOR_REWARD_WEI,
                MAXIMUM_ANCHOR_REWARD_WEI + 1
            )
        );
        setReward(MAXIMUM_ANCHOR_REWARD_WEI + 1);
    }

    function testNobodyElseSetsTheReward() public {
        VM.expectRevert(abi.encodeWithSelector(IAnchorRewards.NotExecutor.selector, COLLECTOR));
        VM.prank(COLLECTOR);
        anchorRewards.setReward(1);
    }

    /// Nothing is marked as paid for at a price of nothing.
    function testWhileTheRewardIsNothingRootsWait() public {
        IEpochAnchor.Anchored memory first = finalRoot(1, GENESIS, FIRST);
        setReward(0);
        assertTrue(!anchorRewards.isDue(first), "worth nothing");
        refuses(only(first), abi.encodeWithSelector(IAnchorRewards.NothingToCollect.selector));
        setReward(1);
        assertEq(anchorRewards.collect(only(first)), 1);
    }

    function testAGenesisRewardAboveTheMaximumIsRefused() public {
        VM.expectRevert(abi.encodeWithSelector(IAnchorRewards.RewardTooHigh.selector, 1, 2));
        new AnchorRewards(token, epochAnchor, EXECUTOR, 2, 1);
    }

    function testThePoolComesOutOfTheInitialSupply() public {
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        parameters.anchorRewards.poolWei = 30 ether;
        deployNetwork(parameters);
        assertEq(anchorRewards.poolWei(), 30 ether);
        assertEq(token.balanceOf(address(this)), SUPPLY - 30 ether);
        assertEq(token.totalSupply(), SUPPLY);
    }

    function testThePoolIsNotMoreThanTheInitialSupply() public {
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        parameters.anchorRewards.poolWei = SUPPLY + 1;
        VM.expectRevert(abi.encodeWithSelector(IParleyToken.InvalidSchedule.selector));
        this.deployAnother(parameters);
    }

    function deployAnother(IParleyNetwork.Parameters calldata parameters) external {
        deployNetwork(parameters);
    }

    /// Whoever asks, in which order and how often: each root with something new is paid for once, all others never.
    function testPaysWhatIsDueWhateverTheListsAre(uint256 seed, uint8 calls) public {
        IEpochAnchor.Anchored[] memory all = new IEpochAnchor.Anchored[](5);
        uint256 worth;
        bytes32 last = GENESIS;
        for (uint64 i = 0; i < 5; ++i) {
            IEpochAnchor.EpochRoot memory root = rootOf(i + 1, last, keccak256(abi.encode(seed, i)));
            bool isIdle = i != 0 && (seed >> i) & 1 == 1;
            if (isIdle) root.claimsRoot = all[i - 1].root.claimsRoot;
            else ++worth;
            all[i] = anchorAs((seed >> (8 + i)) & 1 == 1 ? PROPOSER : RIVAL, root);
            last = root.stateRoot;
        }
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        for (uint256 i = 0; i < clamp(calls, 1, 12); ++i) {
            uint256 drawn = uint256(keccak256(abi.encode(seed, "drawn", i)));
            IEpochAnchor.Anchored[] memory some = new IEpochAnchor.Anchored[](2);
            (some[0], some[1]) = (all[drawn % 5], all[(drawn >> 8) % 5]);
            try anchorRewards.collect(some) returns (uint256 paidWei) {
                assertTrue(paidWei <= 2 * ANCHOR_REWARD_WEI, "no more than two");
            } catch {
                assertTrue(true, "idle or paid");
            }
        }
        for (uint256 i = 0; i < 5; ++i) if (anchorRewards.isDue(all[i])) anchorRewards.collect(only(all[i]));
        assertEq(anchorRewards.poolWei(), POOL_WEI - worth * ANCHOR_REWARD_WEI);
    }

    function finalRoot(
        uint64 epoch,
        bytes32 previousRoot,
        bytes32 stateRoot
    ) private returns (IEpochAnchor.Anchored memory) {
        return finalRootOf(PROPOSER, epoch, previousRoot, stateRoot);
    }

    function finalRootOf(
        address sender,
        uint64 epoch,
        bytes32 previousRoot,
        bytes32 stateRoot
    ) private returns (IEpochAnchor.Anchored memory anchored) {
        anchored = anchorAs(sender, rootOf(epoch, previousRoot, stateRoot));
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
    }

    function setReward(uint256 rewardWei) private {
        VM.prank(EXECUTOR);
        anchorRewards.setReward(rewardWei);
    }

    function refuses(IEpochAnchor.Anchored[] memory anchored, bytes memory expected) private {
        VM.expectRevert(expected);
        anchorRewards.collect(anchored);
    }

    function only(
        IEpochAnchor.Anchored memory anchored
    ) private pure returns (IEpochAnchor.Anchored[] memory list) {
        list = new IEpochAnchor.Anchored[](1);
        list[0] = anchored;
    }
}
