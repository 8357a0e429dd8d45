// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Create3 } from "@openzeppelin/contracts/utils/Create3.sol";
import { Claims } from "./Claims.sol";
import { Staking } from "./Staking.sol";
import { IClaims } from "./interfaces/IClaims.sol";
import { IEpochAnchor } from "./interfaces/IEpochAnchor.sol";
import { IParleyNetwork } from "./interfaces/IParleyNetwork.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";

/// @title ParleyNetwork
/// @notice See the interface.
contract ParleyNetwork is IParleyNetwork {
    uint256 private constant PARTS = 11;

    bytes32[PARTS] private _codeHashes;
    Parameters private _parameters;

    constructor(Parameters memory parameters_, bytes32[PARTS] memory codeHashes) {
        // Of any such stretch of time, a pause can take at most a half: the rest is there to claim.
        uint256 minimumNotice = 2 * uint256(parameters_.guardian.maximumPauseSeconds);
        if (parameters_.claims.noticeSeconds < minimumNotice) {
            revert NoticeTooShort(minimumNotice, parameters_.claims.noticeSeconds);
        }
        _parameters = parameters_;
        _codeHashes = codeHashes;
    }

    /// @inheritdoc IParleyNetwork
    function deploy(Part part, bytes calldata creationCode) external returns (address created) {
        bytes32 codeHash = keccak256(creationCode);
        if (codeHash != _codeHashes[uint256(part)]) {
            revert WrongCode(part, _codeHashes[uint256(part)], codeHash);
        }
        created = addressOf(part);
        if (created.code.length != 0) revert AlreadyDeployed(part, created);
        emit Deployed(part, created);
        Create3.deploy(0, bytes32(uint256(part)), bytes.concat(creationCode, _argumentsOf(part)));
    }

    /// @inheritdoc IParleyNetwork
    function codeHashOf(Part part) external view returns (bytes32) {
        return _codeHashes[uint256(part)];
    }

    /// @inheritdoc IParleyNetwork
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc IParleyNetwork
    function addressOf(Part part) public view returns (address) {
        return Create3.computeAddress(bytes32(uint256(part)));
    }

    /// ABI encoding of a contract's constructor arguments.
    function _argumentsOf(Part part) private view returns (bytes memory) {
        if (part == Part.Token) return _tokenArguments();
        if (part == Part.Staking) return _stakingArguments();
        if (part == Part.Claims) return _claimsArguments();
        address staking = addressOf(Part.Staking);
        address epochAnchor = addressOf(Part.EpochAnchor);
        address claims = addressOf(Part.Claims);
        address executor = _parameters.executor;
        if (part == Part.EpochAnchor) {
            return
                abi.encode(
                    staking,
                    addressOf(Part.Token),
                    addressOf(Part.Guardian),
                    addressOf(Part.Disputes),
                    _parameters.challengeSeconds,
                    _parameters.bondWei
                );
        }
        if (part == Part.Treasury) return abi.encode(executor);
        if (part == Part.Guardian) {
            GuardianTerms memory terms = _parameters.guardian;
            return
                abi.encode(
                    terms.keeper,
                    executor,
                    terms.maximumPauseSeconds,
                    terms.gapSeconds,
                    epochAnchor,
                    claims
                );
        }
        if (part == Part.Disputes) return _disputesArguments();
        if (part == Part.CommitLog) return "";
        if (part == Part.ModelRegistry) return abi.encode(epochAnchor);
        if (part == Part.AnchorRewards) return _rewardArguments();
        return abi.encode(staking, claims);
    }

    function _tokenArguments() private view returns (bytes memory) {
        address holder = _parameters.holder == address(0) ? addressOf(Part.Treasury) : _parameters.holder;
        return
            abi.encode(
                holder,
                _parameters.initialSupplyWei,
                _parameters.supplyCapWei,
                addressOf(Part.Claims),
                _parameters.schedule,
                addressOf(Part.AnchorRewards),
                _parameters.anchorRewards.poolWei
            );
    }

    function _stakingArguments() private view returns (bytes memory) {
        StakingTerms memory terms = _parameters.staking;
        return
            abi.encode(
                addressOf(Part.Token),
                addressOf(Part.Disputes),
                addressOf(Part.Treasury),
                Staking.Parameters({
                    minimumStake: terms.minimumStakeWei,
                    minimumDelegation: terms.minimumDelegationWei,
                    unbondingSeconds: terms.unbondingSeconds,
                    maximumLockSeconds: terms.maximumLockSeconds,
                    maximumNodes: terms.maximumNodes,
                    claims: IClaims(addressOf(Part.Claims))
                })
            );
    }

    function _claimsArguments() private view returns (bytes memory) {
        ClaimsTerms memory terms = _parameters.claims;
        return
            abi.encode(
                Claims.Configuration({
                    token: IParleyToken(addressOf(Part.Token)),
                    epochAnchor: IEpochAnchor(addressOf(Part.EpochAnchor)),
                    treasury: addressOf(Part.Treasury),
                    guardian: addressOf(Part.Guardian),
                    accountLinks: addressOf(Part.AccountLinks),
                    foundationPpm: terms.foundationPpm,
                    unclaimedSeconds: terms.unclaimedSeconds,
                    noticeSeconds: terms.noticeSeconds
                })
            );
    }

    function _rewardArguments() private view returns (bytes memory) {
        AnchorTerms memory terms = _parameters.anchorRewards;
        return
            abi.encode(
                addressOf(Part.Token),
                addressOf(Part.EpochAnchor),
                _parameters.executor,
                terms.rewardWei,
                terms.maximumRewardWei
            );
    }

    function _disputesArguments() private view returns (bytes memory) {
        return
            abi.encode(
                addressOf(Part.Staking),
                addressOf(Part.EpochAnchor),
                addressOf(Part.CommitLog),
                addressOf(Part.Token),
                addressOf(Part.Treasury),
                _parameters.disputes
            );
    }
}
