// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Earnings of a Parley network
/// @notice Pays what a final epoch says that an account has earned since genesis, less what it has been paid.
interface IClaims {
    event Claimed(uint64 indexed epoch, address indexed account, uint256 amount, uint256 cumulativeWei);

    /// @notice The epoch is not anchored, or its challenge window is still open.
    error EpochNotFinal(uint64 epoch);
    /// @notice The proof does not lead from (account, cumulativeWei) to the epoch's claims root.
    error InvalidProof();
    error NothingToClaim(uint256 claimedWei, uint256 cumulativeWei);

    /// @notice Pays `account`; anyone may send it.
    /// @param cumulativeWei all that the account has earned up to `epoch`.
    /// @param proof of the leaf (account, cumulativeWei), in the format of OpenZeppelin's standard Merkle tree.
    function claim(uint64 epoch, address account, uint256 cumulativeWei, bytes32[] calldata proof) external;

    /// @notice What the account has been paid so far, in wei.
    function claimedWei(address account) external view returns (uint256);
}
