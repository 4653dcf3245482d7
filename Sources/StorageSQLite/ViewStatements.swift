import GRDB
import Storage
import Tickets

/// Writes projections into a view's tables.
final class ViewStatements {
    private let shelves: ShelfStatements
    private let blocks: BlockStatements
    private let finder: FinderWriter
    private let tally: HotStatement
    private let setEnd: HotStatement

    init(_ db: Database, _ queue: DatabaseQueue) throws {
        shelves = try ShelfStatements(db, queue)
        blocks = try BlockStatements(db, queue)
        finder = try FinderWriter(db, queue)
        tally = try HotStatement(TallySQL.add, db, queue)
        setEnd = try HotStatement(ViewSchema.setEnd, db, queue)
    }

    func state(of number: TicketNumber) throws -> TicketState? {
        try shelves.state(of: number)
    }

    /// Takes the projection in place, and changes nothing in it: see ``Projector/projection``.
    func write(_ projection: inout Projection, _ end: ViewSchema.End) throws {
        try projection.tickets.withUnsafeMutableBufferPointer { changes in
            try shelves.write(changes) { change in try keepEntries(&change) }
        }
        for change in projection.settings { try blocks.addFigures(of: change) }
        try blocks.flushTexts()
        try blocks.flushFigures()
        try finder.flush()
        try blocks.add(projection.outbox)
        for change in projection.tallies { try write(change) }
        setEnd.bind(end.position.rawValue)
        setEnd.bind(end.at.milliseconds)
        try setEnd.run()
    }

    /// Keeps what stands beside a ticket's row, and says in which block its new entries are.
    private func keepEntries(_ change: inout TicketChange) throws -> UInt64? {
        if let customer = change.opening?.submission.customer {
            try finder.add(.customer(customer), change.number)
        }
        if change.hasNewOwner, let owner = change.state.owner {
            try finder.add(.owner(owner), change.number)
        }
        try blocks.addFigures(of: &change)
        return try blocks.add(change.entries, of: change.number)
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
