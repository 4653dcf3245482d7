import GRDB
import Storage
import Tickets

/// Writes projections into a view's tables.
final class ViewStatements {
    private let tickets: TicketStatements
    private let entry: HotStatement
    private let outbox: HotStatement
    private let tally: HotStatement

    init(_ db: Database, _ queue: DatabaseQueue) throws {
        tickets = try TicketStatements(db, queue)
        entry = try HotStatement(EntrySQL.insert, db, queue)
        outbox = try HotStatement(OutboxSQL.insert, db, queue)
        tally = try HotStatement(TallySQL.add, db, queue)
    }

    func state(of number: TicketNumber) throws -> TicketState? {
        try tickets.state(of: number)
    }

    func write(_ projection: Projection) throws {
        for change in projection.tickets { try tickets.write(change) }
        for change in projection.entries { try write(change) }
        for change in projection.outbox { try write(change) }
        for change in projection.tallies { try write(change) }
    }

    private func write(_ change: EntryChange) throws {
        entry.bind(try ViewSchema.key(change.ticket, change.entry.number))
        entry.bind(Int64(change.entry.kind.rawValue))
        entry.bind(text: change.entry.author.text)
        entry.bind(change.entry.at.milliseconds)
        entry.bind(bytesOf: change.entry.text)
        try entry.run()
    }

    private func write(_ change: OutboxChange) throws {
        outbox.bind(change.number)
        outbox.bind(change.ticket.rawValue)
        outbox.bind(change.entry)
        outbox.bind(change.at.milliseconds)
        try outbox.run()
    }

    private func write(_ change: NodeTally) throws {
        tally.bind(text: change.node.text)
        for number in [
            change.incarnation, change.claims, change.notes, change.replies, change.escalated,
            change.handedBack, change.resolved, change.pended, change.released,
        ] { tally.bind(number) }
        try tally.run()
    }
}
