// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { IParleyNetwork } from "../interfaces/IParleyNetwork.sol";
import { Network } from "./Network.sol";

/// @notice A network with bonds, three staked nodes, and people who anchor, doubt and dispute.
abstract contract AnchorBase is Network {
    uint128 internal constant ROOT_BOND_WEI = 40 ether;
    uint256 internal constant DISPUTE_BOND_WEI = 50 ether;
    uint256 internal constant DEMAND_WEI = 10 ether;
    bytes32 internal constant GENESIS = keccak256("genesis");
    bytes32 internal constant FIRST = keccak256("first");
    bytes32 internal constant SECOND = keccak256("second");
    bytes32 internal constant THIRD = keccak256("third");
    address internal constant PROPOSER = address(0xB0);
    address internal constant RIVAL = address(0xB1);
    address internal constant DOUBTER = address(0xB2);

    function setUp() public virtual override {
        VM.roll(100);
        VM.warp(START_SECONDS);
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        parameters.bondWei = ROOT_BOND_WEI;
        deployNetwork(parameters);
        for (uint256 i = 0; i < 3; ++i) stakeAs(i, 100 ether);
        VM.roll(block.number + 10);
        bondFor(PROPOSER);
        bondFor(RIVAL);
        equip(DOUBTER, address(disputes));
    }

    /// @notice Tokens, and leave for `spender` to take them.
    function equip(address account, address spender) internal {
        assertTrue(token.transfer(account, 1_000 ether), "sent");
        VM.prank(account);
        token.approve(spender, type(uint256).max);
    }

    function bondFor(address account) internal {
        equip(account, address(epochAnchor));
        VM.prank(account);
        epochAnchor.depositBond(ROOT_BOND_WEI);
    }

    function digestOf(IEpochAnchor.CompactSignature[] memory signatures) internal pure returns (bytes32) {
        return keccak256(abi.encode(signatures));
    }

    /// @notice What is anchored when `root` follows the last one now.
    function describe(
        IEpochAnchor.EpochRoot memory root,
        address sender,
        bytes32 certificateDigest
    ) internal view returns (IEpochAnchor.Anchored memory) {
        (, uint64 epoch, , uint64 snapshotBlock) = epochAnchor.last();
        return
            IEpochAnchor.Anchored({
                root: root,
                sender: sender,
                certificateDigest: certificateDigest,
                parentEpoch: epoch,
                parentSnapshotBlock: snapshotBlock
            });
    }

    /// @notice Anchors with the signatures of all three.
    function anchorAs(
        address sender,
        IEpochAnchor.EpochRoot memory root
    ) internal returns (IEpochAnchor.Anchored memory anchored) {
        anchored = describe(root, sender, bytes32(0));
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        VM.prank(sender);
        epochAnchor.anchor(root, signatures);
    }

    /// @notice Proposes with the signatures of the first `count` operators.
    function proposeAs(
        address sender,
        IEpochAnchor.EpochRoot memory root,
        uint256 count
    ) internal returns (IEpochAnchor.Anchored memory anchored) {
        bytes32 certificateDigest = digestOf(certify(root, count));
        anchored = describe(root, sender, certificateDigest);
        VM.prank(sender);
        epochAnchor.propose(root, certificateDigest);
    }

    function demandAs(
        address sender,
        IEpochAnchor.Anchored memory anchored
    ) internal returns (uint256 demand) {
        VM.prank(sender);
        return disputes.demandProof(anchored);
    }

    function openAs(
        address sender,
        IEpochAnchor.Anchored memory anchored
    ) internal returns (uint256 dispute) {
        VM.prank(sender);
        return disputes.open(anchored, keccak256("reason"));
    }

    /// @notice Operators' keys, ascending by their addresses.
    function keysOf(uint256[] memory indices) internal pure returns (uint256[] memory keys) {
        keys = new uint256[](indices.length);
        address[] memory addresses = new address[](indices.length);
        for (uint256 i = 0; i < indices.length; ++i) {
            address operator = operatorOf(indices[i]);
            uint256 place = i;
            for (; place > 0 && addresses[place - 1] > operator; --place) {
                keys[place] = keys[place - 1];
                addresses[place] = addresses[place - 1];
            }
            keys[place] = operatorKey(indices[i]);
            addresses[place] = operator;
        }
    }

    function signAll(
        uint256[] memory keys,
        bytes32 digest
    ) internal pure returns (IEpochAnchor.CompactSignature[] memory signatures) {
        signatures = new IEpochAnchor.CompactSignature[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) signatures[i] = signWith(keys[i], digest);
    }

    /// @notice The first `count` operators.
    function first(uint256 count) internal pure returns (uint256[] memory indices) {
        indices = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) indices[i] = i;
    }

    function list(uint256 a) internal pure returns (uint256[] memory indices) {
        indices = new uint256[](1);
        indices[0] = a;
    }

    function list(uint256 a, uint256 b) internal pure returns (uint256[] memory indices) {
        indices = new uint256[](2);
        (indices[0], indices[1]) = (a, b);
    }

    function list(uint256 a, uint256 b, uint256 c) internal pure returns (uint256[] memory indices) {
        indices = new uint256[](3);
        (indices[0], indices[1], indices[2]) = (a, b, c);
    }

    function passTime(uint256 secondsToPass) internal {
        VM.warp(block.timestamp + secondsToPass);
    }
}
