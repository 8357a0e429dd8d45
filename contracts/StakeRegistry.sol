// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { History } from "./libraries/History.sol";

/// @title StakeRegistry
/// @notice The part of Staking that remembers: nodes, their terms and weights by block, and the reads of them.
abstract contract StakeRegistry is IStaking {
    using EnumerableSet for EnumerableSet.Bytes32Set;
    using History for History.Value;

    /// What the registry shows is kept by block, so that the registry of any past epoch can be read from today's state.
    /// @param terms end of the lock (Unix seconds) and, above its 64 bits, the roles.
    /// @param owner who stakes, or did last: the account that a slash is for.
    /// @param ownership how many owners there were before.
    /// @param reservedUntil nobody else can stake for the node before, in Unix seconds.
    struct Node {
        History.Value operator;
        History.Value account;
        History.Value amount;
        History.Value terms;
        address owner;
        uint32 ownership;
        uint48 reservedUntil;
    }

    uint8 internal constant ALL_ROLES = 7;

    /// @inheritdoc IStaking
    uint256 public immutable minimumStake;
    uint256 public immutable maximumNodes;
    uint48 public immutable maximumLockSeconds;
    /// @inheritdoc IStaking
    IClaims public immutable claims;

    /// @inheritdoc IStaking
    uint256 public nodeCount;
    /// Nodes that ever had a stake, in the order of their first.
    EnumerableSet.Bytes32Set private _nodeIds;
    mapping(bytes32 nodeId => Node) internal _nodes;
    /// @inheritdoc IStaking
    mapping(address operator => bytes32 nodeId) public nodeOf;
    mapping(address operator => History.Value) private _weights;
    History.Value private _total;
    /// How long a key that no longer serves a node still answers for it, in Unix seconds.
    mapping(address operator => mapping(bytes32 nodeId => uint256)) private _retiredUntil;

    constructor(uint256 minimumStake_, uint256 maximumNodes_, uint48 maximumLockSeconds_, IClaims claims_) {
        minimumStake = minimumStake_;
        maximumNodes = maximumNodes_;
        maximumLockSeconds = maximumLockSeconds_;
        claims = claims_;
    }

    /// @inheritdoc IStaking
    function lock(bytes32 nodeId, uint256 untilSeconds) external {
        Node storage node = _ownNode(nodeId);
        (uint64 current, uint8 roles) = _termsOf(node.terms.latest());
        uint256 earliest = Math.max(current, block.timestamp) + 1;
        uint256 latest = block.timestamp + maximumLockSeconds;
        if (untilSeconds < earliest || untilSeconds > latest) {
            revert LockOutOfRange(earliest, latest, untilSeconds);
        }
        _setTerms(node, untilSeconds, roles);
        emit Locked(nodeId, untilSeconds);
    }

    /// @inheritdoc IStaking
    function declareRoles(bytes32 nodeId, uint8 roles) external {
        if (roles > ALL_ROLES) revert InvalidRoles(roles);
        Node storage node = _ownNode(nodeId);
        (uint64 lockedUntilSeconds, ) = _termsOf(node.terms.latest());
        _setTerms(node, lockedUntilSeconds, roles);
        emit RolesDeclared(nodeId, roles);
    }

    /// @inheritdoc IStaking
    function stakeOf(bytes32 nodeId) external view returns (Stake memory) {
        return nodeAt(nodeId, block.number);
    }

    /// @inheritdoc IStaking
    function nodeAt(bytes32 nodeId, uint256 blockNumber) public view returns (Stake memory) {
        Node storage node = _nodes[nodeId];
        address operator = node.operator.addressAt(blockNumber);
        uint256 amount = node.amount.valueAt(blockNumber);
        (uint64 lockedUntilSeconds, uint8 roles) = _termsOf(node.terms.valueAt(blockNumber));
        return
            Stake({
                nodeId: nodeId,
                operator: operator,
                account: node.account.addressAt(blockNumber),
                amount: amount,
                lockedUntilSeconds: lockedUntilSeconds,
                // An operator serves one node, and its weight is set whenever the node's stake is.
                delegatedWei: _weights[operator].valueAt(blockNumber) - amount,
                roles: amount < minimumStake ? 0 : roles
            });
    }

    /// @inheritdoc IStaking
    function ownerOf(bytes32 nodeId) external view returns (address) {
        return _nodes[nodeId].owner;
    }

    /// @inheritdoc IStaking
    function everStakedCount() external view returns (uint256) {
        return _nodeIds.length();
    }

    /// @inheritdoc IStaking
    function registryAt(
        uint256 blockNumber,
        uint256 offset,
        uint256 limit
    ) external view returns (Stake[] memory stakes) {
        uint256 count = _nodeIds.length();
        if (offset >= count) return stakes;
        stakes = new Stake[](Math.min(limit, count - offset));
        for (uint256 i = 0; i < stakes.length; ++i) {
            stakes[i] = nodeAt(_nodeIds.at(offset + i), blockNumber);
        }
    }

    /// @inheritdoc IStaking
    function stakeAt(address operator, uint256 blockNumber) external view returns (uint256) {
        _requirePast(blockNumber);
        return _weights[operator].valueAt(blockNumber);
    }

    /// @inheritdoc IStaking
    function stakesAt(
        address[] calldata operators,
        uint256 blockNumber
    ) external view returns (uint256 sum, uint256 total) {
        _requirePast(blockNumber);
        // Weights are of 208 bits: no list that fits a block can overflow.
        unchecked {
            for (uint256 i = 0; i < operators.length; ++i) sum += _weights[operators[i]].valueAt(blockNumber);
        }
        total = _total.valueAt(blockNumber);
    }

    /// @inheritdoc IStaking
    function totalAt(uint256 blockNumber) external view returns (uint256) {
        _requirePast(blockNumber);
        return _total.valueAt(blockNumber);
    }

    /// @inheritdoc IStaking
    function answersFor(address operator, bytes32 nodeId) external view returns (bool) {
        // forge-lint: disable-next-line(block-timestamp)
        return nodeOf[operator] == nodeId || block.timestamp < _retiredUntil[operator][nodeId];
    }

    /// Takes the operator from its node.
    function _retire(address operator, uint256 untilSeconds) internal {
        _retiredUntil[operator][nodeOf[operator]] = untilSeconds;
        delete nodeOf[operator];
        _weigh(operator, 0);
    }

    function _enrol(bytes32 nodeId) internal {
        if (nodeId == bytes32(0)) revert InvalidNode();
        if (nodeCount >= maximumNodes) revert RegistryFull(maximumNodes);
        ++nodeCount;
        _nodeIds.add(nodeId);
        // What the node will earn is claimed for this account: dearer here, once, instead of at its first claim.
        claims.open(msg.sender);
    }

    /// Takes a node out; its past stays.
    function _strike(Node storage node, address operator, uint256 untilSeconds) internal {
        --nodeCount;
        _retire(operator, untilSeconds);
        node.operator.setAddress(address(0));
        node.account.setAddress(address(0));
        node.terms.set(0);
    }

    function _weigh(address operator, uint256 weight) internal {
        History.Value storage value = _weights[operator];
        _total.set(_total.latest() + weight - value.latest());
        value.set(weight);
    }

    function _setTerms(Node storage node, uint256 lockedUntilSeconds, uint8 roles) internal {
        node.terms.set(lockedUntilSeconds | (uint256(roles) << 64));
    }

    function _ownNode(bytes32 nodeId) internal view returns (Node storage node) {
        node = _nodes[nodeId];
        address account = node.account.latestAddress();
        if (account != msg.sender) revert NotStaker(account, msg.sender);
    }

    function _termsOf(uint256 terms) internal pure returns (uint64 lockedUntilSeconds, uint8 roles) {
        // Cut to what each is meant to be.
        // forge-lint: disable-next-line(unsafe-typecast)
        return (uint64(terms), uint8(terms >> 64));
    }

    function _requirePast(uint256 blockNumber) private view {
        if (blockNumber >= block.number) revert BlockNotPast(blockNumber);
    }
}
