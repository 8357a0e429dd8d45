// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Earnings of a Parley network
/// @notice Pays what a final epoch says that an account has earned since genesis, less what it has been paid. What the
/// token's schedule does not allow yet stays due and is paid by a later call.
interface IClaims {
    event Claimed(uint64 indexed epoch, address indexed account, uint256 amount, uint256 cumulativeWei);
    event PayeeChanged(address indexed account, address indexed payee);
    event ExpiryAnnounced(address indexed account, uint256 cumulativeWei, uint256 expiresAtSeconds);
    event Expired(address indexed account, uint256 amount, uint256 cumulativeWei);

    /// @notice The epoch is not anchored, or its challenge window is still open.
    error EpochNotFinal(uint64 epoch);
    /// @notice The proof does not lead from (account, cumulativeWei) to the epoch's claims root.
    error InvalidProof();
    error NothingToClaim(uint256 claimedWei, uint256 cumulativeWei);
    /// @notice The schedule allows nothing more by now; ask again later.
    error EmissionExhausted();
    /// @notice `caller` is not the contract that links accounts.
    error NotAccountLinks(address caller);
    /// @notice The epoch has not been final for long enough.
    error NotUnclaimedLongEnough(uint256 announceableAtSeconds);
    /// @notice A notice runs already for what the account has not claimed.
    error AlreadyAnnounced(uint256 expiresAtSeconds);
    /// @notice Nothing was announced for the account, or it has been claimed since.
    error NothingToExpire();
    /// @notice The notice still runs.
    error NoticeRunning(uint256 expiresAtSeconds);
    /// @notice The treasury's own share never expires.
    error TreasuryNeverExpires();
    error InvalidConfiguration();

    /// @notice Pays `account`, or the wallet that it is linked to; anyone may send it.
    /// @param cumulativeWei all that the account has earned up to `epoch`: one call covers every epoch before it too.
    /// @param proof of the leaf (account, cumulativeWei), in the format of OpenZeppelin's standard Merkle tree.
    function claim(uint64 epoch, address account, uint256 cumulativeWei, bytes32[] calldata proof) external;

    /// @notice Gives notice that what `account` earned up to `epoch`, final since `unclaimedSeconds`, goes to the
    /// treasury when it is still not claimed `noticeSeconds` later. Anyone may send it.
    function announceExpiry(
        uint64 epoch,
        address account,
        uint256 cumulativeWei,
        bytes32[] calldata proof
    ) external;

    /// @notice Pays the treasury what was announced and never claimed. Anyone may send it.
    function expire(address account) external;

    /// @notice Makes the account's entry, which its first claim would pay for otherwise. Anyone may send it; Staking does when
    /// the account stakes for a node. Changes nothing that can be seen.
    function open(address account) external;

    /// @notice Where the earnings of `account` go from now on; zero for itself. Only the
    /// AccountLinks contract; the account too may set itself.
    function setPayee(address account, address payee) external;

    /// @notice What the account has been paid so far, in wei; what expired counts as paid.
    function claimedWei(address account) external view returns (uint256);

    /// @notice Who gets what the account earns: the account itself unless it is linked.
    function payeeOf(address account) external view returns (address);

    /// @notice What was announced for the account, and when it expires (Unix seconds); zeros when nothing was.
    function expiryOf(
        address account
    ) external view returns (uint256 cumulativeWei, uint256 expiresAtSeconds);
}
