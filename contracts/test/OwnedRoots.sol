// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice What gas is compared with: a root an epoch, written by its owner, who is a Safe of all validators.
contract OwnedRoots is Ownable {
    mapping(uint64 epoch => bytes32) public rootOf;

    event Anchored(uint64 indexed epoch, bytes32 root);

    constructor(address owner_) Ownable(owner_) {}

    function anchor(uint64 epoch, bytes32 root) external onlyOwner {
        rootOf[epoch] = root;
        emit Anchored(epoch, root);
    }
}
