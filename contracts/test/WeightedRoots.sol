// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { MultiSignerERC7913Weighted } from "@openzeppelin/contracts/utils/cryptography/signers/MultiSignerERC7913Weighted.sol";

/// @notice What gas is compared with: roots kept under OpenZeppelin's multi-signature with weights. Weights are those of
/// now, not of a past block, and one root is kept, not a history.
contract WeightedRoots is MultiSignerERC7913Weighted {
    mapping(uint64 epoch => bytes32) public rootOf;

    event Anchored(uint64 indexed epoch, bytes32 root);

    error NotCertified();

    constructor(
        bytes[] memory signers,
        uint64[] memory weights,
        uint64 threshold_
    ) MultiSignerERC7913Weighted(signers, weights, threshold_) {}

    /// @param signatures abi.encode(bytes[] signers, bytes[] signatures) over the digest.
    function anchor(uint64 epoch, bytes32 root, bytes calldata signatures) external {
        bytes32 digest = keccak256(abi.encode(block.chainid, address(this), epoch, root));
        if (!_rawSignatureValidation(digest, signatures)) revert NotCertified();
        rootOf[epoch] = root;
        emit Anchored(epoch, root);
    }
}
