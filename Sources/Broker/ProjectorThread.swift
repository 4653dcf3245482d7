import Desk
import Storage
import Tickets
import ZeroMQ

/// How the projector is told of turns.
struct ProjectorInbox: Sendable {
    /// Turns as they are stored. One that is full loses the next: the projector reads it from the log instead.
    let turns: Mailbox<StoredTurn>
    let orders: Mailbox<Order>

    enum Order: Sendable {
        /// Somebody waits for the view to come up to what was handed over.
        case hurry
        case stop
    }

    init() throws(ZeroMQError) {
        turns = try Mailbox(capacity: 4_096)
        orders = try Mailbox(capacity: 64)
    }

    func hurry() {
        // One that is full says so already.
        _ = orders.post(.hurry)
    }
}

/// The thread that keeps the view behind the log.
///
/// It is handed the turns as they are stored. What it misses, because it was behind or the broker was restarted,
/// it reads from the log. The view is disposable, but while the broker runs it must be kept: grants are read from it.
final class ProjectorThread: Sendable {
    private let inbox: ProjectorInbox
    private let thread: DedicatedThread

    init(
        store: any Store, inbox: ProjectorInbox, loop: Mailbox<Post>, librarian: Mailbox<Librarian.Request>
    ) throws(ZeroMQError) {
        self.inbox = inbox
        // Answers wait for the other threads and nobody waits for this one; but it must keep up.
        thread = try DedicatedThread(named: "sb.view", niceness: 5) {
            do {
                var projector = try Projecting(store: store, loop: loop, librarian: librarian)
                try projector.run(inbox)
            } catch {
                loop.postAlways(.storeFailed(StoreError(whileDoing: "keeping the view", error)))
            }
        }
    }

    /// Ends the thread after what was handed over is folded.
    func stopAndJoin() {
        inbox.orders.postAlways(.stop)
        thread.join()
    }
}

/// The state of the projector's thread.
private struct Projecting {
    let view: any ViewWriter
    let log: any LogReader
    let loop: Mailbox<Post>
    let librarian: Mailbox<Librarian.Request>

    /// Turns that are read from the log, and folded, in one go.
    private static let turnsPerFold = 64
    /// Events after which a fold takes no further turn.
    private static let eventsPerFold = 12_288
    /// How long a turn may wait for others, in microseconds: three times as long as the last fold took, within these
    /// bounds. A fold of thousands of events costs a third of one of dozens, and so folding takes a quarter of this
    /// thread's time until there is more than that can do. Whoever waits for the view does not wait for this, because
    /// they say so.
    private static let gatheringMicroseconds: ClosedRange<Int64> = 20_000...50_000

    init(store: any Store, loop: Mailbox<Post>, librarian: Mailbox<Librarian.Request>) throws {
        view = try store.openView()
        log = try store.openLogReader()
        self.loop = loop
        self.librarian = librarian
    }

    mutating func run(_ inbox: ProjectorInbox) throws {
        var anything = Poller([inbox.turns.pollItem, inbox.orders.pollItem])
        // While turns gather they stay in their mailbox, so that of hundreds only the first wakes this thread.
        var ordersOnly = Poller([inbox.orders.pollItem])
        var gathering = Self.gatheringMicroseconds.lowerBound
        var orders: [ProjectorInbox.Order] = []
        var turns: [StoredTurn] = []
        try catchUp()
        while true {
            try anything.wait(timeoutMilliseconds: nil)
            try ordersOnly.wait(timeoutMilliseconds: Int(gathering / 1_000))
            orders.removeAll(keepingCapacity: true)
            inbox.orders.drain(into: &orders)
            inbox.turns.drain(into: &turns)
            let start = DeskClock.microseconds
            try foldAll(turns)
            // Now, not before the next fold: a desk that rests need not keep their texts.
            turns.removeAll(keepingCapacity: true)
            if orders.contains(.stop) { return }
            let bounds = Self.gatheringMicroseconds
            gathering = min(max(3 * (DeskClock.microseconds - start), bounds.lowerBound), bounds.upperBound)
        }
    }

    private func foldAll(_ turns: [StoredTurn]) throws {
        var first = 0
        var eventCount = 0
        for (index, turn) in turns.enumerated() {
            eventCount += turn.records.count
            guard eventCount >= Self.eventsPerFold || index == turns.count - 1 else { continue }
            try fold(turns[first...index])
            (first, eventCount) = (index + 1, 0)
        }
    }

    private func fold(_ turns: ArraySlice<StoredTurn>) throws {
        let known = view.position
        let new = turns.filter { $0.records.last.map { $0.position > known } == true }
        guard let first = new.first?.records.first else { return }
        guard first.position == known.next else { return try catchUp() }
        try view.fold(new)
        announce()
    }

    private func catchUp() throws {
        while true {
            let turns = try log.turns(after: view.position, limit: Self.turnsPerFold)
            guard !turns.isEmpty else { return announce() }
            try view.fold(turns)
            announce()
        }
    }

    private func announce() {
        // Both only want to know the newest position; one that is full will hear the next.
        _ = loop.post(.viewAt(view.position))
        librarian.postAlways(.viewAt(view.position))
    }
}
