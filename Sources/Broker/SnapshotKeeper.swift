import Desk
import Logging
import Storage
import Synchronization
import Tickets
import ZeroMQ

/// The thread that takes snapshots, so that a start does not fold all of history.
///
/// A desk is a value: handing it over costs nothing until the loop changes it, which then copies once.
final class SnapshotKeeper: Sendable {
    private enum Order: Sendable {
        case save(Desk)
        case stop
    }

    private let orders: Mailbox<Order>
    private let thread: DedicatedThread
    private let eventsPerSnapshot: UInt64
    /// Position of the newest snapshot that was begun.
    private let begun: Atomic<UInt64>

    init(store: any Store, every events: UInt64, since position: UInt64, logger: Logger) throws(ZeroMQError) {
        let orders = try Mailbox<Order>(capacity: 1)
        self.orders = orders
        eventsPerSnapshot = events
        begun = Atomic(position)
        thread = try DedicatedThread(named: "sb.snapshot", niceness: 10) {
            do {
                try Self.run(try store.openSnapshots(), orders)
            } catch {
                logger.warning("no snapshots are taken: \(error); starting will take longer")
            }
        }
    }

    /// Whether enough has happened since the last snapshot.
    func isDue(at position: Position) -> Bool {
        position.rawValue &- begun.load(ordering: .relaxed) >= eventsPerSnapshot
    }

    /// Takes a snapshot unless one is being taken. Every event of the desk is on disk.
    func offer(_ desk: Desk) {
        if orders.post(.save(desk)) == .accepted { begun.store(desk.position.rawValue, ordering: .relaxed) }
    }

    /// Takes a last snapshot if anything has happened since the newest, then ends the thread.
    func finish(_ desk: Desk) {
        if desk.position.rawValue > begun.load(ordering: .relaxed) { orders.postAlways(.save(desk)) }
        orders.postAlways(.stop)
        thread.join()
    }

    /// Ends the thread without a last snapshot.
    func abandon() {
        orders.postAlways(.stop)
        thread.join()
    }

    private static func run(_ snapshots: any SnapshotStore, _ orders: Mailbox<Order>) throws {
        var poller = Poller([orders.pollItem])
        var batch: [Order] = []
        while true {
            try poller.wait(timeoutMilliseconds: nil)
            batch.removeAll(keepingCapacity: true)
            orders.drain(into: &batch)
            for order in batch {
                guard case .save(let desk) = order else { return }
                try snapshots.save(desk)
            }
        }
    }
}
