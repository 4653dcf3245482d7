import Storage
import ZeroMQ

import struct Desk.Record

/// The thread of the bare path's log: stores one turn after the other and says when each is on disk, as the broker's
/// does.
final class BareLog: Sendable {
    /// A post for each turn: nil when it is on disk, else what failed.
    let commits: Mailbox<StoreError?>
    /// Turns; an empty one ends the thread.
    private let orders: Mailbox<[Record]>
    private let thread: DedicatedThread

    init(_ log: sending any LogWriter) throws(ZeroMQError) {
        let commits = try Mailbox<StoreError?>(capacity: 4)
        let orders = try Mailbox<[Record]>(capacity: 4)
        (self.commits, self.orders) = (commits, orders)
        // Handed over before the thread starts; nobody else has it.
        nonisolated(unsafe) let log = log
        thread = try DedicatedThread(named: "bare.store") {
            do {
                try Self.run(log, orders, commits)
            } catch {
                let failure = error as? StoreError ?? StoreError(.inputOutput, "storing failed: \(error)")
                commits.postAlways(failure)
            }
        }
    }

    /// Hands over the records of a turn, at least one.
    func store(_ records: [Record]) {
        orders.postAlways(records)
    }

    func stopAndJoin() {
        orders.postAlways([])
        thread.join()
    }

    private static func run(
        _ log: any LogWriter, _ orders: Mailbox<[Record]>, _ commits: Mailbox<StoreError?>
    ) throws {
        var poller = Poller([orders.pollItem])
        var turns: [[Record]] = []
        while true {
            try poller.wait(timeoutMilliseconds: nil)
            turns.removeAll(keepingCapacity: true)
            orders.drain(into: &turns)
            for records in turns {
                if records.isEmpty { return }
                try log.append([records])
                commits.postAlways(nil)
            }
            try log.tidyUp()
        }
    }
}
