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
    ) internal pure returns (address[] memory signers, uint256 valid) {
        uint256 count = signatures.length;
        signers = new address[](count);
        address previous = address(0);
        // Nothing here can overflow. The precompile itself is cheaper than ECDSA.tryRecover, which the tests hold it against.
        unchecked {
            for (; valid < count; ++valid) {
                IEpochAnchor.CompactSignature calldata signature = signatures[valid];
                uint256 vs = uint256(signature.vs);
                // Of a malformed signature nothing comes back: address zero never ascends.
                address signer = ecrecover(
                    digest,
                    uint8(27 + (vs >> 255)),
                    signature.r,
                    bytes32((vs << 1) >> 1)
                );
                if (signer <= previous) break;
                previous = signer;
                signers[valid] = signer;
            }
        }
    }
}
