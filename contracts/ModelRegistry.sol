// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IModelRegistry } from "./interfaces/IModelRegistry.sol";
import { Manifest } from "./libraries/Manifest.sol";

/// @title ModelRegistry
/// @notice See the interface.
contract ModelRegistry is IModelRegistry {
    IEpochAnchor public immutable epochAnchor;

    Version[] private _versions;

    constructor(IEpochAnchor epochAnchor_) {
        epochAnchor = epochAnchor_;
    }

    /// @inheritdoc IModelRegistry
    function record(
        IEpochAnchor.Anchored calldata anchored,
        bytes calldata manifest
    ) external returns (uint256 number) {
        IEpochAnchor.EpochRoot calldata root = anchored.root;
        if (!epochAnchor.isFinal(root.epoch)) revert EpochNotFinal(root.epoch);
        if (!epochAnchor.isAnchored(anchored)) revert NotAnchored(root.epoch);
        bytes32 digest = sha256(manifest);
        if (digest != root.manifestDigest) revert ManifestMismatch(root.manifestDigest, digest);
        (bool wellFormed, uint64 epoch, bytes32 stateRoot, bytes32 modelDigest) = Manifest.read(manifest);
        if (!wellFormed || epoch != root.epoch || stateRoot != root.stateRoot) revert MalformedManifest();

        number = _versions.length;
        if (number != 0) {
            Version storage last = _versions[number - 1];
            if (root.epoch <= last.epoch) revert EpochNotAfterLast(last.epoch, root.epoch);
            if (modelDigest == last.modelDigest) revert SameVersion(modelDigest);
        }
        _versions.push(Version(root.epoch, uint64(block.timestamp), modelDigest, digest));
        emit VersionRecorded(number, root.epoch, modelDigest, digest);
    }

    /// @inheritdoc IModelRegistry
    function count() external view returns (uint256) {
        return _versions.length;
    }

    /// @inheritdoc IModelRegistry
    function versionAt(uint256 number) external view returns (Version memory) {
        if (number >= _versions.length) revert NoSuchVersion(_versions.length, number);
        return _versions[number];
    }

    /// @inheritdoc IModelRegistry
    function versionOf(uint64 epoch) external view returns (Version memory version) {
        uint256 low = 0;
        uint256 high = _versions.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (_versions[middle].epoch <= epoch) low = middle + 1;
            else high = middle;
        }
        if (low != 0) version = _versions[low - 1];
    }
}
