// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { StakeRegistry } from "./StakeRegistry.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { Exits } from "./libraries/Exits.sol";
import { History } from "./libraries/History.sol";
import { SharePool } from "./libraries/SharePool.sol";

/// @title Staking
/// @notice See the interface.
contract Staking is EIP712, StakeRegistry {
    using Exits for Exits.Book;
    using History for History.Value;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;
    using SharePool for SharePool.Pool;

    /// @param minimumStake smallest own stake of a node, in wei.
    /// @param minimumDelegation smallest delegation, in wei.
    /// @param unbondingSeconds what leaves waits so long, rounded up to a multiple of a sixteenth.
    /// @param maximumLockSeconds how far ahead a lock may end.
    /// @param maximumNodes the registry is an input of an epoch, so its size is bounded.
    /// @param claims pays what the nodes earn; prepares the account of each new one.
    struct Parameters {
        uint256 minimumStake;
        uint256 minimumDelegation;
        uint48 unbondingSeconds;
        uint48 maximumLockSeconds;
        uint256 maximumNodes;
        IClaims claims;
    }

    /// Shares of what is delegated to a node under one owner.
    struct Delegation {
        uint128 shares;
        uint32 ownership;
        uint32 generation;
    }

    /// What a slash took, by where from.
    struct Taken {
        uint256 stakeWei;
        uint256 delegatedWei;
        uint256 unbondingWei;
    }

    bytes32 private constant BINDING_TYPEHASH = keccak256(
        "OperatorBinding(bytes32 nodeId,address account,address operator)"
    );
    uint256 private constant WHOLE_PPM = 1_000_000;
    uint256 private constant SLICES = 16;
    uint256 private constant EXITS_PER_WITHDRAWAL = 64;

    IERC20 public immutable token;
    /// @inheritdoc IStaking
    address public immutable slasher;
    /// @inheritdoc IStaking
    address public immutable treasury;
    uint256 public immutable minimumDelegation;
    uint48 public immutable unbondingSeconds;
    uint256 private immutable _sliceSeconds;

    mapping(bytes32 nodeId => mapping(uint256 ownership => SharePool.Pool)) private _delegated;
    mapping(bytes32 nodeId => mapping(address account => Delegation)) private _delegations;
    Exits.Book private _exits;

    constructor(
        IERC20 token_,
        address slasher_,
        address treasury_,
        Parameters memory parameters
    )
        EIP712("Parley", "1")
        StakeRegistry(
            parameters.minimumStake,
            parameters.maximumNodes,
            parameters.maximumLockSeconds,
            parameters.claims
        )
    {
        if (treasury_ == address(0)) revert InvalidTreasury();
        token = token_;
        slasher = slasher_;
        treasury = treasury_;
        minimumDelegation = parameters.minimumDelegation;
        unbondingSeconds = parameters.unbondingSeconds;
        _sliceSeconds = Math.max(1, Math.ceilDiv(parameters.unbondingSeconds, SLICES));
    }

    /// @inheritdoc IStaking
    function stake(bytes32 nodeId, address operator, uint256 amount, bytes calldata operatorProof) external {
        if (amount == 0) revert InvalidAmount();
        Node storage node = _nodes[nodeId];
        address account = node.account.latestAddress();
        if (account == address(0)) {
            _register(node, nodeId, operator, operatorProof);
        } else {
            if (account != msg.sender) revert NotStaker(account, msg.sender);
            address bound = node.operator.latestAddress();
            if (bound != operator) revert OperatorMismatch(bound, operator);
        }
        uint256 staked = node.amount.latest() + amount;
        if (staked < minimumStake) revert StakeBelowMinimum(minimumStake, staked);
        node.amount.set(staked);
        _weigh(operator, staked + _pool(node, nodeId).assets);
        emit Staked(nodeId, msg.sender, operator, amount);
        _collect(amount);
    }

    /// @inheritdoc IStaking
    function setOperator(bytes32 nodeId, address operator, bytes calldata operatorProof) external {
        Node storage node = _ownNode(nodeId);
        address oldOperator = node.operator.latestAddress();
        _bindOperator(node, nodeId, operator, operatorProof);
        _retire(oldOperator, _exitsDueAt());
        _weigh(operator, node.amount.latest() + _pool(node, nodeId).assets);
        emit OperatorChanged(nodeId, oldOperator, operator);
    }

    /// @inheritdoc IStaking
    function unstake(bytes32 nodeId, uint256 amount) external {
        if (amount == 0) revert InvalidAmount();
        Node storage node = _ownNode(nodeId);
        (uint64 lockedUntilSeconds, ) = _termsOf(node.terms.latest());
        if (block.timestamp < lockedUntilSeconds) revert StakeLocked(lockedUntilSeconds);
        uint256 staked = node.amount.latest();
        if (amount > staked) revert InsufficientStake(staked, amount);
        uint256 left = staked - amount;
        if (left != 0 && left < minimumStake) revert StakeBelowMinimum(minimumStake, left);
        _setOwnStake(node, nodeId, left);
        uint256 withdrawableAt = _exit(nodeId, node.ownership, amount);
        emit Unstaked(nodeId, msg.sender, amount, withdrawableAt);
    }

    /// @inheritdoc IStaking
    function delegate(bytes32 nodeId, uint256 amount) external returns (uint256 shares) {
        if (amount < minimumDelegation || amount == 0) {
            revert DelegationBelowMinimum(minimumDelegation, amount);
        }
        Node storage node = _nodes[nodeId];
        address operator = node.operator.latestAddress();
        if (operator == address(0)) revert NodeNotStaked(nodeId);
        Delegation storage delegation = _renewed(nodeId, node.ownership);
        SharePool.Pool storage pool = _pool(node, nodeId);
        shares = pool.deposit(amount);
        delegation.shares += shares.toUint128();
        _weigh(operator, node.amount.latest() + pool.assets);
        emit Delegated(nodeId, msg.sender, amount, shares);
        _collect(amount);
    }

    /// @inheritdoc IStaking
    function undelegate(bytes32 nodeId, uint256 shares) external returns (uint256 amount) {
        if (shares == 0) revert InvalidAmount();
        Delegation storage delegation = _delegations[nodeId][msg.sender];
        SharePool.Pool storage pool = _delegated[nodeId][delegation.ownership];
        uint256 owned = pool.generation == delegation.generation ? delegation.shares : 0;
        if (shares > owned) revert InsufficientShares(owned, shares);
        delegation.shares = (owned - shares).toUint128();
        amount = pool.redeem(shares, delegation.generation);
        if (shares != owned) {
            uint256 left = pool.worth(owned - shares, delegation.generation);
            uint256 smaller = Math.min(amount, left);
            if (smaller < minimumDelegation) revert DelegationBelowMinimum(minimumDelegation, smaller);
        }
        Node storage node = _nodes[nodeId];
        address operator = node.operator.latestAddress();
        if (operator != address(0) && node.ownership == delegation.ownership) {
            _weigh(operator, node.amount.latest() + pool.assets);
        }
        uint256 withdrawableAt = _exit(nodeId, delegation.ownership, amount);
        emit Undelegated(nodeId, msg.sender, amount, shares, withdrawableAt);
    }

    /// @inheritdoc IStaking
    function withdraw() external returns (uint256 amount) {
        uint256 count;
        (count, amount) = _exits.depart(msg.sender, block.timestamp / _sliceSeconds, EXITS_PER_WITHDRAWAL);
        if (count == 0) {
            (bool exists, uint256 slice) = _exits.oldest(msg.sender);
            if (exists) revert StillUnbonding(slice * _sliceSeconds);
            revert NothingToWithdraw();
        }
        emit Withdrawn(msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IStaking
    function slash(
        bytes32 nodeId,
        address account,
        uint256 ppm,
        address beneficiary,
        uint256 beneficiaryPpm
    ) external returns (uint256) {
        if (ppm > WHOLE_PPM) revert InvalidPpm(ppm);
        Taken memory taken = _slash(nodeId, account, ppm, WHOLE_PPM);
        return _payOut(nodeId, account, taken, beneficiary, beneficiaryPpm);
    }

    /// @inheritdoc IStaking
    function slashAmount(
        bytes32 nodeId,
        address account,
        uint256 amountWei,
        address beneficiary,
        uint256 beneficiaryPpm
    ) external returns (uint256) {
        uint256 held = Math.max(slashableWei(nodeId), 1);
        Taken memory taken = _slash(nodeId, account, Math.min(amountWei, held), held);
        return _payOut(nodeId, account, taken, beneficiary, beneficiaryPpm);
    }

    /// @inheritdoc IStaking
    function bindingDigest(bytes32 nodeId, address account, address operator) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(BINDING_TYPEHASH, nodeId, account, operator)));
    }

    /// @inheritdoc IStaking
    function slashableWei(bytes32 nodeId) public view returns (uint256) {
        Node storage node = _nodes[nodeId];
        (uint256 from, uint256 to) = _openSlices();
        return
            node.amount.latest() +
            _pool(node, nodeId).assets +
            _exits.heldIn(nodeId, node.ownership, from, to);
    }

    /// @inheritdoc IStaking
    function delegationOf(
        bytes32 nodeId,
        address account
    ) external view returns (uint256 shares, uint256 amount) {
        Delegation storage delegation = _delegations[nodeId][account];
        SharePool.Pool storage pool = _delegated[nodeId][delegation.ownership];
        if (pool.generation != delegation.generation) return (0, 0);
        return (delegation.shares, pool.worth(delegation.shares, delegation.generation));
    }

    /// @inheritdoc IStaking
    function unbondingsOf(address account) external view returns (Unbonding[] memory) {
        return _exits.list(account, _sliceSeconds);
    }

    function _register(
        Node storage node,
        bytes32 nodeId,
        address operator,
        bytes calldata operatorProof
    ) private {
        address owner = node.owner;
        if (owner != msg.sender) {
            if (block.timestamp < node.reservedUntil) revert NodeReserved(owner, node.reservedUntil);
            if (owner != address(0)) ++node.ownership;
            node.owner = msg.sender;
        }
        _enrol(nodeId);
        _bindOperator(node, nodeId, operator, operatorProof);
        node.account.setAddress(msg.sender);
        _setTerms(node, 0, ALL_ROLES);
    }

    /// Sets what is left of the own stake; a node with nothing left is gone, and its operator free for another.
    function _setOwnStake(Node storage node, bytes32 nodeId, uint256 left) private {
        node.amount.set(left);
        address operator = node.operator.latestAddress();
        if (left != 0) {
            _weigh(operator, left + _pool(node, nodeId).assets);
            return;
        }
        node.reservedUntil = _exitsDueAt().toUint48();
        _strike(node, operator, node.reservedUntil);
    }

    function _bindOperator(
        Node storage node,
        bytes32 nodeId,
        address operator,
        bytes calldata operatorProof
    ) private {
        if (operator == address(0)) revert InvalidOperator();
        if (nodeOf[operator] != bytes32(0)) revert OperatorTaken(operator);
        bytes32 digest = bindingDigest(nodeId, msg.sender, operator);
        (address signer, , ) = ECDSA.tryRecover(digest, operatorProof);
        if (signer != operator) revert InvalidOperatorProof(operator);
        nodeOf[operator] = nodeId;
        node.operator.setAddress(operator);
    }

    /// Takes the caller's tokens; last of all, as the token is another contract.
    function _collect(uint256 amount) private {
        token.safeTransferFrom(msg.sender, address(this), amount);
        // Pots count in 96 bits, so that no exit can ever overflow one.
        if (token.balanceOf(address(this)) > type(uint96).max) revert TooMuchStaked();
    }

    /// The caller's delegation, ready for more: what a slash made worthless is forgotten.
    function _renewed(bytes32 nodeId, uint32 ownership) private returns (Delegation storage delegation) {
        delegation = _delegations[nodeId][msg.sender];
        bool worthless = _delegated[nodeId][delegation.ownership].generation != delegation.generation;
        if (worthless) delegation.shares = 0;
        if (delegation.shares != 0) {
            if (delegation.ownership != ownership) revert DelegatedToFormerOwner();
            return delegation;
        }
        delegation.ownership = ownership;
        delegation.generation = _delegated[nodeId][ownership].generation;
    }

    /// Queues the caller's `amount` for withdrawal.
    function _exit(
        bytes32 nodeId,
        uint256 ownership,
        uint256 amount
    ) private returns (uint256 withdrawableAt) {
        withdrawableAt = _exitsDueAt();
        _exits.enter(msg.sender, nodeId, ownership, withdrawableAt / _sliceSeconds, amount);
    }

    /// Takes numerator / denominator of all that answers for the node.
    function _slash(
        bytes32 nodeId,
        address account,
        uint256 numerator,
        uint256 denominator
    ) private returns (Taken memory taken) {
        if (msg.sender != slasher) revert NotSlasher(msg.sender);
        Node storage node = _nodes[nodeId];
        if (account == address(0) || node.owner != account) return taken;
        uint256 staked = node.amount.latest();
        taken.stakeWei = Math.mulDiv(staked, numerator, denominator);
        taken.delegatedWei = _pool(node, nodeId).slash(numerator, denominator);
        taken.unbondingWei = _slashExits(nodeId, node.ownership, numerator, denominator);
        if (staked != 0) _setOwnStake(node, nodeId, staked - taken.stakeWei);
    }

    function _slashExits(
        bytes32 nodeId,
        uint256 ownership,
        uint256 numerator,
        uint256 denominator
    ) private returns (uint256) {
        (uint256 from, uint256 to) = _openSlices();
        return _exits.slash(nodeId, ownership, from, to, numerator, denominator);
    }

    function _payOut(
        bytes32 nodeId,
        address account,
        Taken memory taken,
        address beneficiary,
        uint256 beneficiaryPpm
    ) private returns (uint256 takenWei) {
        if (beneficiaryPpm > WHOLE_PPM) revert InvalidPpm(beneficiaryPpm);
        takenWei = taken.stakeWei + taken.delegatedWei + taken.unbondingWei;
        if (takenWei == 0) return 0;
        // Of the own stake alone: else an operator could show evidence against itself, and be paid out of delegations.
        uint256 beneficiaryWei =
            beneficiary == address(0) ? 0 : Math.mulDiv(taken.stakeWei, beneficiaryPpm, WHOLE_PPM);
        emit Slashed(
            nodeId,
            account,
            beneficiary,
            taken.stakeWei,
            taken.delegatedWei,
            taken.unbondingWei,
            beneficiaryWei
        );
        if (beneficiaryWei != 0) token.safeTransfer(beneficiary, beneficiaryWei);
        token.safeTransfer(treasury, takenWei - beneficiaryWei);
    }

    function _pool(Node storage node, bytes32 nodeId) private view returns (SharePool.Pool storage) {
        return _delegated[nodeId][node.ownership];
    }

    /// When what leaves now can be withdrawn.
    function _exitsDueAt() private view returns (uint256) {
        (, uint256 last) = _openSlices();
        return last * _sliceSeconds;
    }

    /// Slices that are not due: the first, and the one that what leaves now waits for.
    function _openSlices() private view returns (uint256 from, uint256 to) {
        from = block.timestamp / _sliceSeconds + 1;
        to = Math.ceilDiv(block.timestamp + unbondingSeconds, _sliceSeconds);
    }
}
