// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { History } from "./libraries/History.sol";

/// @title Staking
/// @notice See the interface.
contract Staking is IStaking {
    using EnumerableSet for EnumerableSet.Bytes32Set;
    using SafeERC20 for IERC20;
    using History for History.Value;

    /// All by block, so that the registry of any past epoch can be read from today's state.
    struct Node {
        History.Value operator;
        History.Value account;
        History.Value amount;
    }

    struct Unbonding {
        uint208 amount;
        uint48 withdrawableAt;
    }

    IERC20 public immutable token;
    /// @notice Smallest stake of a node, in wei.
    uint256 public immutable minimumStake;
    uint48 public immutable unbondingSeconds;
    /// @notice The registry is an input of an epoch, so its size is bounded.
    uint256 public immutable maximumNodes;

    /// @inheritdoc IStaking
    uint256 public nodeCount;
    /// Nodes that ever had a stake, in the order of their first.
    EnumerableSet.Bytes32Set private _nodeIds;
    mapping(bytes32 nodeId => Node) private _nodes;
    mapping(address operator => bytes32 nodeId) private _nodeOfOperator;
    mapping(address operator => History.Value) private _weights;
    History.Value private _total;
    mapping(address account => Unbonding) private _unbonding;

    constructor(IERC20 token_, uint256 minimumStake_, uint48 unbondingSeconds_, uint256 maximumNodes_) {
        token = token_;
        minimumStake = minimumStake_;
        unbondingSeconds = unbondingSeconds_;
        maximumNodes = maximumNodes_;
    }

    /// @inheritdoc IStaking
    function stake(bytes32 nodeId, address operator, uint256 amount) external {
        if (amount == 0) revert InvalidAmount();
        Node storage node = _nodes[nodeId];
        address account = node.account.latestAddress();
        if (account == address(0)) {
            _register(node, nodeId, operator);
        } else {
            if (account != msg.sender) revert NotStaker(account, msg.sender);
            address bound = node.operator.latestAddress();
            if (bound != operator) revert OperatorMismatch(bound, operator);
        }
        uint256 staked = node.amount.latest() + amount;
        if (staked < minimumStake) revert StakeBelowMinimum(minimumStake, staked);
        node.amount.set(staked);
        _weights[operator].set(staked);
        _total.set(_total.latest() + amount);
        emit Staked(nodeId, msg.sender, operator, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IStaking
    function setOperator(bytes32 nodeId, address operator) external {
        Node storage node = _ownNode(nodeId);
        address oldOperator = node.operator.latestAddress();
        _bindOperator(node, nodeId, operator);
        delete _nodeOfOperator[oldOperator];
        _weights[oldOperator].set(0);
        _weights[operator].set(node.amount.latest());
        emit OperatorChanged(nodeId, oldOperator, operator);
    }

    /// @inheritdoc IStaking
    function unstake(bytes32 nodeId, uint256 amount) external {
        if (amount == 0) revert InvalidAmount();
        Node storage node = _ownNode(nodeId);
        uint256 staked = node.amount.latest();
        if (amount > staked) revert InsufficientStake(staked, amount);
        uint256 left = staked - amount;
        if (left != 0 && left < minimumStake) revert StakeBelowMinimum(minimumStake, left);

        node.amount.set(left);
        _weights[node.operator.latestAddress()].set(left);
        _total.set(_total.latest() - amount);
        if (left == 0) _release(node);

        Unbonding storage waiting = _unbonding[msg.sender];
        waiting.amount += SafeCast.toUint208(amount);
        waiting.withdrawableAt = SafeCast.toUint48(block.timestamp) + unbondingSeconds;
        emit Unstaked(nodeId, msg.sender, amount, waiting.withdrawableAt);
    }

    /// @inheritdoc IStaking
    function withdraw() external {
        Unbonding memory waiting = _unbonding[msg.sender];
        if (waiting.amount == 0) revert NothingToWithdraw();
        if (block.timestamp < waiting.withdrawableAt) revert StillUnbonding(waiting.withdrawableAt);
        delete _unbonding[msg.sender];
        emit Withdrawn(msg.sender, waiting.amount);
        token.safeTransfer(msg.sender, waiting.amount);
    }

    /// @inheritdoc IStaking
    function stakeOf(bytes32 nodeId) external view returns (Stake memory) {
        return _stakeAt(nodeId, block.number);
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
            stakes[i] = _stakeAt(_nodeIds.at(offset + i), blockNumber);
        }
    }

    /// @inheritdoc IStaking
    function unbonding(address account) external view returns (uint256 amount, uint256 withdrawableAt) {
        Unbonding storage waiting = _unbonding[account];
        return (waiting.amount, waiting.withdrawableAt);
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
        for (uint256 i = 0; i < operators.length; ++i) {
            sum += _weights[operators[i]].valueAt(blockNumber);
        }
        total = _total.valueAt(blockNumber);
    }

    /// @inheritdoc IStaking
    function totalAt(uint256 blockNumber) external view returns (uint256) {
        _requirePast(blockNumber);
        return _total.valueAt(blockNumber);
    }

    function _register(Node storage node, bytes32 nodeId, address operator) private {
        if (nodeId == bytes32(0)) revert InvalidNode();
        if (nodeCount >= maximumNodes) revert RegistryFull(maximumNodes);
        ++nodeCount;
        _nodeIds.add(nodeId);
        _bindOperator(node, nodeId, operator);
        node.account.setAddress(msg.sender);
    }

    function _release(Node storage node) private {
        --nodeCount;
        delete _nodeOfOperator[node.operator.latestAddress()];
        node.operator.setAddress(address(0));
        node.account.setAddress(address(0));
    }

    function _bindOperator(Node storage node, bytes32 nodeId, address operator) private {
        if (operator == address(0)) revert InvalidOperator();
        if (_nodeOfOperator[operator] != bytes32(0)) revert OperatorTaken(operator);
        _nodeOfOperator[operator] = nodeId;
        node.operator.setAddress(operator);
    }

    function _ownNode(bytes32 nodeId) private view returns (Node storage node) {
        node = _nodes[nodeId];
        address account = node.account.latestAddress();
        if (account != msg.sender) revert NotStaker(account, msg.sender);
    }

    function _stakeAt(bytes32 nodeId, uint256 blockNumber) private view returns (Stake memory) {
        Node storage node = _nodes[nodeId];
        return
            Stake({
                nodeId: nodeId,
                operator: node.operator.addressAt(blockNumber),
                account: node.account.addressAt(blockNumber),
                amount: node.amount.valueAt(blockNumber)
            });
    }

    function _requirePast(uint256 blockNumber) private view {
        if (blockNumber >= block.number) revert BlockNotPast(blockNumber);
    }
}
