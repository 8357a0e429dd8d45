// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IEpochAnchor } from "./IEpochAnchor.sol";

/// @title Links of nodes and wallets
/// @notice An account that stakes for a node may have its earnings paid to another wallet. It takes both: the account
/// sends the transaction, and the node's operator key signs the link, so that neither a stolen browser key nor a wallet
/// that was talked into a transaction moves the earnings alone. The wallet itself is not asked: a link says where
/// money goes, not that the wallet agrees with the node.
interface IAccountLinks {
    /// @param account that made the link: the node's staking account at that time.
    /// @param wallet that is paid.
    struct Link {
        address account;
        address wallet;
    }

    event Linked(bytes32 indexed nodeId, address indexed account, address indexed wallet);
    event Unlinked(bytes32 indexed nodeId, address indexed account, address indexed wallet);

    /// @notice The node belongs to another account.
    error NotStaker(address expected, address received);
    error InvalidWallet();
    error SignatureExpired(uint256 deadline);
    /// @notice The operator of the node did not sign this link.
    error InvalidOperatorSignature(address expected, address received);
    error NotLinked(bytes32 nodeId);

    /// @notice Pays the caller's earnings to `wallet` from now on. Caller: the account that stakes for `nodeId`.
    /// @param deadline Unix seconds until which the signature holds.
    /// @param operatorSignature of the EIP-712 struct AccountLink(bytes32 nodeId,address account,address wallet,uint256
    /// nonce,uint256 deadline) in the domain {name "Parley", version "1", chain, this contract}.
    function link(
        bytes32 nodeId,
        address wallet,
        uint256 deadline,
        IEpochAnchor.CompactSignature calldata operatorSignature
    ) external;

    /// @notice Pays the caller's earnings to itself again. Caller: the account that made the link.
    function unlink(bytes32 nodeId) external;

    /// @notice The link of a node; zeros when there is none.
    function linkOf(bytes32 nodeId) external view returns (Link memory);

    /// @notice Number of links that the node ever had: the next signature carries it.
    function nonceOf(bytes32 nodeId) external view returns (uint256);

    /// @notice EIP-712 digest that the operator signs for the next link.
    function digestOf(
        bytes32 nodeId,
        address account,
        address wallet,
        uint256 deadline
    ) external view returns (bytes32);
}
