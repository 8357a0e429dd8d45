// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Treasury of a Parley network
/// @notice Receives the foundation's share, slashed stakes and expired claims, and spends only by its executor.
interface ITreasury {
    event Received(address indexed sender, uint256 amount);
    event Executed(address indexed target, uint256 value, bytes data);

    error NotExecutor(address caller);

    /// @notice The only account that may spend: governance, fixed at deployment.
    function executor() external view returns (address);

    /// @notice Calls `target` with `value` wei of the chain's coin and `data`; hands on what it answers or reverts with.
    /// Without data it only pays. A call with data needs a contract at `target`.
    function execute(
        address target,
        uint256 value,
        bytes calldata data
    ) external payable returns (bytes memory);
}
