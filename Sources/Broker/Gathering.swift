package import Desk
package import Storage
package import Tickets
package import Wire

/// What gathers for the next turn while the one before it is being stored.
///
/// Here is decided what leaves when; the broker's loop and the simulator's do as they are told.
package struct Gathering {
    package var turn = Turn()
    /// How many of the turn's records were followed.
    package var followed = 0
    /// What needs no commit of its own, but keeps its order: errors about frames, results of questions.
    package var items: [(SessionID, ProtoItem)] = []
    /// When its first frame came, in microseconds of the monotonic clock; 0 before.
    package var since: Int64 = 0

    package init() {}

    package var isEmpty: Bool { turn.isEmpty && items.isEmpty }

    /// What is to be done with a turn that has gathered.
    package enum Step {
        /// There is nothing to store: it leaves.
        case leave(Outgoing)
        /// Store these; what goes with them leaves when they are on disk.
        case store([Record])
    }

    /// The next thing to be done; nil while there is nothing, or the store is busy with what is `awaited`.
    package mutating func handOver(_ awaited: inout Outgoing?) -> Step? {
        guard awaited == nil, !isEmpty else { return nil }
        #if PLANTED_BUGS
            if let early = takeEarly() { return .leave(early) }
        #endif
        let records = turn.records
        let outgoing = Outgoing(directives: turn.directives, items: items, since: since)
        self = Gathering()
        guard !records.isEmpty else { return .leave(outgoing) }
        awaited = outgoing
        return .store(records)
    }

    #if PLANTED_BUGS
        private mutating func takeEarly() -> Outgoing? {
            func isTooEarly(_ directive: Directive) -> Bool {
                switch directive {
                case .answer: PlantedBug.isActive(.answersBeforeCommit)
                case .grant: PlantedBug.isActive(.grantsBeforeCommit)
                default: false
                }
            }
            let early = turn.directives.filter(isTooEarly)
            turn.directives.removeAll(where: isTooEarly)
            return early.isEmpty ? nil : Outgoing(directives: early, items: [], since: since)
        }
    #endif
}

/// What leaves once a turn is on disk.
package struct Outgoing {
    package var directives: [Directive]
    package var items: [(SessionID, ProtoItem)]
    package var since: Int64
    /// The desk as of this turn, if a snapshot is to be taken: only of what is on disk. In an array, because most turns
    /// have none, and room for one would be moved with each of them: a kilobyte.
    package var snapshot: [Desk] = []

    init(directives: [Directive], items: [(SessionID, ProtoItem)], since: Int64) {
        self.directives = directives
        self.items = items
        self.since = since
    }

    /// What leaves now that the store has done what was `awaited`.
    ///
    /// - Throws: The store's failure. Nobody can say then what is on disk, so nothing leaves and the process ends.
    package static func settle(
        _ awaited: inout Outgoing?, _ failure: StoreError? = nil
    ) throws(StoreError) -> Outgoing? {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.failedCommitTakenForDone) { return awaited.take() }
        #endif
        if let failure { throw failure }
        return awaited.take()
    }
}
