// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title The token of a Parley network
/// @notice ERC-20 with permits (ERC-2612) and vote checkpoints (ERC-5805); supply never passes the cap.
interface IParleyToken is IERC20 {
    /// @notice `caller` is not the minter.
    error NotMinter(address caller);

    /// @notice The only account that may mint: the Claims contract, fixed at deployment.
    function minter() external view returns (address);

    /// @notice Largest total supply, in wei of the token.
    function cap() external view returns (uint256);

    /// @notice Creates `amount` wei for `to`. Only the minter; reverts above the cap.
    function mint(address to, uint256 amount) external;
}
