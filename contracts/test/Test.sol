// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The cheat codes of forge that these tests use.
interface IVm {
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    function addr(uint256 privateKey) external pure returns (address);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function prank(address sender) external;
    function roll(uint256 blockNumber) external;
    function warp(uint256 timestamp) external;
    function chainId(uint256 id) external;
    function assume(bool condition) external pure;
    function expectRevert() external;
    function expectRevert(bytes calldata revertData) external;
    function expectEmit(address emitter) external;
    function readFile(string calldata path) external view returns (string memory);
    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);
    function parseJsonBool(string calldata json, string calldata key) external pure returns (bool);
    function parseJsonUintArray(
        string calldata json,
        string calldata key
    ) external pure returns (uint256[] memory);
    function parseJsonString(string calldata json, string calldata key) external pure returns (string memory);
    function parseJsonAddress(string calldata json, string calldata key) external pure returns (address);
    function parseJsonStringArray(
        string calldata json,
        string calldata key
    ) external pure returns (string[] memory);
    function parseUint(string calldata text) external pure returns (uint256);
    function toString(uint256 value) external pure returns (string memory);
    function parseBytes(string calldata text) external pure returns (bytes memory);
    function parseBytes32(string calldata text) external pure returns (bytes32);
    function lastCallGas() external view returns (Gas memory);
    function etch(address target, bytes calldata code) external;
    function deal(address account, uint256 balance) external;
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
    function getNonce(address account) external view returns (uint64);
}

/// @notice Base of the contracts' tests: assertions and cheat codes, no more than is used.
abstract contract Test {
    // Where forge answers cheat codes: address(uint160(uint256(keccak256("hevm cheat code")))).
    IVm internal constant VM = IVm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    // Tells forge that this contract holds tests.
    bool public constant IS_TEST = true;

    error NotEqual(bytes32 expected, bytes32 received);
    error NotTrue(string expectation);

    function assertEq(uint256 received, uint256 expected) internal pure {
        if (received != expected) revert NotEqual(bytes32(expected), bytes32(received));
    }

    function assertEq(bytes32 received, bytes32 expected) internal pure {
        if (received != expected) revert NotEqual(expected, received);
    }

    function assertEq(address received, address expected) internal pure {
        assertEq(uint256(uint160(received)), uint256(uint160(expected)));
    }

    function assertTrue(bool holds, string memory expectation) internal pure {
        if (!holds) revert NotTrue(expectation);
    }

    /// @notice Maps any fuzzed number into [low, high].
    function clamp(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + (value % (high - low + 1));
    }
}
