// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Votes } from "@openzeppelin/contracts/governance/utils/Votes.sol";
import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { ERC20Votes } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import { Nonces } from "@openzeppelin/contracts/utils/Nonces.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { Time } from "@openzeppelin/contracts/utils/types/Time.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";
import { AgedVotes } from "./libraries/AgedVotes.sol";

/// @title ParleyToken
/// @notice See the interface.
contract ParleyToken is ERC20Permit, ERC20Votes, IParleyToken {
    using AgedVotes for AgedVotes.Period[];

    /// Each period costs a weight's reader one storage slot or two.
    uint256 private constant MAXIMUM_AGING_PERIODS = 30;

    /// @inheritdoc IParleyToken
    address public immutable minter;
    /// @inheritdoc IParleyToken
    uint256 public immutable cap;

    uint256 private immutable _initialSupply;
    uint64 private immutable _startSeconds;
    uint64 private immutable _epochSeconds;
    uint96 private immutable _epochRewardWei;
    uint96 private immutable _headroomWei;
    uint32 private immutable _periodSeconds;
    uint8 private immutable _agingPeriods;

    mapping(address delegatee => AgedVotes.Period[]) private _periods;

    /// @param holder receives `initialSupply` wei, less what the pool gets.
    /// @param claims address that the Claims contract will have; the only minter.
    /// @param pool address that the AnchorRewards contract will have; receives `poolWei` of the initial supply.
    constructor(
        address holder,
        uint256 initialSupply,
        uint256 supplyCap,
        address claims,
        Schedule memory schedule_,
        address pool,
        uint256 poolWei
    ) ERC20("Parley", "PAR") ERC20Permit("Parley") {
        // Claims and AgedVotes keep amounts in 96 bits.
        if (
            poolWei > initialSupply ||
            initialSupply > supplyCap ||
            supplyCap > type(uint96).max ||
            schedule_.epochSeconds == 0 ||
            schedule_.periodSeconds == 0 ||
            schedule_.agingPeriods > MAXIMUM_AGING_PERIODS
        ) revert InvalidSchedule();
        minter = claims;
        cap = supplyCap;
        _initialSupply = initialSupply;
        _startSeconds = schedule_.startSeconds;
        _epochSeconds = schedule_.epochSeconds;
        _epochRewardWei = schedule_.epochRewardWei;
        _headroomWei = schedule_.headroomWei;
        _periodSeconds = schedule_.periodSeconds;
        _agingPeriods = schedule_.agingPeriods;
        _mint(holder, initialSupply - poolWei);
        if (poolWei != 0) _mint(pool, poolWei);
    }

    /// @inheritdoc IParleyToken
    function mint(address to, uint256 amount) external {
        if (msg.sender != minter) revert NotMinter(msg.sender);
        uint256 allowedWei = mintableWei();
        if (amount > allowedWei) revert EmissionExceeded(allowedWei, amount);
        _mint(to, amount);
    }

    /// @inheritdoc IParleyToken
    function schedule() external view returns (Schedule memory) {
        return
            Schedule({
                startSeconds: _startSeconds,
                epochSeconds: _epochSeconds,
                epochRewardWei: _epochRewardWei,
                headroomWei: _headroomWei,
                periodSeconds: _periodSeconds,
                agingPeriods: _agingPeriods
            });
    }

    /// @inheritdoc IParleyToken
    function weightAt(address account, uint256 timepoint) external view returns (uint256) {
        uint256 latest = block.timestamp - (block.timestamp % _periodSeconds);
        if (timepoint > latest) revert PeriodNotOver(latest, timepoint);
        uint256 period = timepoint / _periodSeconds;
        uint256 begun = timepoint % _periodSeconds;
        if (period == 0) return 0;
        AgedVotes.Period[] storage periods = _periods[account];
        uint256 weighted = periods.least(period - 1, _agingPeriods) * (_periodSeconds - begun);
        if (begun != 0) weighted += periods.least(period, _agingPeriods) * begun;
        return weighted / _periodSeconds;
    }

    /// @inheritdoc IParleyToken
    function mintableWei() public view returns (uint256) {
        return emittedBy(block.timestamp) - mintedWei();
    }

    /// @inheritdoc IParleyToken
    function mintedWei() public view returns (uint256) {
        return totalSupply() - _initialSupply;
    }

    /// @inheritdoc IParleyToken
    function emittedBy(uint256 timestamp) public view returns (uint256) {
        uint256 epochs = Math.saturatingSub(timestamp, _startSeconds) / _epochSeconds;
        uint256 scheduledWei = Math.saturatingAdd(Math.saturatingMul(epochs, _epochRewardWei), _headroomWei);
        return Math.min(scheduledWei, cap - _initialSupply);
    }

    /// @inheritdoc ERC20Permit
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @notice Claims delegates to nobody: knowing that saves every claim a storage read.
    /// @inheritdoc Votes
    function delegates(address account) public view override returns (address) {
        return account == minter ? address(0) : super.delegates(account);
    }

    /// @inheritdoc Votes
    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    /// @inheritdoc Votes
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }

    function _moveDelegateVotes(address from, address to, uint256 amount) internal override {
        super._moveDelegateVotes(from, to, amount);
        if (from == to || amount == 0) return;
        uint256 period = block.timestamp / _periodSeconds;
        if (from != address(0)) _periods[from].set(period, getVotes(from));
        if (to != address(0)) _periods[to].set(period, getVotes(to));
    }

    function _maxSupply() internal view override returns (uint256) {
        return cap;
    }
}
