// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Capped } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { ERC20Votes } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import { Nonces } from "@openzeppelin/contracts/utils/Nonces.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";

/// @title ParleyToken
/// @notice See the interface.
contract ParleyToken is ERC20Capped, ERC20Permit, ERC20Votes, IParleyToken {
    /// @inheritdoc IParleyToken
    address public immutable minter;

    /// @param foundation receives `initialSupply` wei.
    /// @param claims address that the Claims contract will have; the only minter.
    constructor(
        address foundation,
        uint256 initialSupply,
        uint256 supplyCap,
        address claims
    ) ERC20("Parley", "PAR") ERC20Permit("Parley") ERC20Capped(supplyCap) {
        minter = claims;
        _mint(foundation, initialSupply);
    }

    /// @inheritdoc IParleyToken
    function mint(address to, uint256 amount) external {
        if (msg.sender != minter) revert NotMinter(msg.sender);
        _mint(to, amount);
    }

    /// @inheritdoc IParleyToken
    function cap() public view override(ERC20Capped, IParleyToken) returns (uint256) {
        return ERC20Capped.cap();
    }

    /// @inheritdoc ERC20Permit
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(
        address from,
        address to,
        uint256 value
    ) internal override(ERC20, ERC20Capped, ERC20Votes) {
        super._update(from, to, value);
    }
}
