// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IModelRegistry } from "./interfaces/IModelRegistry.sol";
import { Network } from "./test/Network.sol";

contract ModelRegistryTest is Network {
    event VersionRecorded(
        uint256 indexed number,
        uint64 indexed epoch,
        bytes32 indexed modelDigest,
        bytes32 manifestDigest
    );

    bytes32 private lastRoot = keccak256("genesis");
    IEpochAnchor.Anchored private lastAnchored;

    function setUp() public override {
        super.setUp();
        stakeAs(0, 100 ether);
        VM.roll(block.number + 1);
    }

    /// The manifest that the protocol's TypeScript core published, its digest and its state root.
    function testReadsTheCoresManifest() public {
        string memory json = VM.readFile("vectors/epoch.json");
        bytes memory manifest = VM.parseBytes(VM.parseJsonString(json, ".after.manifest"));
        uint64 epoch = uint64(VM.parseJsonUint(json, ".after.root.epoch"));
        bytes32 digest = hashAt(json, ".after.root.manifestDigest");
        assertEq(sha256(manifest), digest);
        IEpochAnchor.Anchored memory anchored = anchorManifest(
            epoch,
            hashAt(json, ".after.root.stateRoot"),
            digest
        );
        VM.warp(block.timestamp + CHALLENGE_SECONDS);

        // What the manifest's link to the adapter version has, as the core's test prints it.
        bytes32 model = 0x40335f4ec9c346d26060302b23ae890030d07c4ae93e5da5134181131a982264;
        VM.expectEmit(address(modelRegistry));
        emit VersionRecorded(0, epoch, model, digest);
        assertEq(modelRegistry.record(anchored, manifest), 0);
        IModelRegistry.Version memory version = modelRegistry.versionAt(0);
        assertEq(version.epoch, epoch);
        assertEq(version.modelDigest, model);
        assertEq(version.manifestDigest, digest);
        assertEq(version.recordedAt, block.timestamp);
    }

    function testKeepsTheHistory() public {
        record(3, "first");
        record(7, "second");
        record(9, "third");
        assertEq(modelRegistry.count(), 3);
        assertEq(modelRegistry.versionOf(2).modelDigest, 0);
        assertEq(modelRegistry.versionOf(3).modelDigest, keccak256("first"));
        assertEq(modelRegistry.versionOf(6).modelDigest, keccak256("first"));
        assertEq(modelRegistry.versionOf(7).modelDigest, keccak256("second"));
        assertEq(modelRegistry.versionOf(1_000).modelDigest, keccak256("third"));
        VM.expectRevert(abi.encodeWithSelector(IModelRegistry.NoSuchVersion.selector, 3, 3));
        modelRegistry.versionAt(3);
    }

    function testOnlyAfterTheChallengeTime() public {
        bytes memory manifest = manifestOf(1, keccak256("state"), keccak256("model"));
        IEpochAnchor.Anchored memory anchored = anchorManifest(1, keccak256("state"), sha256(manifest));
        VM.warp(block.timestamp + CHALLENGE_SECONDS - 1);
        refuse(anchored, manifest, abi.encodeWithSelector(IModelRegistry.EpochNotFinal.selector, 1));
        VM.warp(block.timestamp + 1);
        modelRegistry.record(anchored, manifest);
    }

    function testOnlyOfTheRootThatIsAnchored() public {
        bytes memory manifest = manifestOf(1, keccak256("state"), keccak256("model"));
        IEpochAnchor.Anchored memory anchored = anchorManifest(
            1,
            keccak256("state"),
            sha256("another manifest")
        );
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        bytes32 digest = sha256(manifest);
        refuse(
            anchored,
            manifest,
            abi.encodeWithSelector(
                IModelRegistry.ManifestMismatch.selector,
                anchored.root.manifestDigest,
                digest
            )
        );
        anchored.root.manifestDigest = digest;
        refuse(anchored, manifest, abi.encodeWithSelector(IModelRegistry.NotAnchored.selector, 1));
    }

    function testAnOlderEpochIsNotAddedLater() public {
        bytes memory manifest = manifestOf(1, keccak256("state"), keccak256("old"));
        IEpochAnchor.Anchored memory old = anchorManifest(1, keccak256("state"), sha256(manifest));
        record(2, "new");
        refuse(old, manifest, abi.encodeWithSelector(IModelRegistry.EpochNotAfterLast.selector, 2, 1));
    }

    function testTheSameVersionIsNotRecordedTwice() public {
        record(1, "model");
        bytes memory manifest = manifestOf(2, keccak256("state"), keccak256("model"));
        IEpochAnchor.Anchored memory anchored = anchorManifest(2, keccak256("state"), sha256(manifest));
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        refuse(
            anchored,
            manifest,
            abi.encodeWithSelector(IModelRegistry.SameVersion.selector, keccak256("model"))
        );
    }

    /// A digest under the signatures is not enough: the bytes must be a manifest of that very epoch.
    function testFuzzRefusesOtherBytes(uint256 cut, uint256 place, uint8 value) public {
        bytes memory manifest = manifestOf(300, keccak256("state"), keccak256("model"));
        if (cut % 2 == 0) {
            // What comes after the model version, here 16 bytes, is not read.
            uint256 length = clamp(cut >> 1, 0, manifest.length - 17);
            bytes memory shorter = new bytes(length);
            for (uint256 i = 0; i < length; ++i) shorter[i] = manifest[i];
            manifest = shorter;
        } else {
            // Not in the timestamp's or the model's value, which may be anything.
            place = clamp(place, 0, 59);
            VM.assume(manifest[place] != bytes1(value));
            manifest[place] = bytes1(value);
        }
        IEpochAnchor.Anchored memory anchored = anchorManifest(300, keccak256("state"), sha256(manifest));
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        refuse(anchored, manifest, abi.encodeWithSelector(IModelRegistry.MalformedManifest.selector));
    }

    function testFuzzReadsEveryEpoch(uint64 epoch, uint64 timestamp, bytes32 model, bool raw) public {
        // The anchor keeps the last number for itself.
        VM.assume(epoch != type(uint64).max);
        bytes memory manifest = bytes.concat(
            hex"a86565706f6368",
            encodeUint(epoch),
            hex"6776657273696f6e01697374617465526f6f745820",
            keccak256("state"),
            hex"6b74696d657374616d704d73",
            encodeUint(timestamp),
            hex"6c6d6f64656c56657273696f6ed82a58250001",
            raw ? bytes1(0x55) : bytes1(0x71),
            hex"1220",
            model,
            "the rest"
        );
        IEpochAnchor.Anchored memory anchored = anchorManifest(epoch, keccak256("state"), sha256(manifest));
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        modelRegistry.record(anchored, manifest);
        assertEq(modelRegistry.versionOf(epoch).modelDigest, model);
    }

    function record(uint64 epoch, string memory model) private {
        bytes memory manifest = manifestOf(epoch, keccak256("state"), keccak256(bytes(model)));
        IEpochAnchor.Anchored memory anchored = anchorManifest(epoch, keccak256("state"), sha256(manifest));
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
        modelRegistry.record(anchored, manifest);
    }

    function refuse(
        IEpochAnchor.Anchored memory anchored,
        bytes memory manifest,
        bytes memory reason
    ) private {
        VM.expectRevert(reason);
        modelRegistry.record(anchored, manifest);
    }

    function anchorManifest(
        uint64 epoch,
        bytes32 stateRoot,
        bytes32 digest
    ) private returns (IEpochAnchor.Anchored memory anchored) {
        anchored.root = rootOf(epoch, lastRoot, stateRoot);
        anchored.root.manifestDigest = digest;
        anchored.sender = address(this);
        anchored.parentEpoch = lastAnchored.root.epoch;
        anchored.parentSnapshotBlock = lastAnchored.root.snapshotBlock;
        anchorWith(anchored.root, 1);
        lastRoot = stateRoot;
        lastAnchored = anchored;
    }

    function manifestOf(uint64 epoch, bytes32 stateRoot, bytes32 model) private pure returns (bytes memory) {
        return
            bytes.concat(
                hex"a86565706f6368",
                encodeUint(epoch),
                hex"6776657273696f6e01697374617465526f6f745820",
                stateRoot,
                hex"6b74696d657374616d704d73",
                encodeUint(1_700_000_000_000),
                hex"6c6d6f64656c56657273696f6ed82a582500017112",
                hex"20",
                model,
                hex"6e696e636c7564656444656c74617380"
            );
    }

    /// RFC 8949, shortest form.
    function encodeUint(uint64 value) private pure returns (bytes memory) {
        if (value < 24) return abi.encodePacked(SafeCast.toUint8(value));
        if (value <= type(uint8).max) return abi.encodePacked(uint8(24), SafeCast.toUint8(value));
        if (value <= type(uint16).max) return abi.encodePacked(uint8(25), SafeCast.toUint16(value));
        if (value <= type(uint32).max) return abi.encodePacked(uint8(26), SafeCast.toUint32(value));
        return abi.encodePacked(uint8(27), value);
    }

    function hashAt(string memory json, string memory key) private pure returns (bytes32) {
        return VM.parseBytes32(string.concat("0x", VM.parseJsonString(json, key)));
    }
}
