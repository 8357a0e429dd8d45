// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";

/// @title Claims
/// @notice See the interface.
contract Claims is IClaims {
    IParleyToken public immutable token;
    IEpochAnchor public immutable epochAnchor;

    /// @inheritdoc IClaims
    mapping(address account => uint256) public claimedWei;

    constructor(IParleyToken token_, IEpochAnchor epochAnchor_) {
        token = token_;
        epochAnchor = epochAnchor_;
    }

    /// @inheritdoc IClaims
    function claim(uint64 epoch, address account, uint256 cumulativeWei, bytes32[] calldata proof) external {
        if (!epochAnchor.isFinal(epoch)) revert EpochNotFinal(epoch);
        // Hashed twice, so that no inner node of the tree can be taken for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(account, cumulativeWei))));
        if (!MerkleProof.verifyCalldata(proof, epochAnchor.claimsRootOf(epoch), leaf)) revert InvalidProof();

        uint256 paidWei = claimedWei[account];
        if (cumulativeWei <= paidWei) revert NothingToClaim(paidWei, cumulativeWei);
        uint256 amount = cumulativeWei - paidWei;
        claimedWei[account] = cumulativeWei;
        emit Claimed(epoch, account, amount, cumulativeWei);
        token.mint(account, amount);
    }
}
