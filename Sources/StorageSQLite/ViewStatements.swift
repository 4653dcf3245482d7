import GRDB
import Storage
import Tickets

/// Writes projections into a view's tables.
final class ViewStatements {
    private let tickets: TicketStatements
    private let blocks: BlockStatements
    private let finder: FinderWriter
    private let tally: HotStatement
    private let setEnd: HotStatement

    init(_ db: Database, _ queue: DatabaseQueue) throws {
        tickets = try TicketStatements(db, queue)
        blocks = try BlockStatements(db, queue)
        finder = try FinderWriter(db, queue)
        tally = try HotStatement(TallySQL.add, db, queue)
        setEnd = try HotStatement(ViewSchema.setEnd, db, queue)
    }

    func state(of number: TicketNumber) throws -> TicketState? {
        try tickets.state(of: number)
    }

    func write(_ projection: Projection, _ end: ViewSchema.End) throws {
        // In place: a change holds a dozen references, which a copy would count up and down.
        try projection.tickets.withUnsafeBufferPointer { changes in
            for index in changes.indices { try write(changes[index]) }
        }
        try blocks.flushTexts()
        try finder.flush()
        try blocks.add(projection.outbox)
        for change in projection.tallies { try write(change) }
        setEnd.bind(end.position.rawValue)
        setEnd.bind(end.at.milliseconds)
        try setEnd.run()
    }

    private func write(_ change: borrowing TicketChange) throws {
        let block = try blocks.add(change.entries, of: change.number)
        try tickets.write(change, block: block)
        if let opening = change.opening {
            try finder.add(.customer(opening.submission.customer), change.number)
        }
        if change.hasNewOwner, let owner = change.state.owner {
            try finder.add(.owner(owner), change.number)
        }
    }

    private func write(_ change: NodeTally) throws {
        tally.bind(text: change.node.text)
        tally.bind(change.incarnation)
        tally.bind(change.claims)
        tally.bind(change.notes)
        tally.bind(change.replies)
        tally.bind(change.escalated)
        tally.bind(change.handedBack)
        tally.bind(change.resolved)
        tally.bind(change.pended)
        tally.bind(change.released)
        try tally.run()
    }
}
