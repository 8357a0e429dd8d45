// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { LowLevelCall } from "@openzeppelin/contracts/utils/LowLevelCall.sol";

/// @notice A token that calls back into whoever moves it, once for each transfer, as the worst token could.
contract ReentrantToken is ERC20 {
    address private _target;
    bytes private _call;
    bool private _inside;
    /// @notice Whether the call back went through.
    bool public entered;

    constructor() ERC20("Reentrant", "RE") {
        _mint(msg.sender, 1_000_000 ether);
    }

    /// @notice From now on each transfer calls `target`.
    function arm(address target, bytes calldata data) external {
        _target = target;
        _call = data;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0) || _inside) return;
        _inside = true;
        entered = LowLevelCall.callNoReturn(_target, _call);
        _inside = false;
    }
}
