// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Stakes of a Parley network
/// @notice Who stakes how much for which node, and which operator key signs for it; past blocks included, so that a
/// certificate is weighed by the stakes that its epoch began with.
interface IStaking {
    /// @param nodeId Ed25519 public key of the node.
    /// @param operator address of the secp256k1 key that signs epoch roots.
    /// @param account the wallet that staked; owns the stake and receives what the node earns.
    /// @param amount stake in wei of the token.
    struct Stake {
        bytes32 nodeId;
        address operator;
        address account;
        uint256 amount;
    }

    event Staked(bytes32 indexed nodeId, address indexed account, address indexed operator, uint256 amount);
    event OperatorChanged(bytes32 indexed nodeId, address indexed oldOperator, address indexed newOperator);
    event Unstaked(bytes32 indexed nodeId, address indexed account, uint256 amount, uint256 withdrawableAt);
    event Withdrawn(address indexed account, uint256 amount);

    error InvalidNode();
    error InvalidOperator();
    error InvalidAmount();
    /// @notice The operator already signs for another node.
    error OperatorTaken(address operator);
    /// @notice The node has another operator; change it with `setOperator`.
    error OperatorMismatch(address expected, address received);
    /// @notice The node belongs to another account.
    error NotStaker(address expected, address received);
    /// @notice A node's stake must be zero or at least the minimum.
    error StakeBelowMinimum(uint256 minimum, uint256 received);
    error InsufficientStake(uint256 staked, uint256 requested);
    error RegistryFull(uint256 maximumNodes);
    error StillUnbonding(uint256 withdrawableAt);
    error NothingToWithdraw();
    /// @notice Stakes of the running block can still change.
    error BlockNotPast(uint256 blockNumber);

    /// @notice Takes `amount` wei (approved before) as stake of `nodeId`; the first call binds node, account and operator.
    function stake(bytes32 nodeId, address operator, uint256 amount) external;

    /// @notice Gives the node another operator key, for instance after a lost device.
    function setOperator(bytes32 nodeId, address operator) external;

    /// @notice Stops counting `amount` at once and releases it after the unbonding time, which then restarts for the
    /// whole of what the account has unbonding.
    function unstake(bytes32 nodeId, uint256 amount) external;

    /// @notice Pays out what the caller has unbonded.
    function withdraw() external;

    /// @notice Stake of one node now; zero account and amount when it has none.
    function stakeOf(bytes32 nodeId) external view returns (Stake memory);

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

    /// @notice What an account has unbonding, and from when it can be withdrawn (Unix seconds).
    function unbonding(address account) external view returns (uint256 amount, uint256 withdrawableAt);

    /// @notice Weight of an operator at the end of a past block.
    function stakeAt(address operator, uint256 blockNumber) external view returns (uint256);

    /// @notice Summed weight of distinct operators, and the weight of all, at the end of a past block.
    function stakesAt(
        address[] calldata operators,
        uint256 blockNumber
    ) external view returns (uint256 sum, uint256 total);

    /// @notice Weight of all at the end of a past block.
    function totalAt(uint256 blockNumber) external view returns (uint256);
}
