// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IDisputes } from "../interfaces/IDisputes.sol";
import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { EpochRoots } from "../libraries/EpochRoots.sol";
import { DisputeBase } from "./DisputeBase.sol";

/// @title Signatures on demand
abstract contract ProofDemands is DisputeBase {
    using EpochRoots for IEpochAnchor.Anchored;

    mapping(uint256 demand => Demand) private _demands;
    uint256 private _demandCount;
    mapping(bytes32 anchoredHash => uint256 demand) private _openDemandOf;

    /// @inheritdoc IDisputes
    function demandProof(IEpochAnchor.Anchored calldata anchored) external returns (uint256 demand) {
        uint64 epoch = anchored.root.epoch;
        bytes32 anchoredHash = anchored.anchoredHash();
        if (epochAnchor.isProven(epoch)) revert AlreadyProven(epoch);
        demand = _openDemandOf[anchoredHash];
        if (demand != 0) revert AlreadyDemanded(demand);

        demand = ++_demandCount;
        _openDemandOf[anchoredHash] = demand;
        uint40 deadline = uint40(block.timestamp) + _terms.proofSeconds;
        _demands[demand] = Demand(anchoredHash, msg.sender, epoch, deadline, _anchoredAt(epoch));
        emit ProofDemanded(demand, epoch, msg.sender, deadline);
        _freeze(anchored, _terms.demandWei);
    }

    /// @inheritdoc IDisputes
    function answer(
        uint256 demand,
        IEpochAnchor.Anchored calldata anchored,
        IEpochAnchor.CompactSignature[] calldata signatures
    ) external {
        _take(demand, anchored);
        epochAnchor.prove(anchored, signatures);
        _finish(demand, anchored.root.epoch, true, msg.sender);
    }

    /// @inheritdoc IDisputes
    function closeDemand(uint256 demand, IEpochAnchor.Anchored calldata anchored) external {
        Demand memory closed = _take(demand, anchored);
        uint64 epoch = anchored.root.epoch;
        bool stands = _stillStands(anchored, closed.anchoredAt);
        if (stands && epochAnchor.isProven(epoch)) {
            _finish(demand, epoch, true, anchored.sender);
            return;
        }
        if (stands) {
            // forge-lint: disable-next-line(block-timestamp)
            if (block.timestamp <= closed.deadline) revert NotOver(closed.deadline);
            _splitBond(_overturn(anchored, false), closed.asker);
        }
        _finish(demand, epoch, false, closed.asker);
    }

    /// @inheritdoc IDisputes
    function demandOf(uint256 demand) external view returns (Demand memory) {
        return _demands[demand];
    }

    function _take(
        uint256 demand,
        IEpochAnchor.Anchored calldata anchored
    ) private returns (Demand memory taken) {
        taken = _demands[demand];
        if (taken.asker == address(0)) revert UnknownDemand();
        _requireSame(taken.anchoredHash, anchored);
        delete _demands[demand];
        delete _openDemandOf[taken.anchoredHash];
    }

    function _finish(uint256 demand, uint64 epoch, bool proven, address payee) private {
        epochAnchor.thaw(epoch);
        emit DemandClosed(demand, proven);
        _pay(payee, _terms.demandWei);
    }
}
