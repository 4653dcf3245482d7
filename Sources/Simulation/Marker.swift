/// Something that must happen at least once over a batch of runs: a simulator that never sees it proves nothing
/// about it.
package enum Marker: Int, CaseIterable, Sendable {
    case connectionCut
    case lateFrameOfAnOldConnection
    case frameLost
    case frameDuplicated
    case brokerCrashed
    case brokerCrashedInACommit
    case commitOnItsWayWasKept
    case commitOnItsWayWasLost
    case brokerStoodStill
    case brokerDrained
    case restartFromASnapshot
    case restartWithoutASnapshot
    case snapshotDamaged
    case diskFailed
    case diskNearlyFull
    case submissionRefusedForNow
    case peerCrashed
    case nodeDrained
    case nodeLeftItsClaim
    case nodeSuperseded
    case twoIncarnations
    case newConnectionMade
    case sessionLost
    case configured
    case grantReadBack
    case grantAgainAfterReconnecting
    case leaseExpired
    case leaseExpiredWhileItsNodeWorked
    case claimReleasedByARestart
    case staleCommandRefused
    case rogueCommandRefused
    case commandAnsweredFromTheBook
    case conflictRefused
    case newerMessageRefused
    case declined
    case parkedAfterFailures
    case parkedAfterDeclines
    case takenByAPerson
    case pendedAndWoke
    case wokenByItsCustomer
    case spam
    case spamTakenBack
    case reopened
    case closed
    case escalated
    case handedBackToItsOwner
    case handedBackToAnother
    case conversationFull
    case wallClockJumpedBack
    case turnOfManyRecords
    case turnDecidedDuringACommit
    case snapshotTorn
    case frameRefusedForLackOfRoom
    case slowPeerGivenUp
    case metricsLost
    case metricsOutOfOrder
    case coordinatorRestarted
    case figuresBehindTheLog
    case accountBehindTheLog
    case accountOfARunThatEnded
    case priorityChanged
    case ownerChanged
    case drafted
    case takenOver
    case merged
    case closedByTime
    case lateMessageMadeATicket
    case strangerHasTheirOwn
    case participantMerged
    case promiseWarned
    case promiseBroken
    case promiseKeptToTheWord
    case budgetCameDue
    case delayNotified
    case routed
    case takenByDeadline
    case takenInOrderOfTime
    case takenByEffort
    case seatsFilledToTheLast
    case firstHasNoRoom
    case takenBySkill
    case takenWhenRelaxed
    case customerWithMany
    case takenByWhoKnowsThem
    case overflowed
    case declinedAndOverflowed
    case skillsDropped
    case offerAccepted
    case offerMissed
    case backAfterAMiss
    case awayWhenItConnected
    case ladderClimbed
    case acknowledged
    case joined
    case escalatedTwice
    case escalatedThrice
    case movedDownItsStack
    case heardWhereItGoesOn
    case handedBackHalfway
    case checklistFilledIn
    case checklistOpen
    case deputyTookBack
    case waitedForItsOwner
    case split
    case partMade
    case partOfAPart
    case partTakenOff
    case wholeBeforeItsParts
    case circleRefused
    case linked
    case unlinked
    case participantJoined
    case participantParted
    case answeredDirectly
    case colleagueNoted
    case colleagueRefused
    case mergeOfAMergedRefused
    case heardWhereItEnded
    case toldByARule
    case setAsideByARule
    case openedAfterARule
    case toldOfAnImprovement
    case toldAfterItWasClosed
    case toldOnceForSeveral
    case wishOutlivedItsTicket

    /// In words: the case's name, taken apart.
    package var words: String {
        "\(self)".reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : "\($1)" }
    }
}

/// Which markers were reached.
package struct Markers: Codable, Sendable {
    private var counts = [UInt64](repeating: 0, count: Marker.allCases.count)

    package init() {}

    package subscript(marker: Marker) -> UInt64 { counts[marker.rawValue] }

    mutating func reach(_ marker: Marker) { counts[marker.rawValue] += 1 }

    package mutating func add(_ other: Markers) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    package var unreached: [Marker] { Marker.allCases.filter { self[$0] == 0 } }
}
