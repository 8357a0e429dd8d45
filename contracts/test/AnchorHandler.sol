// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IDisputes } from "../interfaces/IDisputes.sol";
import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { AnchorRewards } from "../AnchorRewards.sol";
import { AnchorBase } from "./AnchorBase.sol";

/// @notice People who anchor, invent, doubt, dispute and rule in any order; remembers what must stay true.
contract AnchorHandler is AnchorBase {
    /// @notice Given to the rewards' pool, and what its calls said they paid.
    struct Rewarding {
        uint256 givenWei;
        uint256 paidWei;
    }

    uint256 public constant PEOPLE = 3;

    /// @notice All that was ever anchored, in order.
    IEpochAnchor.Anchored[] internal everAnchored;
    /// @notice What the contract said of an epoch when it was final for the first time.
    mapping(uint64 epoch => bytes32) public finalRootOf;
    uint64[] internal finals;
    uint256 public openBondsWei;
    uint256 public depositsWei;
    uint256 public withdrawals;
    uint256 public replacements;
    Rewarding public rewarding;
    uint256[] internal openDisputes;
    uint256[] internal openDemands;
    mapping(uint256 dispute => uint256) internal anchoredOfDispute;
    mapping(uint256 demand => uint256) internal anchoredOfDemand;
    /// @notice Whether a root was ever anchored during a pause.
    bool public pauseIgnored;
    uint256 public pauses;
    uint256 private _salt;

    constructor() {
        setUp();
        give(1_000 ether);
        for (uint256 i = 0; i < PEOPLE; ++i) {
            assertTrue(token.transfer(actor(i), 10_000 ether), "sent");
            for (uint256 j = 0; j < 2; ++j) {
                VM.prank(actor(i));
                token.approve(j == 0 ? address(epochAnchor) : address(disputes), type(uint256).max);
            }
        }
    }

    function actor(uint256 seed) public pure returns (address) {
        return [PROPOSER, RIVAL, DOUBTER][seed % PEOPLE];
    }

    function rewards() external view returns (AnchorRewards) {
        return anchorRewards;
    }

    function anchor(uint256 seed, uint8 gap) external {
        IEpochAnchor.EpochRoot memory root = nextRoot(gap);
        topUp(seed);
        everAnchored.push(anchorAs(actor(seed), root));
        notePause();
    }

    /// With the signatures of two, or of one, which do not suffice.
    function propose(uint256 seed, uint8 gap, bool isInvented) external {
        IEpochAnchor.EpochRoot memory root = nextRoot(gap);
        topUp(seed);
        everAnchored.push(proposeAs(actor(seed), root, isInvented ? 1 : 2));
        notePause();
    }

    function collect(uint256 seed, uint256 which) external {
        IEpochAnchor.Anchored[] memory some = new IEpochAnchor.Anchored[](3);
        for (uint256 i = 0; i < 3; ++i) some[i] = everAnchored[(which >> (8 * i)) % everAnchored.length];
        VM.prank(actor(seed));
        // Refused when one of them is gone, not final yet or of no worth.
        try anchorRewards.collect(some) returns (uint256 paidWei) {
            rewarding.paidWei += paidWei;
        } catch {
            give(1 ether);
        }
    }

    function replace(uint256 seed, uint256 which) external {
        IEpochAnchor.Anchored memory old = pick(which);
        uint64 epoch = old.root.epoch;
        if (!epochAnchor.isAnchored(old) || epochAnchor.isProven(epoch) || epochAnchor.isFinal(epoch)) return;
        // Its own bond would be gone.
        if (actor(seed) == old.sender) return;
        IEpochAnchor.EpochRoot memory root = rootOf(epoch, old.root.previousRoot, newState());
        topUp(seed);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 2);
        VM.prank(actor(seed));
        epochAnchor.replace(old, root, signatures);
        ++replacements;
        notePause();
        everAnchored.push(
            IEpochAnchor.Anchored(root, actor(seed), 0, old.parentEpoch, old.parentSnapshotBlock)
        );
    }

    function reportCertificate(uint256 seed, uint256 which) external {
        IEpochAnchor.Anchored memory old = pick(which);
        IEpochAnchor.CompactSignature[] memory signatures = certify(old.root, 1);
        uint64 epoch = old.root.epoch;
        if (old.certificateDigest != digestOf(signatures) || !epochAnchor.isAnchored(old)) return;
        if (epochAnchor.isProven(epoch) || epochAnchor.isFinal(epoch)) return;
        VM.prank(actor(seed));
        disputes.reportCertificate(old, signatures);
    }

    function demand(uint256 seed, uint256 which) external {
        uint256 place = which % everAnchored.length;
        try this.demandProof(actor(seed), everAnchored[place]) returns (uint256 id) {
            anchoredOfDemand[id] = place;
            openDemands.push(id);
            depositsWei += DEMAND_WEI;
        } catch {
            return;
        }
    }

    function demandProof(address asker, IEpochAnchor.Anchored calldata anchored) external returns (uint256) {
        return demandAs(asker, anchored);
    }

    function answer(uint256 seed, uint256 which) external {
        if (openDemands.length == 0) return;
        uint256 place = which % openDemands.length;
        IEpochAnchor.Anchored memory anchored = everAnchored[anchoredOfDemand[openDemands[place]]];
        IEpochAnchor.CompactSignature[] memory signatures = certify(anchored.root, 3);
        if (!epochAnchor.isAnchored(anchored) || epochAnchor.isProven(anchored.root.epoch)) return;
        VM.prank(actor(seed));
        disputes.answer(openDemands[place], anchored, signatures);
        endDemand(place);
    }

    function closeDemand(uint256 which) external {
        if (openDemands.length == 0) return;
        uint256 place = which % openDemands.length;
        try disputes.closeDemand(openDemands[place], everAnchored[anchoredOfDemand[openDemands[place]]]) {
            endDemand(place);
        } catch {
            return;
        }
    }

    function open(uint256 seed, uint256 which) external {
        uint256 place = which % everAnchored.length;
        try this.openDispute(actor(seed), everAnchored[place]) returns (uint256 id) {
            anchoredOfDispute[id] = place;
            openDisputes.push(id);
            openBondsWei += DISPUTE_BOND_WEI;
        } catch {
            return;
        }
    }

    function openDispute(
        address disputer,
        IEpochAnchor.Anchored calldata anchored
    ) external returns (uint256) {
        return openAs(disputer, anchored);
    }

    function drawAndRule(uint256 which, uint256 seed) external {
        if (openDisputes.length == 0) return;
        uint256 id = openDisputes[which % openDisputes.length];
        IDisputes.Dispute memory dispute = disputes.disputeOf(id);
        if (block.timestamp > dispute.deadline) return;
        if (dispute.status == IDisputes.Status.Drawing) {
            VM.roll(block.number > dispute.drawBlock ? block.number + 1 : dispute.drawBlock + 1);
            disputes.draw(id);
            return;
        }
        IDisputes.Ruling ruling = IDisputes.Ruling(clamp(seed, 1, 2));
        bytes32 digest = disputes.rulingDigest(id, dispute.stage, ruling);
        uint256[] memory jurors = seed % 3 == 0 ? list(seed % 2) : list(0, 1, 2);
        disputes.rule(id, ruling, signAll(keysOf(jurors), digest));
    }

    function close(uint256 which) external {
        if (openDisputes.length == 0) return;
        uint256 place = which % openDisputes.length;
        uint256 id = openDisputes[place];
        try disputes.close(id, everAnchored[anchoredOfDispute[id]]) {
            if (disputes.disputeOf(id).status == IDisputes.Status.Drawing) return;
            openBondsWei -= DISPUTE_BOND_WEI;
            openDisputes[place] = openDisputes[openDisputes.length - 1];
            openDisputes.pop();
        } catch {
            return;
        }
    }

    function pause(uint256 duration) external {
        VM.prank(KEEPER);
        try guardian.pause(uint64(clamp(duration, 1, MAXIMUM_PAUSE_SECONDS)), "any") {
            ++pauses;
        } catch {
            return;
        }
    }

    /// Every node leaves with all it has, in whatever state the rest is. No call may fail.
    function unstakeAll() external {
        for (uint256 i = 0; i < PEOPLE; ++i) {
            uint256 amount = staking.stakeOf(nodeOf(i)).amount;
            VM.prank(person(i));
            staking.unstake(nodeOf(i), amount);
        }
        passTime(UNBONDING_SECONDS + UNBONDING_SECONDS / 16);
        for (uint256 i = 0; i < PEOPLE; ++i) {
            VM.prank(person(i));
            staking.withdraw();
        }
    }

    /// Releases a bond, or takes out a released one where that is possible.
    function depart(uint256 seed) external {
        (uint256 amount, uint256 withdrawableAt) = epochAnchor.bondOf(actor(seed));
        if (amount == 0) return;
        if (withdrawableAt == 0) {
            VM.prank(actor(seed));
            epochAnchor.releaseBond();
            return;
        }
        try this.withdraw(actor(seed)) {
            ++withdrawals;
        } catch {
            return;
        }
    }

    function withdraw(address account) external {
        VM.prank(account);
        epochAnchor.withdrawBond();
    }

    /// Remembers what has become final meanwhile.
    function pass(uint256 secondsToPass) external {
        passTime(clamp(secondsToPass, 1, 3 days));
        VM.roll(block.number + 1 + (secondsToPass % 10));
        for (uint256 i = 0; i < everAnchored.length; ++i) {
            uint64 epoch = everAnchored[i].root.epoch;
            (bool isFinal, bytes32 claimsRoot) = epochAnchor.finalClaimsRoot(epoch);
            if (!isFinal || finalRootOf[epoch] != bytes32(0)) continue;
            finalRootOf[epoch] = claimsRoot;
            finals.push(epoch);
        }
    }

    function finalEpochs() external view returns (uint64[] memory) {
        return finals;
    }

    function anchoredList() external view returns (IEpochAnchor.Anchored[] memory) {
        return everAnchored;
    }

    /// Closes all that is open, as anyone could, once the times are over.
    function endAll() external {
        for (uint256 round = 0; round < 3; ++round) {
            passTime(3 days);
            for (uint256 i = openDisputes.length; i > 0; --i) this.close(i - 1);
            for (uint256 i = openDemands.length; i > 0; --i) this.closeDemand(i - 1);
        }
    }

    function openCount() external view returns (uint256) {
        return openDisputes.length + openDemands.length;
    }

    function contracts() external view returns (address, address, address) {
        return (address(epochAnchor), address(disputes), address(token));
    }

    function notePause() private {
        if (guardian.isPaused()) pauseIgnored = true;
    }

    function endDemand(uint256 place) private {
        depositsWei -= DEMAND_WEI;
        openDemands[place] = openDemands[openDemands.length - 1];
        openDemands.pop();
    }

    function topUp(uint256 seed) private {
        (uint256 amount, uint256 withdrawableAt) = epochAnchor.bondOf(actor(seed));
        if (amount >= ROOT_BOND_WEI && withdrawableAt == 0) return;
        assertTrue(token.transfer(actor(seed), ROOT_BOND_WEI), "sent");
        VM.prank(actor(seed));
        epochAnchor.depositBond(ROOT_BOND_WEI);
    }

    function nextRoot(uint8 gap) private returns (IEpochAnchor.EpochRoot memory) {
        (, uint64 epoch, bytes32 stateRoot, ) = epochAnchor.last();
        return rootOf(epoch + 1 + (gap % 4), stateRoot, newState());
    }

    function newState() private returns (bytes32) {
        ++_salt;
        return keccak256(abi.encode("state", _salt));
    }

    function pick(uint256 which) private view returns (IEpochAnchor.Anchored memory) {
        return everAnchored[which % everAnchored.length];
    }

    function give(uint256 amount) private {
        rewarding.givenWei += amount;
        assertTrue(token.transfer(address(anchorRewards), amount), "sent");
    }
}
