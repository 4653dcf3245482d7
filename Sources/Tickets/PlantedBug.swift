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
        case outboxNotRewound, delayedForgotten, newIDWhenResent, answeredTwice, sentThoughRefused
        // Leases.
        case renewalIgnored, leaseForever, leaseHalved, graceForgotten, oldRunInherited
        // The lines.
        case lastComesFirst, headStartIgnored, placeLost, declinedForgotten, oneSeatMore, putBackForgotten
        case waitingLostAtRestart, reservedForever, declinedForever
        case sizeIgnored, callTakenForATicket
        case fairnessIgnored, solvedStayInCrowd, customersLostInSnapshot
        case selectionIgnored
        case offerRenewed, missedStaysThere, awayForgottenAtHello, mergedUnheard, spamUnheard,
            stackKeptInOverflow, offerLostInSnapshot
        case familiarForgotten, familiarPassedOver, acquaintancesLostInSnapshot
        case overflowForgotten, placeLostInOverflow, arrivalsLostInSnapshot
        case skillsIgnored, skillsNeverDropped, levelIgnored, preferredForever, relaxedEarly,
            demandsLostInSnapshot
        case ageingIgnored, fifoByPriority, deadlineIgnored, effortIgnored, rankStays
        // Time.
        case wakeForgotten, wakesEarly, wakesLostAtRestart
        // Counts.
        case failuresUncounted, neverParks, leavingIsFailing, numberSkipped, outboxSkips, outboxRestarts
        case censusDrifts, closesReopened, ownerChanges, accountCountsEarly
        // The store.
        case answersBeforeCommit, grantsBeforeCommit, failedCommitTakenForDone, recoverySkipsLast, epochStays
        case recordLosesWakes, snapshotUnsealed
        // The coordinator.
        case readingTooOldTaken, viewLagIgnored
        // The life of a ticket.
        case closesTooSoon, mergesInCircles, mergedKeepsItsClaim, takenOverIsHeldStill, draftLost
        case ownerWithoutReason, recordLosesAmendments
        // Promises.
        case breachUnsaid, pauseForgotten, alertsForgottenInSnapshot, promisesLostAtRestart,
            answerBeforeBreach, noticeRepeated, noticeIsAnswer, noticeNotSent
        case stepForgotten, stepLowers, ruleExceptionIgnored
        case messageRuleForgotten
        case spamStays, spamWaits
        case neverJoins, mattersLostInSnapshot
        case acknowledgementForgotten, acknowledgementIsAnswer, toldForgotten, declinerStaysOwner,
            budgetForgotten,
            clocksForgotten
        case strangersAreHeard
        // Improvements.
        case wishEndsWithTicket, wishStays, askersToldTwice, wishesLostInSnapshot
        // The way up and back.
        case framesCollapse, framesReversedInSnapshot, handsBackToTheFirst, checklistIgnored,
            checklistLostInSnapshot, deputyPassedOver, deputyMayBeAway, ownerPassedOver
        // What has to do with what.
        case partsIgnored, partsInCircles, partStaysWithBoth, partsLostInSnapshot, splitIsMessage
        case mergesFollowedOnce, mergesLostInSnapshot, linkOneWay, participantsLeaveWithOwner,
            participantsMergedAway
        case colleagueMayAmend
        // Rules.
        case ruleStopIgnored, templateForgotten, statusForgotten
        // Privacy.
        case grantToEverybody

        // Written once, before the first run of the process.
        nonisolated(unsafe) private static var active: PlantedBug?

        package static func activate(_ bug: PlantedBug) { active = bug }

        package static func isActive(_ bug: PlantedBug) -> Bool { active == bug }
    }
#endif
