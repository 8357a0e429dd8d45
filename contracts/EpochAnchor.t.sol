// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { EpochAnchor } from "./EpochAnchor.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { Network } from "./test/Network.sol";

contract EpochAnchorTest is Network {
    event EpochAnchored(
        uint64 indexed epoch,
        bytes32 stateRoot,
        bytes32 claimsRoot,
        bytes32 manifestDigest,
        address indexed sender
    );

    bytes32 private constant GENESIS = keccak256("genesis");
    bytes32 private constant FIRST = keccak256("first");
    bytes32 private constant SECOND = keccak256("second");

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < 3; ++i) stakeAs(i, 100 ether);
        VM.roll(block.number + 10);
    }

    function testTwoThirdsAnchorARoot() public {
        IEpochAnchor.EpochRoot memory root = rootOf(7, GENESIS, FIRST);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 2);
        VM.expectEmit(address(epochAnchor));
        emit EpochAnchored(7, FIRST, root.claimsRoot, root.manifestDigest, person(5));
        VM.prank(person(5));
        epochAnchor.anchor(root, signatures);

        (bool exists, uint64 epoch, bytes32 stateRoot, uint64 snapshotBlock) = epochAnchor.last();
        assertTrue(exists, "something is anchored");
        assertEq(epoch, 7);
        assertEq(stateRoot, FIRST);
        assertEq(snapshotBlock, root.snapshotBlock);
        assertEq(epochAnchor.claimsRootOf(7), root.claimsRoot);
        assertEq(epochAnchor.anchoredAt(7), block.timestamp);
    }

    function testEpochZeroCanBeAnchoredOnce() public {
        anchorWith(rootOf(0, GENESIS, FIRST), 3);
        IEpochAnchor.EpochRoot memory again = rootOf(0, FIRST, SECOND);
        refuse(again, 3, abi.encodeWithSelector(IEpochAnchor.EpochNotAfterLast.selector, 0, 0));
    }

    function testFinalAfterTheChallengeWindow() public {
        anchorWith(rootOf(7, GENESIS, FIRST), 3);
        VM.warp(block.timestamp + CHALLENGE_SECONDS - 1);
        assertTrue(!epochAnchor.isFinal(7), "open to challenge");
        VM.warp(block.timestamp + 1);
        assertTrue(epochAnchor.isFinal(7), "final");
        assertTrue(!epochAnchor.isFinal(8), "never anchored");
    }

    function testRootsFormAChain() public {
        anchorWith(rootOf(1, GENESIS, FIRST), 3);
        IEpochAnchor.EpochRoot memory stray = rootOf(2, GENESIS, SECOND);
        refuse(stray, 3, abi.encodeWithSelector(IEpochAnchor.PreviousRootMismatch.selector, FIRST, GENESIS));
        // An epoch without a certificate leaves a gap; the next root still builds on the last.
        anchorWith(rootOf(5, FIRST, SECOND), 3);
        IEpochAnchor.EpochRoot memory old = rootOf(4, SECOND, FIRST);
        refuse(old, 3, abi.encodeWithSelector(IEpochAnchor.EpochNotAfterLast.selector, 5, 4));
    }

    function testSnapshotIsAPastBlockAndNeverGoesBack() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        uint64 current = uint64(block.number);
        root.snapshotBlock = current;
        refuse(
            root,
            3,
            abi.encodeWithSelector(IEpochAnchor.SnapshotBlockOutOfRange.selector, 1, current - 1, current)
        );
        root.snapshotBlock = current - 2;
        anchorWith(root, 3);
        IEpochAnchor.EpochRoot memory next = rootOf(2, FIRST, SECOND);
        next.snapshotBlock = current - 3;
        refuse(
            next,
            3,
            abi.encodeWithSelector(
                IEpochAnchor.SnapshotBlockOutOfRange.selector,
                current - 2,
                current - 1,
                current - 3
            )
        );
    }

    function testLessThanTwoThirdsIsRefused() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        refuse(
            root,
            1,
            abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 100 ether, 300 ether)
        );
        refuse(root, 0, abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 0, 300 ether));
    }

    /// Two thirds of nothing is nothing: before the first stake nobody can anchor.
    function testNobodyAnchorsWithoutStakes() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        root.snapshotBlock = 99;
        refuse(root, 0, abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 0, 0));
        refuse(root, 3, abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 0, 0));
    }

    function testStakesOfTheSnapshotCountNotLaterOnes() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        stakeAs(0, 10_000 ether);
        VM.roll(block.number + 5);
        refuse(
            root,
            1,
            abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 100 ether, 300 ether)
        );
        root.snapshotBlock = uint64(block.number - 1);
        anchorWith(root, 1);
    }

    function testASignerCountsOnce() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.CompactSignature memory one = signWith(operatorKey(0), epochAnchor.digestOf(root));
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.SignersNotAscending.selector, 1));
        epochAnchor.anchor(root, pair(one, one));
    }

    function testSignersComeInAscendingOrder() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        bytes32 digest = epochAnchor.digestOf(root);
        (uint256 low, uint256 high) = operatorOf(0) < operatorOf(1)
            ? (operatorKey(0), operatorKey(1))
            : (operatorKey(1), operatorKey(0));
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.SignersNotAscending.selector, 1));
        epochAnchor.anchor(root, pair(signWith(high, digest), signWith(low, digest)));
        epochAnchor.anchor(root, pair(signWith(low, digest), signWith(high, digest)));
    }

    function testEmptySignaturesAreRefused() public {
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        VM.expectRevert(abi.encodeWithSelector(IEpochAnchor.SignersNotAscending.selector, 0));
        epochAnchor.anchor(root, new IEpochAnchor.CompactSignature[](1));
    }

    function testFuzzStrangersWeighNothing(uint256 strangerKey) public {
        strangerKey = clamp(strangerKey, 1 << 128, (1 << 255) - 19);
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        bytes32 digest = epochAnchor.digestOf(root);
        IEpochAnchor.CompactSignature memory stranger = signWith(strangerKey, digest);
        IEpochAnchor.CompactSignature memory staker = signWith(operatorKey(0), digest);
        bool strangerFirst = VM.addr(strangerKey) < operatorOf(0);
        VM.expectRevert(
            abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, 100 ether, 300 ether)
        );
        epochAnchor.anchor(root, strangerFirst ? pair(stranger, staker) : pair(staker, stranger));
    }

    function testFuzzAnyChangeOfTheRootVoidsTheSignatures(uint256 field, bytes32 value) public {
        IEpochAnchor.EpochRoot memory root = rootOf(9, GENESIS, FIRST);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        bytes32 before = keccak256(abi.encode(root));
        field = field % 6;
        if (field == 0) root.epoch = uint64(uint256(value));
        if (field == 1) root.previousRoot = value;
        if (field == 2) root.stateRoot = value;
        if (field == 3) root.claimsRoot = value;
        if (field == 4) root.manifestDigest = value;
        if (field == 5) root.snapshotBlock = uint64(uint256(value) % block.number);
        VM.assume(keccak256(abi.encode(root)) != before);
        VM.expectRevert();
        epochAnchor.anchor(root, signatures);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzzSignaturesOfAnotherChainOrContractAreVoid(uint64 otherChain) public {
        VM.assume(otherChain != block.chainid && otherChain != 0);
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 3);
        EpochAnchor other = new EpochAnchor(staking, token, address(guardian), address(disputes), 0, 0);
        VM.expectRevert();
        other.anchor(root, signatures);
        VM.chainId(otherChain);
        VM.expectRevert();
        epochAnchor.anchor(root, signatures);
    }

    function testFuzzExactlyTwoThirdsIsEnough(uint256 first, uint256 second) public {
        first = clamp(first, 0, 50_000 ether);
        second = clamp(second, 0, 50_000 ether);
        if (first != 0) stakeAs(0, first);
        if (second != 0) stakeAs(1, second);
        VM.roll(block.number + 2);
        uint256 signedWei = 200 ether + first + second;
        uint256 totalWei = signedWei + 100 ether;
        IEpochAnchor.EpochRoot memory root = rootOf(1, GENESIS, FIRST);
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, 2);
        // ceil(2/3 of the total) is the smallest weight that does.
        if (signedWei < (totalWei * 2 + 2) / 3) {
            VM.expectRevert(
                abi.encodeWithSelector(IEpochAnchor.InsufficientStake.selector, signedWei, totalWei)
            );
        }
        epochAnchor.anchor(root, signatures);
    }

    /// The digest and signature that the protocol's TypeScript core published.
    function testAgreesWithTheCoresVector() public {
        string memory json = VM.readFile("vectors/epoch-root.json");
        VM.chainId(VM.parseJsonUint(json, ".domain.chainId"));
        EpochAnchor vectorAnchor = EpochAnchor(VM.parseJsonAddress(json, ".domain.verifyingContract"));
        VM.etch(address(vectorAnchor), address(epochAnchor).code);
        IEpochAnchor.EpochRoot memory root = IEpochAnchor.EpochRoot({
            epoch: uint64(VM.parseJsonUint(json, ".root.epoch")),
            previousRoot: hashAt(json, ".root.previousRoot"),
            stateRoot: hashAt(json, ".root.stateRoot"),
            claimsRoot: hashAt(json, ".root.claimsRoot"),
            manifestDigest: hashAt(json, ".root.manifestDigest"),
            snapshotBlock: uint64(VM.parseJsonUint(json, ".root.snapshotBlock"))
        });
        assertEq(vectorAnchor.digestOf(root), hashAt(json, ".digest"));

        IEpochAnchor.CompactSignature[] memory signatures = new IEpochAnchor.CompactSignature[](1);
        signatures[0] = signatureAt(json, ".signature");
        fund(9, 1_000 ether);
        address operator = VM.parseJsonAddress(json, ".address");
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(
            uint256(hashAt(json, ".privateKey")),
            staking.bindingDigest(nodeOf(9), person(9), operator)
        );
        VM.prank(person(9));
        staking.stake(nodeOf(9), operator, 1_000 ether, abi.encodePacked(r, s, v));
        VM.roll(root.snapshotBlock + 1);
        vectorAnchor.anchor(root, signatures);
        assertEq(vectorAnchor.claimsRootOf(root.epoch), root.claimsRoot);
    }

    function refuse(IEpochAnchor.EpochRoot memory root, uint256 signers, bytes memory revertData) private {
        IEpochAnchor.CompactSignature[] memory signatures = certify(root, signers);
        VM.expectRevert(revertData);
        epochAnchor.anchor(root, signatures);
    }

    function hashAt(string memory json, string memory key) private pure returns (bytes32) {
        return VM.parseBytes32(string.concat("0x", VM.parseJsonString(json, key)));
    }

    /// 65 bytes r, s, v in hexadecimal.
    function signatureAt(
        string memory json,
        string memory key
    ) private pure returns (IEpochAnchor.CompactSignature memory) {
        bytes memory text = bytes(VM.parseJsonString(json, key));
        bytes32 r = VM.parseBytes32(string.concat("0x", slice(text, 0, 64)));
        bytes32 s = VM.parseBytes32(string.concat("0x", slice(text, 64, 128)));
        return compact(r, s, uint8(VM.parseBytes(string.concat("0x", slice(text, 128, 130)))[0]));
    }

    function slice(bytes memory text, uint256 from, uint256 to) private pure returns (string memory) {
        bytes memory part = new bytes(to - from);
        for (uint256 i = from; i < to; ++i) part[i - from] = text[i];
        return string(part);
    }
}
