// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IParleyNetwork } from "./interfaces/IParleyNetwork.sol";
import { IParleyToken } from "./interfaces/IParleyToken.sol";
import { ParleyToken } from "./ParleyToken.sol";
import { Network } from "./test/Network.sol";

contract ParleyTokenTest is Network {
    function testInitialSupplyIsTheHolders() public view {
        assertEq(token.totalSupply(), SUPPLY);
        assertEq(token.balanceOf(address(this)), SUPPLY);
        assertEq(token.cap(), CAP);
        assertEq(token.minter(), address(claims));
        assertEq(token.mintedWei(), 0);
    }

    function testFuzzOnlyTheMinterMints(address caller, uint256 amount) public {
        VM.assume(caller != address(claims));
        VM.prank(caller);
        VM.expectRevert(abi.encodeWithSelector(IParleyToken.NotMinter.selector, caller));
        token.mint(caller, amount);
    }

    function testFuzzSupplyNeverPassesTheScheduleOrTheCap(uint256 amount, uint256 hoursLater) public {
        hoursLater = clamp(hoursLater, 0, 2_000_000);
        VM.warp(START_SECONDS + hoursLater * 1 hours);
        uint256 allowed = HEADROOM_WEI + hoursLater * EPOCH_REWARD_WEI;
        if (allowed > CAP - SUPPLY) allowed = CAP - SUPPLY;
        assertEq(token.mintableWei(), allowed);
        amount = clamp(amount, 1, CAP);
        bool fits = amount <= allowed;
        VM.prank(address(claims));
        if (!fits) {
            VM.expectRevert(abi.encodeWithSelector(IParleyToken.EmissionExceeded.selector, allowed, amount));
        }
        token.mint(person(0), amount);
        assertEq(token.totalSupply(), fits ? SUPPLY + amount : SUPPLY);
        assertEq(token.mintableWei(), fits ? allowed - amount : allowed);
    }

    function testTheScheduleCountsWholeEpochsFromItsStart() public view {
        assertEq(token.emittedBy(0), HEADROOM_WEI);
        assertEq(token.emittedBy(START_SECONDS + EPOCH_SECONDS - 1), HEADROOM_WEI);
        assertEq(token.emittedBy(START_SECONDS + EPOCH_SECONDS), HEADROOM_WEI + EPOCH_REWARD_WEI);
        assertEq(token.emittedBy(START_SECONDS + 10 * EPOCH_SECONDS), HEADROOM_WEI + 10 * EPOCH_REWARD_WEI);
        assertEq(token.emittedBy(type(uint256).max), CAP - SUPPLY);
    }

    function testFuzzTheScheduleNeverShrinks(uint256 first, uint256 later) public view {
        if (first > later) (first, later) = (later, first);
        assertTrue(token.emittedBy(first) <= token.emittedBy(later), "grows with time");
    }

    function testReadsBackItsSchedule() public view {
        IParleyToken.Schedule memory schedule = token.schedule();
        bytes memory expected = abi.encode(defaultParameters().schedule);
        assertEq(keccak256(abi.encode(schedule)), keccak256(expected));
    }

    function testRefusesAScheduleOutOfRange() public {
        for (uint256 i = 0; i < 5; ++i) {
            IParleyToken.Schedule memory schedule = defaultParameters().schedule;
            uint256 cap = CAP;
            if (i == 0) schedule.epochSeconds = 0;
            if (i == 1) schedule.periodSeconds = 0;
            if (i == 2) schedule.agingPeriods = 31;
            if (i == 3) cap = uint256(type(uint96).max) + 1;
            if (i == 4) cap = SUPPLY - 1;
            VM.expectRevert(abi.encodeWithSelector(IParleyToken.InvalidSchedule.selector));
            new ParleyToken(address(this), SUPPLY, cap, address(claims), schedule, address(0), 0);
        }
    }

    function testPermitGivesAllowanceByASignature() public {
        address owner = operatorOf(0);
        bytes32 permit = keccak256(
            abi.encode(
                keccak256(
                    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
                ),
                owner,
                person(1),
                5 ether,
                0,
                block.timestamp
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), permit));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(operatorKey(0), digest);
        token.permit(owner, person(1), 5 ether, block.timestamp, v, r, s);
        assertEq(token.allowance(owner, person(1)), 5 ether);
        assertEq(token.nonces(owner), 1);
    }

    function testTheClockIsUnixTime() public view {
        assertEq(token.clock(), block.timestamp);
        assertEq(keccak256(bytes(token.CLOCK_MODE())), keccak256("mode=timestamp"));
    }

    function testVotesAreReadableAtAPastTime() public {
        assertTrue(token.transfer(person(0), 7 ether), "sent");
        VM.prank(person(0));
        token.delegate(person(0));
        VM.warp(block.timestamp + 1);
        VM.prank(person(0));
        assertTrue(token.transfer(person(1), 3 ether), "sent");
        assertEq(token.getPastVotes(person(0), block.timestamp - 1), 7 ether);
        assertEq(token.getPastTotalSupply(block.timestamp - 1), SUPPLY);
        assertEq(token.getVotes(person(0)), 4 ether);
    }

    function testTheInitialSupplyCanGoToTheTreasury() public {
        IParleyNetwork.Parameters memory parameters = defaultParameters();
        parameters.holder = address(0);
        deployNetwork(parameters);
        assertEq(token.balanceOf(address(treasury)), SUPPLY);
    }
}
