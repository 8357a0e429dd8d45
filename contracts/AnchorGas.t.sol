// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IDisputes } from "./interfaces/IDisputes.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IParleyNetwork } from "./interfaces/IParleyNetwork.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

/// @notice What anchoring costs, each call as a transaction of its own, in a network that has anchored before.
contract AnchorGasTest is AnchorBase {
    event GasUsed(string call, uint256 gasUsed);

    uint256 private constant SMALL = 21;
    uint256 private constant LARGE = 128;
    uint256 private constant ANCHOR_BUDGET_GAS = 250_000;

    function setUp() public override {
        VM.roll(100);
        VM.warp(START_SECONDS);
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        parameters.bondWei = ROOT_BOND_WEI;
        parameters.staking.maximumNodes = LARGE;
        deployNetwork(parameters);
        bondFor(PROPOSER);
        equip(DOUBTER, address(disputes));
    }

    /// forge-config: default.isolate = true
    function testAnchorWith21Signatures() public {
        stakeNodes(SMALL);
        uint256 used = anchorGas(SMALL);
        emit GasUsed("anchor, 21 signatures", used);
        assertTrue(used <= ANCHOR_BUDGET_GAS, "within the budget");
    }

    /// Two thirds of the stake are enough: whoever pays sends no more.
    /// forge-config: default.isolate = true
    function testAnchorWithNoMoreSignaturesThanItTakes() public {
        stakeNodes(SMALL);
        uint256 used = anchorGas(14);
        emit GasUsed("anchor, 14 signatures of 21 nodes", used);
        assertTrue(used <= 200_000, "cheaper");
    }

    /// forge-config: default.isolate = true
    function testAnchorWith128SignaturesGrowsWithTheirNumberAlone() public {
        stakeNodes(LARGE);
        uint256 used = anchorGas(LARGE);
        emit GasUsed("anchor, 128 signatures", used);
        assertTrue(used <= 1_030_000, "7,300 gas a signature");
    }

    /// One of one sender's, and what another in the same call adds to it.
    /// forge-config: default.isolate = true
    function testCollectingARewardCostsLessTheMoreThereAre() public {
        stakeNodes(SMALL);
        assertTrue(token.transfer(address(anchorRewards), 100 ether), "sent");
        IEpochAnchor.Anchored[] memory one = new IEpochAnchor.Anchored[](1);
        IEpochAnchor.Anchored[] memory eight = new IEpochAnchor.Anchored[](8);
        bytes32 last = GENESIS;
        for (uint64 i = 0; i < 9; ++i) {
            IEpochAnchor.EpochRoot memory root = rootOf(i + 1, last, keccak256(abi.encode(i)));
            IEpochAnchor.Anchored memory anchored = describe(root, PROPOSER, bytes32(0));
            IEpochAnchor.CompactSignature[] memory signatures = signed(root, 14);
            VM.prank(PROPOSER);
            epochAnchor.anchor(root, signatures);
            if (i == 0) one[0] = anchored;
            else eight[i - 1] = anchored;
            last = root.stateRoot;
        }
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        anchorRewards.collect(one);
        uint256 used = VM.lastCallGas().gasTotalUsed;
        emit GasUsed("collect, 1 root", used);
        assertTrue(used <= 120_000, "one");
        anchorRewards.collect(eight);
        used = VM.lastCallGas().gasTotalUsed;
        emit GasUsed("collect, 8 roots", used);
        assertTrue(used <= 320_000, "35,000 gas a root");
    }

    /// Eight epochs in one transaction, against eight transactions.
    /// forge-config: default.isolate = true
    function testAnchoringSeveralEpochsAtOnceSavesTheTransactions() public {
        stakeNodes(SMALL);
        anchorGas(14);
        IEpochAnchor.EpochRoot[] memory roots = new IEpochAnchor.EpochRoot[](8);
        IEpochAnchor.CompactSignature[][] memory certificates = new IEpochAnchor.CompactSignature[][](8);
        (, uint64 epoch, bytes32 last, ) = epochAnchor.last();
        for (uint64 i = 0; i < 8; ++i) {
            roots[i] = rootOf(epoch + 1 + i, last, keccak256(abi.encode(i)));
            certificates[i] = signed(roots[i], 14);
            last = roots[i].stateRoot;
        }
        VM.prank(PROPOSER);
        epochAnchor.anchorMany(roots, certificates);
        uint256 used = VM.lastCallGas().gasTotalUsed;
        emit GasUsed("anchorMany, 8 epochs of 14 signatures", used);
        assertTrue(used <= 8 * 175_000, "175,000 gas an epoch");
    }

    /// forge-config: default.isolate = true
    function testAProposalCostsTheSameHoweverManyHaveSigned() public {
        stakeNodes(LARGE);
        anchorGas(LARGE);
        IEpochAnchor.EpochRoot memory root = rootOf(3, SECOND, THIRD);
        bytes32 certificateDigest = digestOf(signed(root, LARGE));
        VM.prank(PROPOSER);
        epochAnchor.propose(root, certificateDigest);
        uint256 used = VM.lastCallGas().gasTotalUsed;
        emit GasUsed("propose, 128 signatures", used);
        assertTrue(used <= 100_000, "a tenth of showing them");
    }

    /// forge-config: default.isolate = true
    function testTheAnswerToADemandCostsWhatAnchoringWouldHave() public {
        stakeNodes(LARGE);
        anchorGas(LARGE);
        IEpochAnchor.EpochRoot memory root = rootOf(3, SECOND, THIRD);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, root, 1);
        uint256 demand = demandAs(DOUBTER, anchored);
        IEpochAnchor.CompactSignature[] memory signatures = signed(root, 86);
        disputes.answer(demand, anchored, signatures);
        uint256 used = VM.lastCallGas().gasTotalUsed;
        emit GasUsed("answer, 86 signatures", used);
        assertTrue(used <= 800_000, "bounded");
    }

    /// forge-config: default.isolate = true
    function testEachMissedEpochCostsLessThanOneAlone() public {
        stakeNodes(SMALL);
        uint256 alone = anchorGas(SMALL);
        IEpochAnchor.EpochRoot[] memory roots = new IEpochAnchor.EpochRoot[](2);
        IEpochAnchor.CompactSignature[][] memory certificates = new IEpochAnchor.CompactSignature[][](2);
        roots[0] = rootOf(3, SECOND, THIRD);
        roots[1] = rootOf(4, THIRD, GENESIS);
        for (uint256 i = 0; i < 2; ++i) certificates[i] = signed(roots[i], SMALL);
        VM.prank(PROPOSER);
        epochAnchor.anchorMany(roots, certificates);
        uint256 used = VM.lastCallGas().gasTotalUsed;
        emit GasUsed("anchorMany, two epochs, 21 signatures each", used);
        assertTrue(used < 2 * alone - 60_000, "what they share is paid once");
    }

    /// A jury of 128 rules by as many signatures in one transaction, and closing reads none of them.
    /// forge-config: default.isolate = true
    function testRulingsAndClosingFitABlock() public {
        stakeNodes(LARGE);
        IEpochAnchor.Anchored memory anchored = proposeAs(PROPOSER, rootOf(1, GENESIS, FIRST), 1);
        uint256 dispute = openAs(DOUBTER, anchored);
        VM.roll(disputes.disputeOf(dispute).drawBlock + 1);
        disputes.draw(dispute);
        uint256[] memory seated = new uint256[](LARGE);
        uint256 count = 0;
        for (uint256 i = 0; i < LARGE; ++i) {
            if (disputes.seatsOf(dispute, operatorOf(i)) == 0) continue;
            seated[count] = i;
            ++count;
        }
        uint256[] memory jurors = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) jurors[i] = seated[i];
        bytes32 digest = disputes.rulingDigest(dispute, 1, IDisputes.Ruling.Overturn);
        disputes.rule(dispute, IDisputes.Ruling.Overturn, signAll(keysOf(jurors), digest));
        uint256 used = VM.lastCallGas().gasTotalUsed;
        emit GasUsed("rule, all jurors", used);
        assertTrue(used <= 60_000 + 45_000 * count, "45,000 gas a juror");
    }

    function stakeNodes(uint256 count) private {
        for (uint256 i = 0; i < count; ++i) stakeAs(i, MINIMUM_STAKE);
        VM.roll(block.number + 10);
    }

    /// The first anchor of a network writes what the others overwrite.
    function anchorGas(uint256 signers) private returns (uint256) {
        anchorWithCount(rootOf(1, GENESIS, FIRST), signers);
        VM.roll(block.number + 10);
        anchorWithCount(rootOf(2, FIRST, SECOND), signers);
        return VM.lastCallGas().gasTotalUsed;
    }

    function anchorWithCount(IEpochAnchor.EpochRoot memory root, uint256 signers) private {
        IEpochAnchor.CompactSignature[] memory signatures = signed(root, signers);
        VM.prank(PROPOSER);
        epochAnchor.anchor(root, signatures);
    }

    function signed(
        IEpochAnchor.EpochRoot memory root,
        uint256 count
    ) private view returns (IEpochAnchor.CompactSignature[] memory) {
        return signAll(keysOf(first(count)), epochAnchor.digestOf(root));
    }
}
