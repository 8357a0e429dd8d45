// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Create2 } from "@openzeppelin/contracts/utils/Create2.sol";
import { ParleyNetwork } from "./ParleyNetwork.sol";
import { IParleyNetwork } from "./interfaces/IParleyNetwork.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";
import { Network } from "./test/Network.sol";

contract ParleyNetworkTest is Network {
    event Deployed(IParleyNetwork.Part indexed part, address created);

    function testEveryContractNamesEveryOther() public view {
        assertEq(token.minter(), address(claims));
        assertEq(address(staking.token()), address(token));
        assertEq(staking.slasher(), network.addressOf(IParleyNetwork.Part.Disputes));
        assertEq(staking.treasury(), address(treasury));
        assertEq(address(epochAnchor.staking()), address(staking));
        assertEq(address(epochAnchor.token()), address(token));
        assertEq(epochAnchor.guardian(), address(guardian));
        assertEq(epochAnchor.disputes(), network.addressOf(IParleyNetwork.Part.Disputes));
        assertEq(address(claims.token()), address(token));
        assertEq(address(claims.epochAnchor()), address(epochAnchor));
        assertEq(claims.treasury(), address(treasury));
        assertEq(claims.guardian(), address(guardian));
        assertEq(claims.accountLinks(), address(accountLinks));
        assertEq(treasury.executor(), EXECUTOR);
        assertEq(guardian.keeper(), KEEPER);
        assertEq(guardian.executor(), EXECUTOR);
        assertEq(address(guardian.claims()), address(claims));
        assertEq(address(guardian.epochAnchor()), address(epochAnchor));
        assertEq(address(modelRegistry.epochAnchor()), address(epochAnchor));
        assertEq(address(accountLinks.staking()), address(staking));
        assertEq(address(accountLinks.claims()), address(claims));
        assertEq(address(anchorRewards.token()), address(token));
        assertEq(address(anchorRewards.epochAnchor()), address(epochAnchor));
        assertEq(anchorRewards.executor(), EXECUTOR);
    }

    function testTermsReachTheContracts() public view {
        assertEq(keccak256(abi.encode(network.parameters())), keccak256(abi.encode(defaultParameters())));
        assertEq(staking.minimumStake(), MINIMUM_STAKE);
        assertEq(staking.minimumDelegation(), 1 ether);
        assertEq(staking.unbondingSeconds(), UNBONDING_SECONDS);
        assertEq(staking.maximumLockSeconds(), 365 days);
        assertEq(staking.maximumNodes(), MAXIMUM_NODES);
        assertEq(epochAnchor.challengeSeconds(), CHALLENGE_SECONDS);
        assertEq(epochAnchor.bondWei(), 0);
        assertEq(claims.foundationPpm(), FOUNDATION_PPM);
        assertEq(claims.unclaimedSeconds(), UNCLAIMED_SECONDS);
        assertEq(claims.noticeSeconds(), NOTICE_SECONDS);
        assertEq(guardian.maximumPauseSeconds(), MAXIMUM_PAUSE_SECONDS);
        assertEq(guardian.gapSeconds(), GAP_SECONDS);
        assertEq(anchorRewards.rewardWei(), ANCHOR_REWARD_WEI);
        assertEq(anchorRewards.maximumRewardWei(), MAXIMUM_ANCHOR_REWARD_WEI);
    }

    function testAddressesFollowFromParametersAndCode() public {
        bytes32[11] memory hashes = codeHashes();
        bytes memory code = bytes.concat(
            type(ParleyNetwork).creationCode,
            abi.encode(defaultParameters(), hashes)
        );
        address expected = Create2.computeAddress(bytes32(uint256(1)), keccak256(code));
        ParleyNetwork other = ParleyNetwork(Create2.deploy(0, bytes32(uint256(1)), code));
        assertEq(address(other), expected);
        address later = other.addressOf(IParleyNetwork.Part.Token);
        VM.expectEmit(address(other));
        emit Deployed(IParleyNetwork.Part.Token, later);
        assertEq(other.deploy(IParleyNetwork.Part.Token, creationCode(IParleyNetwork.Part.Token)), later);
        assertTrue(later.code.length != 0, "where it was said to be");
    }

    function testAnyoneDeploysInAnyOrder() public {
        ParleyNetwork other = new ParleyNetwork(defaultParameters(), codeHashes());
        for (uint256 i = 11; i != 0; --i) {
            IParleyNetwork.Part part = IParleyNetwork.Part(i - 1);
            VM.prank(person(i));
            other.deploy(part, creationCode(part));
        }
        for (uint256 i = 0; i < 11; ++i) {
            assertTrue(other.addressOf(IParleyNetwork.Part(i)).code.length != 0, "deployed");
        }
    }

    function testOnlyTheNamedCodeIsDeployed() public {
        ParleyNetwork other = new ParleyNetwork(defaultParameters(), codeHashes());
        bytes memory code = creationCode(IParleyNetwork.Part.Treasury);
        VM.expectRevert(
            abi.encodeWithSelector(
                IParleyNetwork.WrongCode.selector,
                IParleyNetwork.Part.Token,
                other.codeHashOf(IParleyNetwork.Part.Token),
                keccak256(code)
            )
        );
        other.deploy(IParleyNetwork.Part.Token, code);
    }

    function testNothingIsDeployedTwice() public {
        bytes memory code = creationCode(IParleyNetwork.Part.Treasury);
        VM.expectRevert(
            abi.encodeWithSelector(
                IParleyNetwork.AlreadyDeployed.selector,
                IParleyNetwork.Part.Treasury,
                address(treasury)
            )
        );
        network.deploy(IParleyNetwork.Part.Treasury, code);
    }

    function testAConstructorsRefusalIsHandedOn() public {
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        parameters.schedule.epochSeconds = 0;
        ParleyNetwork other = new ParleyNetwork(parameters, codeHashes());
        bytes memory code = creationCode(IParleyNetwork.Part.Token);
        VM.expectRevert(abi.encodeWithSelector(IParleyToken.InvalidSchedule.selector));
        other.deploy(IParleyNetwork.Part.Token, code);
    }

    function testPausesCannotEatUpTheNoticeOfAnExpiry() public {
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        parameters.claims.noticeSeconds = 2 * MAXIMUM_PAUSE_SECONDS - 1;
        bytes32[11] memory hashes = codeHashes();
        VM.expectRevert(
            abi.encodeWithSelector(
                IParleyNetwork.NoticeTooShort.selector,
                2 * MAXIMUM_PAUSE_SECONDS,
                2 * MAXIMUM_PAUSE_SECONDS - 1
            )
        );
        new ParleyNetwork(parameters, hashes);
    }

    /// EIP-170 and EIP-3860, which forge does not hold tests to.
    function testEveryContractFitsAChain() public view {
        assertTrue(address(network).code.length <= 24_576, "the deployer itself");
        assertTrue(type(ParleyNetwork).creationCode.length <= 48_000, "the deployer's creation code");
        for (uint256 i = 0; i < 11; ++i) {
            IParleyNetwork.Part part = IParleyNetwork.Part(i);
            assertTrue(network.addressOf(part).code.length <= 24_576, "a contract");
            // With room for arguments.
            assertTrue(creationCode(part).length <= 48_000, "a contract's creation code");
        }
    }

    function codeHashes() private pure returns (bytes32[11] memory hashes) {
        for (uint256 i = 0; i < 11; ++i) hashes[i] = keccak256(creationCode(IParleyNetwork.Part(i)));
    }
}
