// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Test } from "../test/Test.sol";
import { Manifest } from "./Manifest.sol";

contract ManifestTest is Test {
    bytes private constant HEAD = hex"a86565706f6368";
    bytes private constant STATE_ROOT = hex"6776657273696f6e01697374617465526f6f745820";
    bytes private constant TIMESTAMP = hex"6b74696d657374616d704d73";
    bytes private constant MODEL = hex"6c6d6f64656c56657273696f6ed82a5825000171";
    bytes private constant MULTIHASH = hex"1220";

    function testEveryShorterBeginningIsRefused() public view {
        bytes memory whole = manifest(hex"03", hex"1b0000018bcfe82720", MODEL);
        (bool wellFormed, uint64 epoch, bytes32 stateRoot, bytes32 model) = this.read(whole);
        assertTrue(wellFormed, "as it should be");
        assertEq(epoch, 3);
        assertEq(stateRoot, keccak256("state"));
        assertEq(model, keccak256("model"));
        for (uint256 length = 0; length < whole.length; ++length) {
            bytes memory part = new bytes(length);
            for (uint256 i = 0; i < length; ++i) part[i] = whole[i];
            (wellFormed, epoch, stateRoot, model) = this.read(part);
            assertTrue(!wellFormed && epoch == 0 && stateRoot == 0 && model == 0, "cut off");
        }
    }

    function testOnlyUnsignedIntegersAreNumbers() public view {
        // 28 to 31 mean nothing, 0x20 is minus one, 0x41 a byte string.
        bytes[6] memory others = [bytes(hex"1c"), hex"1d", hex"1e", hex"1f", hex"20", hex"4101"];
        for (uint256 i = 0; i < others.length; ++i) {
            (bool wellFormed, , , ) = this.read(manifest(others[i], hex"01", MODEL));
            assertTrue(!wellFormed, "epoch");
            (wellFormed, , , ) = this.read(manifest(hex"01", others[i], MODEL));
            assertTrue(!wellFormed, "timestamp");
        }
    }

    function testOnlyRawAndDagCborAreLinkedTo() public view {
        bytes memory raw = hex"6c6d6f64656c56657273696f6ed82a5825000155";
        (bool wellFormed, , , ) = this.read(manifest(hex"01", hex"01", raw));
        assertTrue(wellFormed, "raw");
        bytes memory other = hex"6c6d6f64656c56657273696f6ed82a5825000170";
        (wellFormed, , , ) = this.read(manifest(hex"01", hex"01", other));
        assertTrue(!wellFormed, "dag-pb");
    }

    function read(bytes calldata data) external pure returns (bool, uint64, bytes32, bytes32) {
        return Manifest.read(data);
    }

    function manifest(
        bytes memory epoch,
        bytes memory timestamp,
        bytes memory model
    ) private pure returns (bytes memory) {
        bytes memory first = bytes.concat(HEAD, epoch, STATE_ROOT, keccak256("state"), TIMESTAMP, timestamp);
        return bytes.concat(first, model, MULTIHASH, keccak256("model"));
    }
}
