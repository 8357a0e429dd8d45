// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { DisputeBase } from "./disputes/DisputeBase.sol";
import { Evidence } from "./disputes/Evidence.sol";
import { ProofDemands } from "./disputes/ProofDemands.sol";
import { ICommitLog } from "./interfaces/ICommitLog.sol";
import { IDisputes } from "./interfaces/IDisputes.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IStaking } from "./interfaces/IStaking.sol";
import { Certificates } from "./libraries/Certificates.sol";
import { EpochRoots } from "./libraries/EpochRoots.sol";

/// @title Disputes
/// @notice See the interface. Here: the jury.
contract Disputes is EIP712, Evidence, ProofDemands {
    using EpochRoots for IEpochAnchor.Anchored;

    bytes32 private constant RULING_TYPEHASH = keccak256(
        "JuryRuling(uint256 dispute,uint8 stage,uint8 ruling)"
    );
    /// Blocks until the one whose hash draws: nobody knows it yet, and no single block is worth waiting for.
    uint256 private constant DRAW_DELAY_BLOCKS = 4;
    uint8 private constant LAST_STAGE = 2;

    mapping(uint256 dispute => Dispute) private _disputes;
    uint256 private _disputeCount;
    mapping(uint256 dispute => mapping(uint8 stage => mapping(address operator => Ruling))) private _rulings;

    constructor(
        IStaking staking_,
        IEpochAnchor epochAnchor_,
        ICommitLog commitLog_,
        IERC20 token_,
        address treasury_,
        Terms memory terms_
    ) EIP712("Parley", "1") DisputeBase(staking_, epochAnchor_, commitLog_, token_, treasury_, terms_) {}

    /// @inheritdoc IDisputes
    function open(
        IEpochAnchor.Anchored calldata anchored,
        bytes32 reason
    ) external returns (uint256 dispute) {
        uint64 epoch = anchored.root.epoch;
        dispute = ++_disputeCount;
        Dispute storage opened = _disputes[dispute];
        opened.anchoredHash = anchored.anchoredHash();
        opened.anchoredAt = _anchoredAt(epoch);
        opened.disputer = msg.sender;
        opened.epoch = epoch;
        opened.snapshotBlock = uint48(block.number - 1);
        emit DisputeOpened(dispute, epoch, msg.sender, reason);
        _awaitJury(opened, dispute, 1);
        _freeze(anchored, _terms.bondWei);
    }

    /// @inheritdoc IDisputes
    function draw(uint256 dispute) external {
        Dispute storage awaited = _disputes[dispute];
        if (awaited.status != Status.Drawing) revert WrongStatus(awaited.status);
        // forge-lint: disable-next-line(block-timestamp)
        if (block.timestamp > awaited.deadline) revert IsOver(awaited.deadline);
        if (block.number <= awaited.drawBlock) revert NotDrawableYet(awaited.drawBlock);
        bytes32 beacon = blockhash(awaited.drawBlock);
        if (beacon == bytes32(0)) {
            awaited.drawBlock = SafeCast.toUint48(block.number + DRAW_DELAY_BLOCKS);
            emit JuryAwaited(dispute, awaited.stage, awaited.drawBlock, awaited.deadline);
            return;
        }
        awaited.seed = keccak256(abi.encode(beacon, dispute, awaited.stage));
        awaited.status = Status.Ruling;
        awaited.deadline = uint40(block.timestamp) + _terms.rulingSeconds;
        emit JuryDrawn(dispute, awaited.stage, awaited.seed, awaited.deadline);
    }

    /// @inheritdoc IDisputes
    function rule(
        uint256 dispute,
        Ruling ruling,
        IEpochAnchor.CompactSignature[] calldata signatures
    ) external {
        Dispute memory judged = _disputes[dispute];
        if (judged.status != Status.Ruling) revert WrongStatus(judged.status);
        // forge-lint: disable-next-line(block-timestamp)
        if (block.timestamp > judged.deadline) revert IsOver(judged.deadline);
        uint8 stage = judged.stage;
        if (ruling == Ruling.None || (ruling == Ruling.Deeper && stage == LAST_STAGE)) revert InvalidRuling();

        bytes32 digest = rulingDigest(dispute, stage, ruling);
        (address[] memory jurors, uint256 valid) = Certificates.signersOf(digest, signatures);
        if (valid != jurors.length) revert SignersNotAscending(valid);
        uint256 sum = 0;
        for (uint256 i = 0; i < jurors.length; ++i) {
            uint256 seats = _seatsOf(judged, jurors[i]);
            if (seats == 0) revert NotOnJury(jurors[i]);
            // Not an error: else whoever delivers one signature first would void all that come with it.
            if (_rulings[dispute][stage][jurors[i]] != Ruling.None) continue;
            _rulings[dispute][stage][jurors[i]] = ruling;
            sum += seats;
            emit Ruled(dispute, stage, jurors[i], ruling, seats);
        }
        _count(_disputes[dispute], ruling, SafeCast.toUint32(sum));
    }

    /// @inheritdoc IDisputes
    function close(uint256 dispute, IEpochAnchor.Anchored calldata anchored) external {
        Dispute storage closed = _disputes[dispute];
        _requireSame(closed.anchoredHash, anchored);
        Status status = _outcomeOf(closed, anchored);
        if (status == Status.Drawing) {
            (closed.upholdSeats, closed.overturnSeats, closed.deeperSeats) = (0, 0, 0);
            _awaitJury(closed, dispute, LAST_STAGE);
            return;
        }
        closed.status = status;
        emit DisputeClosed(dispute, status);
        uint256 takenWei = status == Status.Overturned ? _overturn(anchored, true) : 0;
        epochAnchor.thaw(closed.epoch);
        _settle(closed, status, takenWei);
    }

    /// @inheritdoc IDisputes
    function collect(uint256 dispute, address operator, bytes32 nodeId) external {
        Dispute memory closed = _disputes[dispute];
        bool isUpheld = closed.status == Status.Upheld;
        if (!isUpheld && closed.status != Status.Overturned) revert WrongStatus(closed.status);
        mapping(address operator => Ruling) storage rulings = _rulings[dispute][closed.stage];
        if (rulings[operator] != (isUpheld ? Ruling.Uphold : Ruling.Overturn)) revert NothingToCollect();
        delete rulings[operator];

        address account = _accountOf(nodeId, operator, closed.snapshotBlock);
        uint256 seats = _seatsOf(closed, operator);
        uint256 amount = (closed.potWei * seats) / (isUpheld ? closed.upholdSeats : closed.overturnSeats);
        emit JurorPaid(dispute, operator, account, amount);
        _pay(account, amount);
    }

    /// @inheritdoc IDisputes
    function disputeOf(uint256 dispute) external view returns (Dispute memory) {
        return _disputes[dispute];
    }

    /// @inheritdoc IDisputes
    function seatsOf(uint256 dispute, address operator) external view returns (uint256) {
        Dispute memory found = _disputes[dispute];
        return found.seed == bytes32(0) ? 0 : _seatsOf(found, operator);
    }

    /// @inheritdoc IDisputes
    function rulingDigest(uint256 dispute, uint8 stage, Ruling ruling) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(RULING_TYPEHASH, dispute, stage, ruling)));
    }

    function _awaitJury(Dispute storage awaited, uint256 dispute, uint8 stage) private {
        awaited.status = Status.Drawing;
        awaited.stage = stage;
        awaited.seed = bytes32(0);
        awaited.drawBlock = SafeCast.toUint48(block.number + DRAW_DELAY_BLOCKS);
        awaited.deadline = uint40(block.timestamp) + _terms.drawSeconds;
        emit JuryAwaited(dispute, stage, awaited.drawBlock, awaited.deadline);
    }

    function _count(Dispute storage judged, Ruling ruling, uint32 seats) private {
        if (ruling == Ruling.Uphold) judged.upholdSeats += seats;
        else if (ruling == Ruling.Overturn) judged.overturnSeats += seats;
        else judged.deeperSeats += seats;
    }

    /// Bonds go where the outcome says.
    function _settle(Dispute storage closed, Status status, uint256 takenWei) private {
        uint256 bondWei = _terms.bondWei;
        uint256 lostWei = 0;
        if (status == Status.Upheld) lostWei = bondWei;
        if (status == Status.Expired) lostWei = (bondWei * _terms.expiryPpm) / PPM;
        uint256 potWei = status == Status.Expired ? 0 : ((takenWei + lostWei) * _terms.juryPpm) / PPM;
        closed.potWei = SafeCast.toUint128(potWei);

        uint256 bountyWei = _bountyOf(takenWei);
        _pay(closed.disputer, bondWei - lostWei + bountyWei);
        _pay(treasury, takenWei + lostWei - potWei - bountyWei);
    }

    /// What the dispute becomes now; Drawing when the audit goes deeper.
    function _outcomeOf(
        Dispute storage judged,
        IEpochAnchor.Anchored calldata anchored
    ) private view returns (Status) {
        Status status = judged.status;
        if (status != Status.Drawing && status != Status.Ruling) revert WrongStatus(status);
        if (!_stillStands(anchored, judged.anchoredAt)) return Status.Moot;
        // forge-lint: disable-next-line(block-timestamp)
        bool isOver = block.timestamp > judged.deadline;
        if (status == Status.Ruling) {
            uint256 seats = _jurySeats(judged.stage);
            // More seats than on average may be filled, and both reach two thirds of that: then the more decide.
            (uint256 uphold, uint256 overturned) = (judged.upholdSeats, judged.overturnSeats);
            if (overturned > uphold && overturned * 3 >= seats * 2) return Status.Overturned;
            if (uphold * 3 >= seats * 2) return Status.Upheld;
            bool isAsked = judged.deeperSeats * 3 >= seats;
            if (judged.stage < LAST_STAGE && (isOver || isAsked)) return Status.Drawing;
        }
        if (!isOver) revert NotOver(judged.deadline);
        return Status.Expired;
    }

    /// A juror has as many seats as its share of the stake makes, and the seed decides about the fraction. So no list of
    /// all stakes is needed, and a jury has its number of seats on average.
    function _seatsOf(Dispute memory judged, address operator) private view returns (uint256 seats) {
        uint256 share = _jurySeats(judged.stage) * staking.stakeAt(operator, judged.snapshotBlock);
        if (share == 0) return 0;
        uint256 totalWei = staking.totalAt(judged.snapshotBlock);
        uint256 lot = uint256(keccak256(abi.encode(judged.seed, operator))) % totalWei;
        seats = share / totalWei + (lot < share % totalWei ? 1 : 0);
    }

    function _jurySeats(uint8 stage) private view returns (uint256) {
        return uint256(_terms.jurySeats) * stage;
    }
}
