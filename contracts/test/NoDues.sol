// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Claims } from "../Claims.sol";
import { IEpochAnchor } from "../interfaces/IEpochAnchor.sol";
import { IParleyToken } from "../interfaces/IParleyToken.sol";

/// @title Claims of a network without epochs
library NoDues {
    /// @notice For tests of Staking alone, which prepares accounts there.
    function claimsOf(address token) internal returns (Claims) {
        return
            new Claims(
                Claims.Configuration({
                    token: IParleyToken(token),
                    epochAnchor: IEpochAnchor(address(0)),
                    treasury: token,
                    guardian: address(0),
                    accountLinks: address(0),
                    foundationPpm: 0,
                    unclaimedSeconds: 0,
                    noticeSeconds: 0
                })
            );
    }
}
