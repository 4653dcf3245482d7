#if PLANTED_BUGS
    /// Bugs that are built in on purpose, to show that the simulator finds them. Not there in normal builds.
    ///
    /// Each stands where a programmer might have made it; at most one is active in a process.
    package enum PlantedBug: String, CaseIterable, Sendable {
        // The fence.
        case tokenUnchecked, holderUnchecked, seenUnchecked, frameUnchecked, solvedIsClaimed, claimTakesOver
        case tokenKept, escalatesBack, escalationUnbounded
        // Once and only once.
        case answersForgotten, conflictUnnoticed, knownAnswerDiffers, refusedButDone, answersLostInSnapshot
        case outboxNotRewound, delayedForgotten, newIDWhenResent, answeredTwice
        // Leases.
        case renewalIgnored, leaseForever, leaseHalved, graceForgotten, oldRunInherited
        // The lines.
        case lastComesFirst, headStartIgnored, placeLost, declinedForgotten, oneSeatMore, putBackForgotten
        case waitingLostAtRestart, reservedForever, declinedForever
        // Time.
        case wakeForgotten, wakesEarly, wakesLostAtRestart
        // Counts.
        case failuresUncounted, neverParks, leavingIsFailing, numberSkipped, outboxSkips, outboxRestarts
        case censusDrifts, closesReopened, ownerChanges, accountCountsEarly
        // The store.
        case answersBeforeCommit, grantsBeforeCommit, failedCommitTakenForDone, recoverySkipsLast, epochStays
        case recordLosesWakes
        // Privacy.
        case grantToEverybody

        // Written once, before the first run of the process.
        nonisolated(unsafe) private static var active: PlantedBug?

        package static func activate(_ bug: PlantedBug) { active = bug }

        package static func isActive(_ bug: PlantedBug) -> Bool { active == bug }
    }
#endif
