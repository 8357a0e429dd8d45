// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ICommitLog } from "../interfaces/ICommitLog.sol";
import { IDisputes } from "../interfaces/IDisputes.sol";
import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { IStaking } from "../interfaces/IStaking.sol";
import { EpochRoots } from "../libraries/EpochRoots.sol";

/// @title What all parts of Disputes need
abstract contract DisputeBase is IDisputes {
    using SafeERC20 for IERC20;
    using EpochRoots for IEpochAnchor.Anchored;

    uint256 internal constant PPM = 1_000_000;

    IERC20 public immutable token;
    IStaking public immutable staking;
    IEpochAnchor public immutable epochAnchor;
    ICommitLog public immutable commitLog;
    address public immutable treasury;

    /// Never written after the constructor.
    Terms internal _terms;

    constructor(
        IStaking staking_,
        IEpochAnchor epochAnchor_,
        ICommitLog commitLog_,
        IERC20 token_,
        address treasury_,
        Terms memory terms_
    ) {
        if (terms_.jurySeats == 0 || terms_.rulingSeconds == 0 || terms_.drawSeconds == 0)
            revert InvalidTerms();
        if (uint256(terms_.bountyPpm) + terms_.juryPpm > PPM || terms_.expiryPpm > PPM) revert InvalidTerms();
        uint256 highest = Math.max(terms_.equivocationPpm, Math.max(terms_.refutedPpm, terms_.commitPpm));
        if (highest > PPM || treasury_ == address(0)) revert InvalidTerms();
        // What costs nothing could hold up every epoch.
        if (terms_.bondWei == 0 || terms_.demandWei == 0) revert InvalidTerms();
        staking = staking_;
        epochAnchor = epochAnchor_;
        commitLog = commitLog_;
        token = token_;
        treasury = treasury_;
        _terms = terms_;
    }

    /// @inheritdoc IDisputes
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// The bond of a root that fell: a part to who showed why.
    function _splitBond(uint256 takenWei, address finder) internal {
        uint256 bountyWei = _bountyOf(takenWei);
        _pay(finder, bountyWei);
        _pay(treasury, takenWei - bountyWei);
    }

    function _pay(address payee, uint256 amount) internal {
        token.safeTransfer(payee, amount);
    }

    /// Holds up the root, against a deposit of the caller.
    function _freeze(IEpochAnchor.Anchored calldata anchored, uint256 depositWei) internal {
        epochAnchor.freeze(anchored);
        token.safeTransferFrom(msg.sender, address(this), depositWei);
    }

    function _overturn(IEpochAnchor.Anchored calldata anchored, bool refuted) internal returns (uint256) {
        return epochAnchor.overturn(anchored, refuted);
    }

    function _bountyOf(uint256 takenWei) internal view returns (uint256) {
        return (takenWei * _terms.bountyPpm) / PPM;
    }

    /// Who staked for the node that the operator signed for.
    function _accountOf(
        bytes32 nodeId,
        address operator,
        uint256 blockNumber
    ) internal view returns (address) {
        IStaking.Stake memory stake = staking.nodeAt(nodeId, blockNumber);
        if (stake.operator != operator) revert NotTheOperator(stake.operator, operator);
        return stake.account;
    }

    function _anchoredAt(uint64 epoch) internal view returns (uint40) {
        return uint40(epochAnchor.anchoredAt(epoch));
    }

    /// Whether the very root that was disputed still stands.
    function _stillStands(
        IEpochAnchor.Anchored calldata anchored,
        uint256 anchoredAt
    ) internal view returns (bool) {
        return _anchoredAt(anchored.root.epoch) == anchoredAt && epochAnchor.isAnchored(anchored);
    }

    function _requireSame(bytes32 anchoredHash, IEpochAnchor.Anchored calldata anchored) internal pure {
        if (anchored.anchoredHash() != anchoredHash) revert AnchoredMismatch();
    }
}
