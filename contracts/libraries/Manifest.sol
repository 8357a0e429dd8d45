// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Reads an epoch's manifest
/// @notice The manifest is a DAG-CBOR map in canonical form, its keys ascending by length, then by bytes: epoch, version,
/// stateRoot, timestampMs, modelVersion, and three more that are not needed here. There is one way to write each value.
/// https://ipld.io/specs/codecs/dag-cbor/spec/ and RFC 8949, 4.2.
library Manifest {
    /// A map of eight entries, whose first key is "epoch".
    bytes private constant EPOCH = hex"a86565706f6368";
    /// "version": 1, "stateRoot": 32 bytes.
    bytes private constant STATE_ROOT = hex"6776657273696f6e01697374617465526f6f745820";
    bytes private constant TIMESTAMP = hex"6b74696d657374616d704d73";
    /// "modelVersion": tag 42, 37 bytes: 0, CIDv1.
    bytes private constant MODEL_VERSION = hex"6c6d6f64656c56657273696f6ed82a58250001";
    /// A CID's multihash: sha2-256, 32 bytes.
    bytes private constant SHA2_256 = hex"1220";
    bytes1 private constant CODEC_RAW = 0x55;
    bytes1 private constant CODEC_DAG_CBOR = 0x71;

    /// @return wellFormed false when the bytes begin otherwise; then the rest is zero.
    /// @return epoch that the manifest is of.
    /// @return stateRoot after the epoch.
    /// @return modelDigest sha2-256 digest inside the CID of the adapter version after the epoch.
    function read(
        bytes calldata manifest
    ) internal pure returns (bool wellFormed, uint64 epoch, bytes32 stateRoot, bytes32 modelDigest) {
        bool ok;
        uint256 offset;
        (ok, offset) = _skip(manifest, 0, EPOCH);
        if (ok) (ok, offset, epoch) = _readUint(manifest, offset);
        if (ok) (ok, offset) = _skip(manifest, offset, STATE_ROOT);
        if (ok) (ok, offset, stateRoot) = _readWord(manifest, offset);
        if (ok) (ok, offset) = _skip(manifest, offset, TIMESTAMP);
        if (ok) (ok, offset, ) = _readUint(manifest, offset);
        if (ok) (ok, offset) = _skip(manifest, offset, MODEL_VERSION);
        if (ok) (ok, offset) = _skipCodec(manifest, offset);
        if (ok) (ok, offset) = _skip(manifest, offset, SHA2_256);
        if (ok) (ok, offset, modelDigest) = _readWord(manifest, offset);
        return ok ? (true, epoch, stateRoot, modelDigest) : (false, uint64(0), bytes32(0), bytes32(0));
    }

    function _skip(
        bytes calldata data,
        uint256 offset,
        bytes memory expected
    ) private pure returns (bool, uint256) {
        uint256 end = offset + expected.length;
        if (end > data.length) return (false, offset);
        return (keccak256(data[offset:end]) == keccak256(expected), end);
    }

    function _skipCodec(bytes calldata data, uint256 offset) private pure returns (bool, uint256) {
        if (offset >= data.length) return (false, offset);
        return (data[offset] == CODEC_RAW || data[offset] == CODEC_DAG_CBOR, offset + 1);
    }

    function _readWord(bytes calldata data, uint256 offset) private pure returns (bool, uint256, bytes32) {
        if (offset + 32 > data.length) return (false, offset, 0);
        return (true, offset + 32, bytes32(data[offset:offset + 32]));
    }

    /// An unsigned integer: 0 to 23 in the first byte, or 24 to 27 there and 1, 2, 4 or 8 bytes behind it.
    function _readUint(bytes calldata data, uint256 offset) private pure returns (bool, uint256, uint64) {
        if (offset >= data.length) return (false, offset, 0);
        uint8 first = uint8(data[offset]);
        if (first < 24) return (true, offset + 1, first);
        if (first > 27) return (false, offset, 0);
        uint256 size = uint256(1) << (first - 24);
        uint256 end = offset + 1 + size;
        if (end > data.length) return (false, offset, 0);
        // The bytes lie at the left of the word.
        return (true, end, uint64(uint256(bytes32(data[offset + 1:end])) >> (256 - 8 * size)));
    }
}
