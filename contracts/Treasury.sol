// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { ITreasury } from "./interfaces/ITreasury.sol";

/// @title Treasury
/// @notice See the interface.
contract Treasury is ITreasury {
    /// @inheritdoc ITreasury
    address public immutable executor;

    constructor(address executor_) {
        executor = executor_;
    }

    receive() external payable {
        emit Received(msg.sender, msg.value);
    }

    /// @inheritdoc ITreasury
    function execute(
        address target,
        uint256 value,
        bytes calldata data
    ) external payable returns (bytes memory) {
        if (msg.sender != executor) revert NotExecutor(msg.sender);
        emit Executed(target, value, data);
        if (data.length == 0) {
            Address.sendValue(payable(target), value);
            return "";
        }
        return Address.functionCallWithValue(target, data, value);
    }
}
