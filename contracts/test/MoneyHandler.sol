// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { AccountLinks } from "../AccountLinks.sol";
import { Claims } from "../Claims.sol";
import { Guardian } from "../Guardian.sol";
import { ParleyToken } from "../ParleyToken.sol";
import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { IParleyNetwork } from "../interfaces/IParleyNetwork.sol";
import { Dues } from "./Dues.sol";

/// @notice Seven accounts and the treasury earn, claim, link, vote, let dues expire, and are paused, in any order.
contract MoneyHandler is Dues {
    uint256 public constant ACCOUNTS = 8;
    uint256 private constant WALLETS = 3;
    uint256 private constant DAY = 1 days;

    /// @notice All that an account has earned by the newest epoch.
    mapping(uint256 index => uint256) public dueWei;
    /// @notice What claims have moved for the account, to whom ever.
    mapping(uint256 index => uint256) public paidWei;
    /// @notice What was given to Claims without being minted.
    uint256 public givenWei;
    /// @notice What went through, and what was refused.
    uint256 public claimCount;
    uint256 public announcedCount;
    uint256 public expiredCount;
    uint256 public pauseCount;
    uint256 public refusedCount;
    /// @notice Whether anything was paid or anchored during a pause.
    bool public pauseIgnored;
    /// @notice A weight as it was read when its day was over.
    uint256 public notedAt;
    uint256 public notedWei;
    uint64 private _epoch;
    bytes32[ACCOUNTS] private _leaves;

    constructor() {
        setUp();
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        parameters.schedule.headroomWei = 20 ether;
        deployNetwork(parameters);
        // Enough to certify alone.
        stakeAs(0, 100_000 ether);
        for (uint256 i = 1; i < ACCOUNTS; ++i) stakeAs(i, 100 ether);
        VM.roll(block.number + 1);
    }

    function contracts() external view returns (ParleyToken, Claims, Guardian, AccountLinks) {
        return (token, claims, guardian, accountLinks);
    }

    /// @notice Account `index`; the last is the treasury.
    function accountOf(uint256 index) public view returns (address) {
        return index == ACCOUNTS - 1 ? address(treasury) : person(index);
    }

    function holders() external view returns (address[] memory list) {
        list = new address[](ACCOUNTS + WALLETS + 5);
        for (uint256 i = 0; i < ACCOUNTS; ++i) list[i] = accountOf(i);
        for (uint256 i = 0; i < WALLETS; ++i) list[ACCOUNTS + i] = walletOf(i);
        list[ACCOUNTS + WALLETS] = address(this);
        list[ACCOUNTS + WALLETS + 1] = address(staking);
        list[ACCOUNTS + WALLETS + 2] = address(claims);
        list[ACCOUNTS + WALLETS + 3] = address(epochAnchor);
        list[ACCOUNTS + WALLETS + 4] = person(ACCOUNTS - 1);
    }

    function earn(uint256 seed) external {
        if (guardian.isPaused()) return;
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            dueWei[i] += clamp(seed >> (i * 24), 0, 2 ether);
            _leaves[i] = leafOf(accountOf(i), dueWei[i]);
        }
        VM.warp(block.timestamp + EPOCH_SECONDS);
        bytes32[] memory level = new bytes32[](ACCOUNTS);
        for (uint256 i = 0; i < ACCOUNTS; ++i) level[i] = _leaves[i];
        for (uint256 width = ACCOUNTS; width > 1; width /= 2) {
            for (uint256 i = 0; i < width / 2; ++i) level[i] = parentOf(level[2 * i], level[2 * i + 1]);
        }
        ++_epoch;
        IEpochAnchor.EpochRoot memory root = rootOf(_epoch, _lastRoot, keccak256(abi.encode(_epoch)));
        root.claimsRoot = level[0];
        anchorWith(root, 1);
        _lastRoot = root.stateRoot;
        VM.warp(block.timestamp + CHALLENGE_SECONDS);
    }

    function claim(uint256 index) external {
        index = index % ACCOUNTS;
        uint256 before = claims.claimedWei(accountOf(index));
        uint256 supply = token.balanceOf(claims.payeeOf(accountOf(index)));
        bool paused = guardian.isPaused();
        try claims.claim(_epoch, accountOf(index), dueWei[index], proofOf(index)) {
            if (paused) pauseIgnored = true;
            uint256 paid = token.balanceOf(claims.payeeOf(accountOf(index))) - supply;
            paidWei[index] += paid;
            ++claimCount;
            assertEq(claims.claimedWei(accountOf(index)) - before, paid);
        } catch {
            ++refusedCount;
        }
    }

    function announce(uint256 index) external {
        index = index % ACCOUNTS;
        VM.warp(block.timestamp + UNCLAIMED_SECONDS);
        try claims.announceExpiry(_epoch, accountOf(index), dueWei[index], proofOf(index)) {
            ++announcedCount;
        } catch {
            ++refusedCount;
        }
    }

    function expire(uint256 index) external {
        index = index % ACCOUNTS;
        VM.warp(block.timestamp + NOTICE_SECONDS);
        uint256 before = token.balanceOf(address(treasury));
        bool paused = guardian.isPaused();
        try claims.expire(accountOf(index)) {
            if (paused) pauseIgnored = true;
            uint256 taken = token.balanceOf(address(treasury)) - before;
            ++expiredCount;
            paidWei[index] += taken;
        } catch {
            ++refusedCount;
        }
    }

    function pause(uint64 duration) external {
        VM.prank(KEEPER);
        try guardian.pause(uint64(clamp(duration, 1, MAXIMUM_PAUSE_SECONDS)), "any") {
            ++pauseCount;
        } catch {
            ++refusedCount;
        }
    }

    function wait(uint256 time) external {
        VM.warp(block.timestamp + clamp(time, 1, 10 * DAY));
        VM.roll(block.number + 1);
    }

    function give(uint256 amount) external {
        amount = clamp(amount, 1, 5 ether);
        givenWei += amount;
        assertTrue(token.transfer(address(claims), amount), "sent");
    }

    function vote(uint256 index, uint256 to) external {
        VM.prank(person(index % (ACCOUNTS - 1)));
        token.delegate(person(to % (ACCOUNTS - 1)));
    }

    function move(uint256 from, uint256 to, uint256 part) external {
        address sender = person(from % (ACCOUNTS - 1));
        uint256 balance = token.balanceOf(sender);
        if (balance == 0) return;
        VM.prank(sender);
        assertTrue(token.transfer(person(to % (ACCOUNTS - 1)), clamp(part, 1, balance)), "sent");
    }

    function link(uint256 index, uint256 to) external {
        index = index % (ACCOUNTS - 1);
        bytes32 digest = accountLinks.digestOf(
            nodeOf(index),
            person(index),
            walletOf(to % WALLETS),
            block.timestamp
        );
        IEpochAnchor.CompactSignature memory signature = signWith(operatorKey(index), digest);
        VM.prank(person(index));
        accountLinks.link(nodeOf(index), walletOf(to % WALLETS), block.timestamp, signature);
    }

    function unlink(uint256 index) external {
        index = index % (ACCOUNTS - 1);
        VM.prank(person(index));
        claims.setPayee(person(index), address(0));
    }

    /// Reads a weight of the day that is over; it must read the same ever after.
    function note() external {
        if (notedAt != 0) return;
        notedAt = block.timestamp - (block.timestamp % DAY);
        notedWei = token.weightAt(person(1), notedAt);
    }

    function proofOf(uint256 index) private view returns (bytes32[] memory proof) {
        proof = new bytes32[](3);
        bytes32[] memory level = new bytes32[](ACCOUNTS);
        for (uint256 i = 0; i < ACCOUNTS; ++i) level[i] = _leaves[i];
        uint256 depth = 0;
        for (uint256 width = ACCOUNTS; width > 1; width /= 2) {
            proof[depth] = level[index ^ 1];
            ++depth;
            for (uint256 i = 0; i < width / 2; ++i) level[i] = parentOf(level[2 * i], level[2 * i + 1]);
            index /= 2;
        }
    }

    function walletOf(uint256 index) private pure returns (address) {
        return address(SafeCast.toUint160(0x9000 + index));
    }

    function parentOf(bytes32 one, bytes32 two) private pure returns (bytes32) {
        return keccak256(one < two ? abi.encode(one, two) : abi.encode(two, one));
    }
}
