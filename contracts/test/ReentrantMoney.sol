// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ReentrantToken } from "./ReentrantToken.sol";

/// @notice The same with what Claims asks of its token.
contract ReentrantMoney is ReentrantToken {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function emittedBy(uint256) external pure returns (uint256) {
        return 1_000_000 ether;
    }

    function mintedWei() external pure returns (uint256) {
        return 0;
    }
}
