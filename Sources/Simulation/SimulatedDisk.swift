import Desk
import Storage
import Tickets

/// The disk of the broker: what was committed stays, what was on its way when power failed may or may not be there.
///
/// What is on it goes through the real coding, sealing and recovery; only the medium is memory.
struct SimulatedDisk {
    let store = MemoryStore()
    private(set) var writer: (any LogWriter)?
    /// The turn that is being committed.
    private(set) var inFlight: [Record] = []
    var isBusy: Bool { !inFlight.isEmpty }
    /// How many times slower than usual it is.
    var slowness: Int64 = 1
    var failsNext = false
    var isNearlyFull = false
    /// The last event that is on it for certain.
    private(set) var durable = Position.start
    /// Every turn, to be read back.
    private(set) var turns: [[Record]] = []
    /// Where each ticket's entries are in ``turns``.
    private var entries: [[Place]] = []
    private var chance: Chance
    private let commitMicroseconds: Int64

    private struct Place {
        var turn: Int32
        var index: Int32
    }

    init(seed: UInt64, commitMicroseconds: Int64) {
        chance = Chance(seed: seed, .disk)
        self.commitMicroseconds = commitMicroseconds
    }

    /// Opens the log for a new run of the broker.
    ///
    /// - Returns: Its epoch.
    mutating func open() throws(StoreError) -> UInt64 {
        writer = nil
        let opened = try store.openLog()
        writer = opened
        return opened.epoch
    }

    /// Begins a commit.
    ///
    /// - Returns: How long it takes, in microseconds.
    mutating func begin(_ turn: [Record]) -> Int64 {
        precondition(!isBusy, "one commit at a time")
        inFlight = turn
        return (commitMicroseconds / 2 + chance.below(commitMicroseconds + 1)) * slowness
    }

    /// Ends a commit.
    ///
    /// - Returns: What is on disk now; nil when it failed, and nobody can say what is there.
    mutating func finish() -> [Record]? {
        guard !failsNext else {
            failsNext = false
            #if PLANTED_BUGS
                if PlantedBug.isActive(.failedCommitTakenForDone) { inFlight = [] }
            #endif
            return nil
        }
        return keepInFlight()
    }

    /// What a crash, or a failure, leaves of the turn that was on its way: all or nothing, as a row is.
    ///
    /// - Returns: What was on its way and is on disk; empty when nothing is.
    mutating func crash() -> [Record] {
        guard isBusy else { return [] }
        if chance.happens(perMille: 500), let kept = keepInFlight() { return kept }
        inFlight = []
        return []
    }

    /// What a crash leaves of a snapshot that was being written: nothing, or its beginning, under its name, as a disk
    /// leaves it that renames before it writes.
    ///
    /// - Returns: Whether there is something.
    mutating func crash(writing desk: Desk) throws(StoreError) -> Bool {
        guard chance.happens(perMille: 700) else { return false }
        let bytes = try SnapshotCoding.encode(desk)
        let torn = Array(bytes.prefix(chance.below(bytes.count)))
        store.alterSnapshots { $0 = $0.suffix(1) + [torn] }
        return true
    }

    private mutating func keepInFlight() -> [Record]? {
        let turn = inFlight
        do {
            try writer?.append([turn])
        } catch {
            return nil
        }
        inFlight = []
        for (place, record) in turn.enumerated() {
            index(record, Place(turn: Int32(turns.count), index: Int32(place)))
        }
        turns.append(turn)
        durable = turn.last?.position ?? durable
        return turn
    }

    private mutating func index(_ record: Record, _ place: Place) {
        if case .submitted = record.event { entries.append([]) }
        guard record.event.makesEntry else { return }
        record.event.eachTicket { index($0, place) }
    }

    private mutating func index(_ ticket: TicketNumber, _ place: Place) {
        let index = Int(ticket.rawValue) - 1
        if entries.indices.contains(index) { entries[index].append(place) }
    }

    /// The records that made a ticket's conversation.
    func conversation(of ticket: TicketNumber) -> [Record] {
        let index = Int(ticket.rawValue) - 1
        guard entries.indices.contains(index) else { return [] }
        return entries[index].map { turns[Int($0.turn)][Int($0.index)] }
    }
}

extension Event {
    /// Whether something is said by it.
    var makesEntry: Bool {
        switch self {
        case .submitted, .followedUp, .noted, .replied, .escalated, .handedBack, .acknowledged,
            .improved:
            true
        case .resolved(_, _, let reply): reply != nil
        case .alerted(_, _, let notice): notice != nil
        case .claimed, .pended, .woke, .released, .closed, .amended, .tookOver, .merged, .configured,
            .overflowed:
            false
        }
    }
}
