// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "./IEpochAnchor.sol";

/// @title Model versions of a Parley network
/// @notice Which adapter version the network answered with after which epoch. An entry is read out of an epoch's manifest,
/// whose digest two thirds of the stake signed: anyone may bring it, and nobody can write anything else.
interface IModelRegistry {
    /// @param epoch the epoch whose manifest names the version.
    /// @param recordedAt Unix seconds.
    /// @param modelDigest sha2-256 digest inside the CID of the adapter version.
    /// @param manifestDigest sha2-256 digest inside the CID of the manifest.
    struct Version {
        uint64 epoch;
        uint64 recordedAt;
        bytes32 modelDigest;
        bytes32 manifestDigest;
    }

    event VersionRecorded(
        uint256 indexed number,
        uint64 indexed epoch,
        bytes32 indexed modelDigest,
        bytes32 manifestDigest
    );

    error EpochNotFinal(uint64 epoch);
    /// @notice Not what is anchored for its epoch.
    error NotAnchored(uint64 epoch);
    /// @notice The bytes do not hash to the root's manifest digest.
    error ManifestMismatch(bytes32 expected, bytes32 received);
    /// @notice The bytes are no manifest of that epoch in the canonical form.
    error MalformedManifest();
    /// @notice Versions are recorded in the order of their epochs.
    error EpochNotAfterLast(uint64 lastEpoch, uint64 received);
    /// @notice The network still answers with the version that was recorded last.
    error SameVersion(bytes32 modelDigest);
    error NoSuchVersion(uint256 count, uint256 number);

    /// @notice Records the version that the manifest of a final epoch names.
    /// @param anchored the epoch's root as it was anchored.
    /// @param manifest the manifest's canonical bytes (DAG-CBOR).
    /// @return number of the version, from 0.
    function record(
        IEpochAnchor.Anchored calldata anchored,
        bytes calldata manifest
    ) external returns (uint256 number);

    /// @notice How many versions are recorded.
    function count() external view returns (uint256);

    /// @notice The version recorded as `number`-th, from 0.
    function versionAt(uint256 number) external view returns (Version memory);

    /// @notice The version that held after `epoch`: the last recorded at or before it; all zero before the first.
    function versionOf(uint64 epoch) external view returns (Version memory);
}
