// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IAccountLinks } from "./interfaces/IAccountLinks.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IStaking } from "./interfaces/IStaking.sol";

/// @title AccountLinks
/// @notice See the interface.
contract AccountLinks is EIP712, IAccountLinks {
    bytes32 private constant ACCOUNT_LINK_TYPEHASH = keccak256(
        "AccountLink(bytes32 nodeId,address account,address wallet,uint256 nonce,uint256 deadline)"
    );

    IStaking public immutable staking;
    IClaims public immutable claims;

    /// @inheritdoc IAccountLinks
    mapping(bytes32 nodeId => uint256) public nonceOf;
    mapping(bytes32 nodeId => Link) private _links;

    constructor(IStaking staking_, IClaims claims_) EIP712("Parley", "1") {
        staking = staking_;
        claims = claims_;
    }

    /// @inheritdoc IAccountLinks
    function link(
        bytes32 nodeId,
        address wallet,
        uint256 deadline,
        IEpochAnchor.CompactSignature calldata operatorSignature
    ) external {
        if (wallet == address(0)) revert InvalidWallet();
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
        IStaking.Stake memory stake = staking.stakeOf(nodeId);
        if (stake.account != msg.sender) revert NotStaker(stake.account, msg.sender);
        bytes32 digest = digestOf(nodeId, msg.sender, wallet, deadline);
        (address signer, , ) = ECDSA.tryRecover(digest, operatorSignature.r, operatorSignature.vs);
        if (signer != stake.operator) revert InvalidOperatorSignature(stake.operator, signer);

        ++nonceOf[nodeId];
        _links[nodeId] = Link(msg.sender, wallet);
        emit Linked(nodeId, msg.sender, wallet);
        claims.setPayee(msg.sender, wallet);
    }

    /// @inheritdoc IAccountLinks
    function unlink(bytes32 nodeId) external {
        Link memory old = _links[nodeId];
        if (old.wallet == address(0)) revert NotLinked(nodeId);
        if (old.account != msg.sender) revert NotStaker(old.account, msg.sender);
        delete _links[nodeId];
        emit Unlinked(nodeId, msg.sender, old.wallet);
        claims.setPayee(msg.sender, address(0));
    }

    /// @inheritdoc IAccountLinks
    function linkOf(bytes32 nodeId) external view returns (Link memory) {
        return _links[nodeId];
    }

    /// @inheritdoc IAccountLinks
    function digestOf(
        bytes32 nodeId,
        address account,
        address wallet,
        uint256 deadline
    ) public view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(ACCOUNT_LINK_TYPEHASH, nodeId, account, wallet, nonceOf[nodeId], deadline)
                )
            );
    }
}
