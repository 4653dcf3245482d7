import Desk
import Storage
import Tickets
import ZeroMQ

/// The thread that keeps the view behind the log.
///
/// It is handed the turns as they are stored. What it misses, because it was behind or the broker was restarted,
/// it reads from the log. The view is disposable, but while the broker runs it must be kept: grants are read from it.
final class ProjectorThread: Sendable {
    enum Order: Sendable {
        case turn(StoredTurn)
        /// Somebody waits for the view to come up to what was handed over.
        case hurry
        case stop
    }

    let orders: Mailbox<Order>
    private let thread: DedicatedThread

    init(
        store: any Store, orders: Mailbox<Order>, loop: Mailbox<Post>, librarian: Mailbox<Librarian.Request>
    ) throws(ZeroMQError) {
        self.orders = orders
        thread = try DedicatedThread(named: "sb.view") {
            do {
                var projector = try Projecting(store: store, loop: loop, librarian: librarian)
                try projector.run(orders)
            } catch {
                loop.postAlways(.storeFailed(StoreError(whileDoing: "keeping the view", error)))
            }
        }
    }

    func stopAndJoin() {
        orders.postAlways(.stop)
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
    /// Events after which nothing more is gathered for a fold.
    private static let eventsPerFold = 12_288
    /// How long a turn may wait for others, in microseconds: three times as long as the last fold took, within these
    /// bounds. A fold of thousands of events costs a third of one of dozens, and so folding takes a quarter of this
    /// thread's time until there is more than that can do. Whoever waits for the view does not wait for this, because
    /// they say so.
    private static let gatheringMicroseconds: ClosedRange<Int64> = 20_000...150_000

    init(store: any Store, loop: Mailbox<Post>, librarian: Mailbox<Librarian.Request>) throws {
        view = try store.openView()
        log = try store.openLogReader()
        self.loop = loop
        self.librarian = librarian
    }

    mutating func run(_ orders: Mailbox<ProjectorThread.Order>) throws {
        var poller = Poller([orders.pollItem])
        var batch: [ProjectorThread.Order] = []
        try catchUp()
        var gathered = Gathered()
        var gathering = Self.gatheringMicroseconds.lowerBound
        while true {
            try poller.wait(timeoutMilliseconds: gathered.timeoutMilliseconds)
            batch.removeAll(keepingCapacity: true)
            orders.drain(into: &batch)
            for order in batch { gathered.take(order, dueAfter: gathering) }
            guard gathered.isDue || gathered.eventCount >= Self.eventsPerFold else { continue }
            let start = DeskClock.microseconds
            try fold(gathered.turns)
            if gathered.stops { return }
            gathered = Gathered()
            let bounds = Self.gatheringMicroseconds
            gathering = min(max(3 * (DeskClock.microseconds - start), bounds.lowerBound), bounds.upperBound)
        }
    }

    /// What waits to be folded.
    private struct Gathered {
        var turns: [StoredTurn] = []
        var eventCount = 0
        var stops = false
        private var hurries = false
        /// In microseconds of the monotonic clock; nil while nothing waits.
        private var deadline: Int64?

        mutating func take(_ order: ProjectorThread.Order, dueAfter microseconds: Int64) {
            switch order {
            case .turn(let turn):
                turns.append(turn)
                eventCount += turn.records.count
                deadline = deadline ?? DeskClock.microseconds + microseconds
            case .hurry: hurries = true
            case .stop: stops = true
            }
        }

        var isDue: Bool {
            stops || hurries || deadline.map { DeskClock.microseconds >= $0 } ?? false
        }

        /// Nil: until something comes.
        var timeoutMilliseconds: Int? {
            deadline.map { Int(max(0, $0 - DeskClock.microseconds) / 1_000) + 1 }
        }
    }

    private func fold(_ turns: [StoredTurn]) throws {
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
