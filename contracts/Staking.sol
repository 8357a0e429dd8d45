// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { WeightHistory } from "./libraries/WeightHistory.sol";

/// @title Staking
/// @notice See the interface.
contract Staking is IStaking {
    using EnumerableSet for EnumerableSet.Bytes32Set;
    using SafeERC20 for IERC20;
    using WeightHistory for WeightHistory.History;

    struct Unbonding {
        uint208 amount;
        uint48 withdrawableAt;
    }

    IERC20 public immutable token;
    /// @notice Smallest stake of a node, in wei.
    uint256 public immutable minimumStake;
    uint48 public immutable unbondingSeconds;
    /// @notice The whole registry is an input of an epoch, so its size is bounded.
    uint256 public immutable maximumNodes;

    EnumerableSet.Bytes32Set private _nodeIds;
    mapping(bytes32 nodeId => Stake) private _stakes;
    mapping(address operator => bytes32 nodeId) private _nodeOfOperator;
    mapping(address operator => WeightHistory.History) private _weights;
    WeightHistory.History private _total;
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
        Stake storage entry = _stakes[nodeId];
        if (entry.account == address(0)) {
            _register(entry, nodeId, operator);
        } else {
            if (entry.account != msg.sender) revert NotStaker(entry.account, msg.sender);
            if (entry.operator != operator) revert OperatorMismatch(entry.operator, operator);
        }
        uint256 staked = entry.amount + amount;
        if (staked < minimumStake) revert StakeBelowMinimum(minimumStake, staked);
        entry.amount = staked;
        _weights[operator].set(staked);
        _total.set(_total.latest() + amount);
        emit Staked(nodeId, msg.sender, operator, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IStaking
    function setOperator(bytes32 nodeId, address operator) external {
        Stake storage entry = _owned(nodeId);
        address oldOperator = entry.operator;
        _bindOperator(nodeId, operator);
        delete _nodeOfOperator[oldOperator];
        entry.operator = operator;
        _weights[oldOperator].set(0);
        _weights[operator].set(entry.amount);
        emit OperatorChanged(nodeId, oldOperator, operator);
    }

    /// @inheritdoc IStaking
    function unstake(bytes32 nodeId, uint256 amount) external {
        if (amount == 0) revert InvalidAmount();
        Stake storage entry = _owned(nodeId);
        uint256 staked = entry.amount;
        if (amount > staked) revert InsufficientStake(staked, amount);
        uint256 left = staked - amount;
        if (left != 0 && left < minimumStake) revert StakeBelowMinimum(minimumStake, left);

        _weights[entry.operator].set(left);
        _total.set(_total.latest() - amount);
        if (left == 0) {
            delete _nodeOfOperator[entry.operator];
            delete _stakes[nodeId];
            _nodeIds.remove(nodeId);
        } else {
            entry.amount = left;
        }

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
        return _stakes[nodeId];
    }

    /// @inheritdoc IStaking
    function nodeCount() external view returns (uint256) {
        return _nodeIds.length();
    }

    /// @inheritdoc IStaking
    function registry(uint256 offset, uint256 limit) external view returns (Stake[] memory page) {
        uint256 count = _nodeIds.length();
        if (offset >= count) return page;
        uint256 size = Math.min(limit, count - offset);
        page = new Stake[](size);
        for (uint256 i = 0; i < size; ++i) {
            page[i] = _stakes[_nodeIds.at(offset + i)];
        }
    }

    /// @inheritdoc IStaking
    function unbonding(address account) external view returns (uint256 amount, uint256 withdrawableAt) {
        Unbonding storage waiting = _unbonding[account];
        return (waiting.amount, waiting.withdrawableAt);
    }

    /// @inheritdoc IStaking
    function stakeAt(address operator, uint256 blockNumber) external view returns (uint256) {
        return _weights[operator].valueAt(_past(blockNumber));
    }

    /// @inheritdoc IStaking
    function stakesAt(
        address[] calldata operators,
        uint256 blockNumber
    ) external view returns (uint256 sum, uint256 total) {
        uint48 key = _past(blockNumber);
        for (uint256 i = 0; i < operators.length; ++i) {
            sum += _weights[operators[i]].valueAt(key);
        }
        total = _total.valueAt(key);
    }

    /// @inheritdoc IStaking
    function totalAt(uint256 blockNumber) external view returns (uint256) {
        return _total.valueAt(_past(blockNumber));
    }

    function _register(Stake storage entry, bytes32 nodeId, address operator) private {
        if (nodeId == bytes32(0)) revert InvalidNode();
        if (_nodeIds.length() >= maximumNodes) revert RegistryFull(maximumNodes);
        _bindOperator(nodeId, operator);
        _nodeIds.add(nodeId);
        entry.nodeId = nodeId;
        entry.operator = operator;
        entry.account = msg.sender;
    }

    function _bindOperator(bytes32 nodeId, address operator) private {
        if (operator == address(0)) revert InvalidOperator();
        if (_nodeOfOperator[operator] != bytes32(0)) revert OperatorTaken(operator);
        _nodeOfOperator[operator] = nodeId;
    }

    function _owned(bytes32 nodeId) private view returns (Stake storage entry) {
        entry = _stakes[nodeId];
        if (entry.account != msg.sender) revert NotStaker(entry.account, msg.sender);
    }

    function _past(uint256 blockNumber) private view returns (uint48) {
        if (blockNumber >= block.number) revert BlockNotPast(blockNumber);
        return SafeCast.toUint48(blockNumber);
    }
}
