// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";

/// @title Lists of signatures
/// @notice Signers come strictly ascending, so that nobody counts twice.
library Certificates {
    /// @notice All signers, or those before the first signature that is malformed or out of order. As signers count once, a
    /// signature's twin with the other s (EIP-2) gains nothing and is not refused.
    /// @return signers as many as there are signatures; zeros from `valid` on.
    /// @return valid number of signatures before that one.
    function signersOf(
        bytes32 digest,
        IEpochAnchor.CompactSignature[] calldata signatures
    ) internal view returns (address[] memory signers, uint256 valid) {
        uint256 count = signatures.length;
        signers = new address[](count);
        // In assembly, as it saves 11,000 gas with 21 signatures; the tests hold it against ECDSA.tryRecover.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            // Input of the precompile at address 1: digest, v, r, s.
            let input := mload(0x40)
            mstore(input, digest)
            let previous := 0
            for {
                let from := signatures.offset
                let to := add(signers, 0x20)
            } lt(valid, count) {
                valid := add(valid, 1)
                from := add(from, 0x40)
                to := add(to, 0x20)
            } {
                let vs := calldataload(add(from, 0x20))
                mstore(add(input, 0x20), add(27, shr(255, vs)))
                calldatacopy(add(input, 0x40), from, 0x20)
                mstore(add(input, 0x60), shr(1, shl(1, vs)))
                // Of a malformed signature nothing comes back: address zero never ascends.
                mstore(0, 0)
                pop(staticcall(gas(), 1, input, 0x80, 0, 0x20))
                let signer := mload(0)
                if iszero(gt(signer, previous)) {
                    break
                }
                previous := signer
                mstore(to, signer)
            }
        }
    }
}
