// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";

/// @title Hashes of epoch roots
library EpochRoots {
    bytes32 private constant TYPEHASH = keccak256(
        "EpochRoot(uint64 epoch,bytes32 previousRoot,bytes32 stateRoot,bytes32 claimsRoot,bytes32 manifestDigest,uint64 snapshotBlock)"
    );

    /// @notice EIP-712 hashStruct.
    function structHash(IEpochAnchor.EpochRoot calldata root) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPEHASH, root));
    }

    /// @notice keccak256 of the ABI encoding of IEpochAnchor.Anchored with these fields.
    function anchoredHash(
        IEpochAnchor.EpochRoot calldata root,
        address sender,
        bytes32 certificateDigest,
        uint64 parentEpoch,
        uint64 parentSnapshotBlock
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(root, sender, certificateDigest, parentEpoch, parentSnapshotBlock));
    }

    /// @notice The same of what is there as a whole.
    function anchoredHash(IEpochAnchor.Anchored calldata anchored) internal pure returns (bytes32) {
        return keccak256(abi.encode(anchored));
    }
}
