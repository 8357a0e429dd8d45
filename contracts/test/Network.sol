// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { AccountLinks } from "../AccountLinks.sol";
import { AnchorRewards } from "../AnchorRewards.sol";
import { Claims } from "../Claims.sol";
import { CommitLog } from "../CommitLog.sol";
import { Disputes } from "../Disputes.sol";
import { EpochAnchor } from "../EpochAnchor.sol";
import { Guardian } from "../Guardian.sol";
import { ModelRegistry } from "../ModelRegistry.sol";
import { ParleyNetwork } from "../ParleyNetwork.sol";
import { ParleyToken } from "../ParleyToken.sol";
import { Staking } from "../Staking.sol";
import { Treasury } from "../Treasury.sol";
import { IDisputes } from "../interfaces/IDisputes.sol";
import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { IParleyNetwork } from "../interfaces/IParleyNetwork.sol";
import { IParleyToken } from "../interfaces/IParleyToken.sol";
import { Test } from "./Test.sol";

/// @notice All contracts of a network, deployed as in the wild, and people to use them.
abstract contract Network is Test {
    uint256 internal constant SUPPLY = 1_000_000 ether;
    uint256 internal constant CAP = 2_000_000 ether;
    uint256 internal constant MINIMUM_STAKE = 100 ether;
    uint48 internal constant UNBONDING_SECONDS = 7 days;
    uint64 internal constant CHALLENGE_SECONDS = 1 hours;
    uint256 internal constant MAXIMUM_NODES = 32;
    uint64 internal constant START_SECONDS = 1_800_000_000;
    uint64 internal constant EPOCH_SECONDS = 1 hours;
    uint96 internal constant EPOCH_REWARD_WEI = 1 ether;
    uint96 internal constant HEADROOM_WEI = 500_000 ether;
    uint32 internal constant FOUNDATION_PPM = 300_000;
    uint64 internal constant UNCLAIMED_SECONDS = 365 days;
    uint64 internal constant NOTICE_SECONDS = 90 days;
    uint64 internal constant MAXIMUM_PAUSE_SECONDS = 7 days;
    uint64 internal constant GAP_SECONDS = 14 days;
    uint256 internal constant ANCHOR_REWARD_WEI = 2 ether;
    uint256 internal constant MAXIMUM_ANCHOR_REWARD_WEI = 10 ether;
    address internal constant KEEPER = address(0xCEE9E4);
    address internal constant EXECUTOR = address(0xE8EC);

    IParleyNetwork internal network;
    ParleyToken internal token;
    Staking internal staking;
    EpochAnchor internal epochAnchor;
    Claims internal claims;
    Treasury internal treasury;
    Guardian internal guardian;
    Disputes internal disputes;
    CommitLog internal commitLog;
    ModelRegistry internal modelRegistry;
    AccountLinks internal accountLinks;
    AnchorRewards internal anchorRewards;

    function setUp() public virtual {
        VM.roll(100);
        VM.warp(START_SECONDS);
        deployNetwork(defaultParameters());
    }

    /// @notice Deploys a network and takes its contracts for the test.
    function deployNetwork(IParleyNetwork.Parameters memory parameters) internal {
        bytes32[11] memory hashes;
        for (uint256 i = 0; i < 11; ++i) hashes[i] = keccak256(creationCode(IParleyNetwork.Part(i)));
        network = new ParleyNetwork(parameters, hashes);
        for (uint256 i = 0; i < 11; ++i) {
            IParleyNetwork.Part part = IParleyNetwork.Part(i);
            network.deploy(part, creationCode(part));
        }
        token = ParleyToken(network.addressOf(IParleyNetwork.Part.Token));
        staking = Staking(network.addressOf(IParleyNetwork.Part.Staking));
        epochAnchor = EpochAnchor(network.addressOf(IParleyNetwork.Part.EpochAnchor));
        claims = Claims(network.addressOf(IParleyNetwork.Part.Claims));
        treasury = Treasury(payable(network.addressOf(IParleyNetwork.Part.Treasury)));
        guardian = Guardian(network.addressOf(IParleyNetwork.Part.Guardian));
        disputes = Disputes(network.addressOf(IParleyNetwork.Part.Disputes));
        commitLog = CommitLog(network.addressOf(IParleyNetwork.Part.CommitLog));
        modelRegistry = ModelRegistry(network.addressOf(IParleyNetwork.Part.ModelRegistry));
        accountLinks = AccountLinks(network.addressOf(IParleyNetwork.Part.AccountLinks));
        anchorRewards = AnchorRewards(network.addressOf(IParleyNetwork.Part.AnchorRewards));
    }

    /// @notice This contract holds the initial supply.
    function defaultParameters() internal view returns (IParleyNetwork.Parameters memory parameters) {
        parameters.holder = address(this);
        parameters.initialSupplyWei = SUPPLY;
        parameters.supplyCapWei = CAP;
        parameters.schedule = IParleyToken.Schedule({
            startSeconds: START_SECONDS,
            epochSeconds: EPOCH_SECONDS,
            epochRewardWei: EPOCH_REWARD_WEI,
            headroomWei: HEADROOM_WEI,
            periodSeconds: 1 days,
            agingPeriods: 7
        });
        parameters.staking = IParleyNetwork.StakingTerms({
            minimumStakeWei: MINIMUM_STAKE,
            minimumDelegationWei: 1 ether,
            unbondingSeconds: UNBONDING_SECONDS,
            maximumLockSeconds: 365 days,
            maximumNodes: MAXIMUM_NODES
        });
        parameters.challengeSeconds = CHALLENGE_SECONDS;
        parameters.disputes = IDisputes.Terms({
            bondWei: 50 ether,
            demandWei: 10 ether,
            proofSeconds: 1 days,
            drawSeconds: 1 days,
            rulingSeconds: 2 days,
            jurySeats: 11,
            bountyPpm: 300_000,
            juryPpm: 300_000,
            expiryPpm: 100_000,
            equivocationPpm: 500_000,
            refutedPpm: 100_000,
            commitPpm: 50_000
        });
        parameters.claims = IParleyNetwork.ClaimsTerms({
            foundationPpm: FOUNDATION_PPM,
            unclaimedSeconds: UNCLAIMED_SECONDS,
            noticeSeconds: NOTICE_SECONDS
        });
        parameters.guardian = IParleyNetwork.GuardianTerms({
            keeper: KEEPER,
            maximumPauseSeconds: MAXIMUM_PAUSE_SECONDS,
            gapSeconds: GAP_SECONDS
        });
        parameters.anchorRewards = IParleyNetwork.AnchorTerms({
            poolWei: 0,
            rewardWei: ANCHOR_REWARD_WEI,
            maximumRewardWei: MAXIMUM_ANCHOR_REWARD_WEI
        });
        parameters.executor = EXECUTOR;
    }

    function creationCode(IParleyNetwork.Part part) internal pure returns (bytes memory) {
        if (part == IParleyNetwork.Part.Token) return type(ParleyToken).creationCode;
        if (part == IParleyNetwork.Part.Staking) return type(Staking).creationCode;
        if (part == IParleyNetwork.Part.EpochAnchor) return type(EpochAnchor).creationCode;
        if (part == IParleyNetwork.Part.Claims) return type(Claims).creationCode;
        if (part == IParleyNetwork.Part.Treasury) return type(Treasury).creationCode;
        if (part == IParleyNetwork.Part.Guardian) return type(Guardian).creationCode;
        if (part == IParleyNetwork.Part.Disputes) return type(Disputes).creationCode;
        if (part == IParleyNetwork.Part.CommitLog) return type(CommitLog).creationCode;
        if (part == IParleyNetwork.Part.ModelRegistry) return type(ModelRegistry).creationCode;
        if (part == IParleyNetwork.Part.AccountLinks) return type(AccountLinks).creationCode;
        return type(AnchorRewards).creationCode;
    }

    function person(uint256 index) internal pure returns (address) {
        return address(SafeCast.toUint160(0x1000 + index));
    }

    function nodeOf(uint256 index) internal pure returns (bytes32) {
        return bytes32(index + 1);
    }

    function operatorKey(uint256 index) internal pure returns (uint256) {
        return 0xA11CE + index;
    }

    function operatorOf(uint256 index) internal pure returns (address) {
        return VM.addr(operatorKey(index));
    }

    /// @notice Gives person `index` tokens and stakes them for their node.
    function stakeAs(uint256 index, uint256 amount) internal {
        fund(index, amount);
        bytes memory proof = bindingProof(index, person(index));
        VM.prank(person(index));
        staking.stake(nodeOf(index), operatorOf(index), amount, proof);
    }

    /// @notice The signature of operator `index` that it serves node `index` of `account`.
    function bindingProof(uint256 index, address account) internal view returns (bytes memory) {
        bytes32 digest = staking.bindingDigest(nodeOf(index), account, operatorOf(index));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(operatorKey(index), digest);
        return abi.encodePacked(r, s, v);
    }

    /// @notice Tokens, and leave for Staking to take them.
    function fund(uint256 index, uint256 amount) internal {
        assertTrue(token.transfer(person(index), amount), "sent");
        VM.prank(person(index));
        token.approve(address(staking), type(uint256).max);
    }

    function rootOf(
        uint64 epoch,
        bytes32 previousRoot,
        bytes32 stateRoot
    ) internal view returns (IEpochAnchor.EpochRoot memory) {
        return
            IEpochAnchor.EpochRoot({
                epoch: epoch,
                previousRoot: previousRoot,
                stateRoot: stateRoot,
                claimsRoot: keccak256(abi.encode("claims", epoch)),
                manifestDigest: keccak256(abi.encode("manifest", epoch)),
                snapshotBlock: uint64(block.number - 1)
            });
    }

    /// @notice Signatures of the first `count` operators, ascending by their addresses.
    function certify(
        IEpochAnchor.EpochRoot memory root,
        uint256 count
    ) internal view returns (IEpochAnchor.CompactSignature[] memory signatures) {
        uint256[] memory keys = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 key = operatorKey(i);
            uint256 place = i;
            for (; place > 0 && VM.addr(keys[place - 1]) > VM.addr(key); --place) {
                keys[place] = keys[place - 1];
            }
            keys[place] = key;
        }
        bytes32 digest = epochAnchor.digestOf(root);
        signatures = new IEpochAnchor.CompactSignature[](count);
        for (uint256 i = 0; i < count; ++i) {
            signatures[i] = signWith(keys[i], digest);
        }
    }

    function signWith(
        uint256 key,
        bytes32 digest
    ) internal pure returns (IEpochAnchor.CompactSignature memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        return compact(r, s, v);
    }

    function compact(
        bytes32 r,
        bytes32 s,
        uint8 v
    ) internal pure returns (IEpochAnchor.CompactSignature memory) {
        return IEpochAnchor.CompactSignature(r, s | bytes32(uint256(v - 27) << 255));
    }

    function pair(
        IEpochAnchor.CompactSignature memory first,
        IEpochAnchor.CompactSignature memory second
    ) internal pure returns (IEpochAnchor.CompactSignature[] memory list) {
        list = new IEpochAnchor.CompactSignature[](2);
        list[0] = first;
        list[1] = second;
    }

    /// @notice Anchors with the signatures of the first `count` operators.
    function anchorWith(IEpochAnchor.EpochRoot memory root, uint256 count) internal {
        epochAnchor.anchor(root, certify(root, count));
    }
}
