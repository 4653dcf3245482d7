import Desk
import Logging
import Storage
import Tickets
import ZeroMQ

/// The thread that keeps the view behind the log.
///
/// It is handed the turns as they are stored. What it misses, because it was behind or the broker was restarted,
/// it reads from the log. The view is disposable: if it cannot be written, reading stops being current, and the
/// desk goes on.
final class ProjectorThread: Sendable {
    enum Order: Sendable {
        case turn(StoredTurn)
        case stop
    }

    let orders: Mailbox<Order>
    private let thread: DedicatedThread

    init(
        store: any Store, orders: Mailbox<Order>, loop: Mailbox<Post>, librarian: Mailbox<Librarian.Request>,
        logger: Logger
    ) throws(ZeroMQError) {
        self.orders = orders
        thread = try DedicatedThread(named: "sb.view") {
            do {
                var projector = try Projecting(store: store, loop: loop, librarian: librarian)
                try projector.run(orders)
            } catch {
                logger.error("the view is no longer kept: \(error); restart the broker to build it again")
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

    /// Turns that are folded in one transaction.
    private static let turnsPerFold = 64

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
        while true {
            try poller.wait(timeoutMilliseconds: nil)
            batch.removeAll(keepingCapacity: true)
            orders.drain(into: &batch)
            var turns: [StoredTurn] = []
            var stops = false
            for order in batch {
                switch order {
                case .turn(let turn): turns.append(turn)
                case .stop: stops = true
                }
            }
            try fold(turns)
            if stops { return }
        }
    }

    private func fold(_ turns: [StoredTurn]) throws {
        let known = view.position
        let new = turns.filter { $0.records.last.map { $0.position > known } == true }
        guard let first = new.first?.records.first else { return }
        guard first.position == known.next else { return try catchUp() }
        var rest = new[...]
        while !rest.isEmpty {
            try view.fold(Array(rest.prefix(Self.turnsPerFold)))
            rest = rest.dropFirst(Self.turnsPerFold)
            announce()
        }
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
