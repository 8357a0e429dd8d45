// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";

/// @title Claims
/// @notice See the interface.
contract Claims is IClaims {
    using SafeERC20 for IParleyToken;

    uint256 private constant MINT_PORTION_WEI = 1_000 ether;

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
        _refill(amount);
        token.safeTransfer(account, amount);
    }

    /// Tokens are minted in portions: each mint writes a checkpoint of the supply, which would cost every claim as
    /// much as the payment itself.
    function _refill(uint256 amount) private {
        uint256 held = token.balanceOf(address(this));
        if (held >= amount) return;
        uint256 missing = amount - held;
        uint256 left = token.cap() - token.totalSupply();
        token.mint(address(this), Math.max(missing, Math.min(MINT_PORTION_WEI, left)));
    }
}
