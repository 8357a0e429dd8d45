// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IClaims } from "./IClaims.sol";

/// @title Stakes of a Parley network
/// @notice Who stakes how much for which node, who delegates to it, and which operator key signs for it; past blocks
/// included, so that a certificate is weighed by the stakes that its epoch began with.
/// An operator's weight is the node's own stake and all that is delegated to it. Whatever leaves stops counting at once,
/// unbonds for `unbondingSeconds` (rounded up, see `unstake`), and can be slashed until then. No exit can be paused.
interface IStaking {
    /// @param nodeId Ed25519 public key of the node.
    /// @param operator address of the secp256k1 key that signs epoch roots.
    /// @param account the wallet that staked; owns the stake and receives what the node earns.
    /// @param amount the node's own stake in wei of the token, without what others delegated.
    /// @param lockedUntilSeconds the own stake cannot be unstaked before (Unix seconds); zero without a lock.
    /// @param delegatedWei what others delegated; the operator's weight is `amount + delegatedWei`.
    /// @param roles what the node declares to do (1 submit, 2 validate, 4 serve); zero while `amount` is below the minimum.
    struct Stake {
        bytes32 nodeId;
        address operator;
        address account;
        uint256 amount;
        uint64 lockedUntilSeconds;
        uint256 delegatedWei;
        uint8 roles;
    }

    /// @param nodeId the node that the amount was staked for.
    /// @param amount what is left of it, in wei, after slashes.
    /// @param withdrawableAt from when it can be withdrawn (Unix seconds).
    struct Unbonding {
        bytes32 nodeId;
        uint256 amount;
        uint256 withdrawableAt;
    }

    event Staked(bytes32 indexed nodeId, address indexed account, address indexed operator, uint256 amount);
    event OperatorChanged(bytes32 indexed nodeId, address indexed oldOperator, address indexed newOperator);
    event Locked(bytes32 indexed nodeId, uint256 untilSeconds);
    event RolesDeclared(bytes32 indexed nodeId, uint8 roles);
    event Unstaked(bytes32 indexed nodeId, address indexed account, uint256 amount, uint256 withdrawableAt);
    event Delegated(bytes32 indexed nodeId, address indexed account, uint256 amount, uint256 shares);
    event Undelegated(
        bytes32 indexed nodeId,
        address indexed account,
        uint256 amount,
        uint256 shares,
        uint256 withdrawableAt
    );
    event Withdrawn(address indexed account, uint256 amount);
    /// @notice Taken from the node's own stake, from what is delegated to it, and from what still unbonds of both.
    event Slashed(
        bytes32 indexed nodeId,
        address indexed account,
        address indexed beneficiary,
        uint256 stakeWei,
        uint256 delegatedWei,
        uint256 unbondingWei,
        uint256 beneficiaryWei
    );

    error InvalidNode();
    error InvalidOperator();
    error InvalidAmount();
    error InvalidTreasury();
    /// @notice All stakes together stay below 2^96 wei (79 billion tokens).
    error TooMuchStaked();
    /// @notice Above 1,000,000.
    error InvalidPpm(uint256 ppm);
    /// @notice Roles are a bitmap of 1, 2 and 4.
    error InvalidRoles(uint8 roles);
    /// @notice The operator already signs for another node.
    error OperatorTaken(address operator);
    /// @notice The node has another operator; change it with `setOperator`.
    error OperatorMismatch(address expected, address received);
    /// @notice The operator did not sign that it serves this node and account.
    error InvalidOperatorProof(address operator);
    /// @notice The node belongs to another account.
    error NotStaker(address expected, address received);
    /// @notice `caller` is not the slasher.
    error NotSlasher(address caller);
    /// @notice What the account before staked for this node can still be slashed.
    error NodeReserved(address account, uint256 untilSeconds);
    /// @notice A node's stake must be zero or at least the minimum.
    error StakeBelowMinimum(uint256 minimum, uint256 received);
    error InsufficientStake(uint256 staked, uint256 requested);
    error RegistryFull(uint256 maximumNodes);
    /// @notice The own stake is locked.
    error StakeLocked(uint256 untilSeconds);
    /// @notice A lock ends after the one before, in the future, and not after the longest lock.
    error LockOutOfRange(uint256 earliest, uint256 latest, uint256 received);
    /// @notice Nobody stakes for the node, so nothing can be delegated to it.
    error NodeNotStaked(bytes32 nodeId);
    /// @notice What is delegated, what is taken out and what is left are each at least the minimum; or all is taken out.
    error DelegationBelowMinimum(uint256 minimum, uint256 received);
    error InsufficientShares(uint256 owned, uint256 requested);
    /// @notice The caller delegated to the node when it belonged to another account: undelegate that first.
    error DelegatedToFormerOwner();
    error StillUnbonding(uint256 withdrawableAt);
    error NothingToWithdraw();
    /// @notice Stakes of the running block can still change.
    error BlockNotPast(uint256 blockNumber);

    /// @notice Takes `amount` wei (approved before) as the caller's stake for `nodeId`. The first call binds node, account
    /// and operator, and declares all roles.
    /// @param operatorProof on the first call, the operator's signature (65 bytes r, s, v) of `bindingDigest`; not looked
    /// at afterwards, and then best empty.
    function stake(bytes32 nodeId, address operator, uint256 amount, bytes calldata operatorProof) external;

    /// @notice Gives the node another operator key, for instance after a lost device.
    /// @param operatorProof the new operator's signature (65 bytes r, s, v) of `bindingDigest`.
    function setOperator(bytes32 nodeId, address operator, bytes calldata operatorProof) external;

    /// @notice Locks the node's own stake until then, which can only become later. Longer locks earn more, by the nodes'
    /// rules. Delegated stake is not locked.
    function lock(bytes32 nodeId, uint256 untilSeconds) external;

    /// @notice Says what the node does: 1 submit, 2 validate, 4 serve, or their sum.
    function declareRoles(bytes32 nodeId, uint8 roles) external;

    /// @notice Stops counting `amount` of the own stake at once and releases it after the unbonding time, rounded up to a
    /// multiple of a sixteenth of it. Each call has its own wait. Taking out all frees the node and its operator; the node
    /// stays reserved for the account while it unbonds.
    function unstake(bytes32 nodeId, uint256 amount) external;

    /// @notice Adds `amount` wei (approved before) to the node's weight. Slashing takes the same part of every delegation.
    /// @return shares of all that is delegated to the node.
    function delegate(bytes32 nodeId, uint256 amount) external returns (uint256 shares);

    /// @notice Takes `shares` out, with the same wait as `unstake`; also when the node is gone.
    /// @return amount in wei that now unbonds.
    function undelegate(bytes32 nodeId, uint256 shares) external returns (uint256 amount);

    /// @notice Pays out what the caller has unbonded: all that is due, of at most 64 exits a call, the oldest first.
    /// @return amount paid, in wei.
    function withdraw() external returns (uint256 amount);

    /// @notice Takes `ppm` parts in a million of all that answers for the node: own stake, delegated stake, and what still
    /// unbonds of both. Only the slasher. Takes nothing (and does not revert) when nothing is left, or when the node's owner
    /// is no longer `account`: nobody pays for an owner before.
    /// @param account who owned the node at the fault, see `nodeAt`.
    /// @param beneficiary gets `beneficiaryPpm` of what is taken from the own stake, the treasury the rest and all that is
    /// taken from delegations and exits; everything goes to the treasury when it is zero.
    /// @return takenWei from everybody together.
    function slash(
        bytes32 nodeId,
        address account,
        uint256 ppm,
        address beneficiary,
        uint256 beneficiaryPpm
    ) external returns (uint256 takenWei);

    /// @notice As `slash`, by an amount: takes `amountWei` (short of it by less than twenty wei of rounding), or all that is
    /// there if that is less.
    function slashAmount(
        bytes32 nodeId,
        address account,
        uint256 amountWei,
        address beneficiary,
        uint256 beneficiaryPpm
    ) external returns (uint256 takenWei);

    /// @notice The only account that may slash: the Disputes contract, fixed at deployment.
    function slasher() external view returns (address);

    /// @notice Receives what is slashed and not given to a beneficiary.
    function treasury() external view returns (address);

    /// @notice Pays what nodes earn.
    function claims() external view returns (IClaims);

    /// @notice Smallest own stake of a node, in wei.
    function minimumStake() external view returns (uint256);

    /// @notice EIP-712 digest of `OperatorBinding(bytes32 nodeId,address account,address operator)` in the domain {name
    /// "Parley", version "1", chain, this contract}, which an operator signs to serve a node.
    function bindingDigest(bytes32 nodeId, address account, address operator) external view returns (bytes32);

    /// @notice Stake of one node now; zero account and amount when it has none.
    function stakeOf(bytes32 nodeId) external view returns (Stake memory);

    /// @notice Stake of one node at the end of a block; zero account and amount when it had none.
    function nodeAt(bytes32 nodeId, uint256 blockNumber) external view returns (Stake memory);

    /// @notice The node that an operator signs for now; zero when it signs for none.
    function nodeOf(address operator) external view returns (bytes32);

    /// @notice Whether what the operator has signed for the node still counts against it: while it serves the node, and as
    /// long after as what it left behind unbonds. So a lost key cannot be used against its node for ever.
    function answersFor(address operator, bytes32 nodeId) external view returns (bool);

    /// @notice The account whose stake `slash` takes: who stakes for the node, or who did last.
    function ownerOf(bytes32 nodeId) external view returns (address);

    /// @notice All that `slash` could take from a node now, in wei.
    function slashableWei(bytes32 nodeId) external view returns (uint256);

    /// @notice What an account has delegated to a node: its shares, and what they are worth in wei.
    function delegationOf(
        bytes32 nodeId,
        address account
    ) external view returns (uint256 shares, uint256 amount);

    /// @notice Number of nodes with a stake.
    function nodeCount() external view returns (uint256);

    /// @notice Number of nodes that have a stake or had one.
    function everStakedCount() external view returns (uint256);

    /// @notice Stakes at the end of `blockNumber` of up to `limit` nodes, from the one that staked as `offset`-th on.
    /// Nodes without a stake at that block come with amount zero. Today's state suffices: no archive is needed.
    function registryAt(
        uint256 blockNumber,
        uint256 offset,
        uint256 limit
    ) external view returns (Stake[] memory);

    /// @notice What an account has unbonding or can withdraw, the oldest first.
    function unbondingsOf(address account) external view returns (Unbonding[] memory);

    /// @notice Weight of an operator (own and delegated stake of its node) at the end of a past block.
    function stakeAt(address operator, uint256 blockNumber) external view returns (uint256);

    /// @notice Summed weight of distinct operators, and the weight of all, at the end of a past block.
    function stakesAt(
        address[] calldata operators,
        uint256 blockNumber
    ) external view returns (uint256 sum, uint256 total);

    /// @notice Weight of all at the end of a past block.
    function totalAt(uint256 blockNumber) external view returns (uint256);
}
