// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { ICommitLog } from "./interfaces/ICommitLog.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { AnchorBase } from "./test/AnchorBase.sol";

contract CommitLogTest is AnchorBase {
    event CommitsRecorded(uint64 indexed epoch, address indexed operator, bytes32 root, uint32 count);

    event GasUsed(string call, uint256 gasUsed);

    uint256 private constant BUDGET_GAS = 60_000;

    function testABatchIsOnRecordWithItsTime() public {
        ICommitLog.Batch memory batch = ICommitLog.Batch(7, FIRST, 20);
        IEpochAnchor.CompactSignature memory signature = signBatch(0, batch);
        assertEq(commitLog.recordedAt(operatorOf(0), batch), 0);
        VM.expectEmit(address(commitLog));
        emit CommitsRecorded(7, operatorOf(0), FIRST, 20);
        commitLog.record(batch, signature);
        assertEq(commitLog.recordedAt(operatorOf(0), batch), block.timestamp);
        assertEq(commitLog.recordedAt(operatorOf(1), batch), 0);
        batch.count = 21;
        assertEq(commitLog.recordedAt(operatorOf(0), batch), 0);
    }

    function testOneBatchAnOperatorAndEpoch() public {
        record(0, ICommitLog.Batch(7, FIRST, 20));
        record(1, ICommitLog.Batch(7, FIRST, 20));
        record(0, ICommitLog.Batch(8, FIRST, 20));
        ICommitLog.Batch memory batch = ICommitLog.Batch(7, SECOND, 1);
        IEpochAnchor.CompactSignature memory signature = signBatch(0, batch);
        VM.expectRevert(abi.encodeWithSelector(ICommitLog.AlreadyRecorded.selector, 7, operatorOf(0)));
        commitLog.record(batch, signature);
    }

    function testABatchNeedsCommitsAndASignature() public {
        ICommitLog.Batch memory batch = ICommitLog.Batch(7, FIRST, 0);
        VM.expectRevert(abi.encodeWithSelector(ICommitLog.EmptyBatch.selector));
        commitLog.record(batch, IEpochAnchor.CompactSignature(0, 0));
        batch.count = 1;
        VM.expectRevert(abi.encodeWithSelector(ICommitLog.InvalidSignature.selector));
        commitLog.record(batch, IEpochAnchor.CompactSignature(0, 0));
    }

    /// forge-config: default.isolate = true
    function testABatchCostsLittleHoweverLargeItIs() public {
        record(1, ICommitLog.Batch(7, FIRST, type(uint32).max));
        uint256 used = VM.lastCallGas().gasTotalUsed;
        emit GasUsed("record", used);
        assertTrue(used <= BUDGET_GAS, "within the budget");
    }

    function testFuzzEveryCommitOfABatchIsInIt(bytes32 seed, uint256 size, uint256 place) public view {
        size = clamp(size, 1, 33);
        place = clamp(place, 0, size - 1);
        ICommitLog.Commit[] memory commits = new ICommitLog.Commit[](size);
        bytes32[] memory leaves = new bytes32[](size);
        for (uint32 i = 0; i < size; ++i) {
            commits[i] = ICommitLog.Commit(i, bytes32(uint256(i) + 1), keccak256(abi.encode(seed, i)));
            leaves[i] = keccak256(bytes.concat(keccak256(abi.encode(commits[i]))));
        }
        (bytes32 root, bytes32[] memory proof) = prove(leaves, place);
        ICommitLog.Batch memory batch = ICommitLog.Batch(1, root, SafeCast.toUint32(size));
        assertTrue(commitLog.contains(batch, commits[place], proof), "in it");
        commits[place].commitment = seed;
        assertTrue(!commitLog.contains(batch, commits[place], proof), "not in it");
    }

    function testFuzzASignatureCountsForNoOtherBatch(uint64 epoch, bytes32 root, uint32 count) public {
        ICommitLog.Batch memory batch = ICommitLog.Batch(7, FIRST, 20);
        IEpochAnchor.CompactSignature memory signature = signBatch(0, batch);
        ICommitLog.Batch memory other = ICommitLog.Batch(epoch, root, uint32(clamp(count, 1, 1 << 31)));
        VM.assume(keccak256(abi.encode(batch)) != keccak256(abi.encode(other)));
        // Whoever's signature it would be: not this operator's.
        commitLog.record(other, signature);
        assertEq(commitLog.recordedAt(operatorOf(0), other), 0);
    }

    function record(uint256 index, ICommitLog.Batch memory batch) private {
        commitLog.record(batch, signBatch(index, batch));
    }

    function signBatch(
        uint256 index,
        ICommitLog.Batch memory batch
    ) private view returns (IEpochAnchor.CompactSignature memory) {
        return signWith(operatorKey(index), commitLog.digestOf(batch));
    }

    /// Pairs neighbours, level by level; of an odd one out its level is skipped.
    function prove(
        bytes32[] memory level,
        uint256 place
    ) private pure returns (bytes32 root, bytes32[] memory proof) {
        bytes32[] memory path = new bytes32[](8);
        uint256 length = 0;
        while (level.length > 1) {
            bytes32[] memory above = new bytes32[]((level.length + 1) / 2);
            for (uint256 i = 0; i < above.length; ++i) {
                bool isPair = 2 * i + 1 < level.length;
                above[i] = isPair ? hashPair(level[2 * i], level[2 * i + 1]) : level[2 * i];
            }
            uint256 sibling = place ^ 1;
            if (sibling < level.length) {
                path[length] = level[sibling];
                ++length;
            }
            place /= 2;
            level = above;
        }
        proof = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) proof[i] = path[i];
        return (level[0], proof);
    }

    function hashPair(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return keccak256(a < b ? abi.encode(a, b) : abi.encode(b, a));
    }
}
