import Desk
import Storage
import Tickets
import ZeroMQ

/// The thread that owns the log: it stores one turn after the other and says when each is on disk.
///
/// A store error ends it for good. A failed fsync cannot be asked again: the next one would report success over
/// lost data.
final class StoreThread: Sendable {
    enum Order: Sendable {
        case store([Record])
        case stop
    }

    private let orders: Mailbox<Order>
    private let thread: DedicatedThread

    /// - Throws: When the thread cannot be started.
    init(
        log: sending any LogWriter, to loop: Mailbox<Post>, then projector: Mailbox<StoredTurn>
    ) throws(ZeroMQError) {
        let orders = try Mailbox<Order>(capacity: 4)
        self.orders = orders
        // Handed over before the thread starts; nobody else has it.
        nonisolated(unsafe) let log = log
        thread = try DedicatedThread(named: "sb.store") {
            do {
                try Self.run(log, orders, loop, projector)
            } catch {
                loop.postAlways(.storeFailed(StoreError(whileDoing: "storing a turn", error)))
            }
        }
    }

    /// Hands over a turn; the loop hands over the next one only after it has heard of this one.
    func store(_ records: [Record]) {
        orders.postAlways(.store(records))
    }

    /// Ends the thread after what was handed over is stored.
    func stopAndJoin() {
        orders.postAlways(.stop)
        thread.join()
    }

    private static func run(
        _ log: any LogWriter, _ orders: Mailbox<Order>, _ loop: Mailbox<Post>,
        _ projector: Mailbox<StoredTurn>
    ) throws {
        var poller = Poller([orders.pollItem])
        var batch: [Order] = []
        while true {
            try poller.wait(timeoutMilliseconds: nil)
            batch.removeAll(keepingCapacity: true)
            orders.drain(into: &batch)
            for order in batch {
                guard case .store(let records) = order else { return }
                let start = DeskClock.microseconds
                try log.append([records])
                loop.postAlways(.committed(microseconds: DeskClock.microseconds - start))
                // A projector that is behind misses this and reads the log instead.
                _ = projector.post(StoredTurn(epoch: log.epoch, records: records))
            }
            try log.tidyUp()
        }
    }
}

extension StoreError {
    /// The store's own error as it is; any other one as a failure of what was being done.
    init(whileDoing what: String, _ error: any Error) {
        self = error as? StoreError ?? StoreError(.inputOutput, "\(what) failed: \(error)")
    }
}
