import GRDB
import Storage
import Tickets

/// The statements that keep tickets' rows in step with their events.
final class TicketStatements {
    private static let stateColumns = """
        line, status, place, owner, token, node, incarnation, agent, failures, assignments, escalations, frames,
        lastMessage, entries, revision, updated, since, wakes
        """
    private static let others = """
        token = ?, node = ?, incarnation = ?, agent = ?, failures = ?, assignments = ?, escalations = ?,
        frames = ?, lastMessage = ?, entries = ?, revision = ?, updated = ?, since = ?, wakes = ?,
        positions = CAST(positions || ? AS BLOB) WHERE number = ?
        """

    private let insert: HotStatement
    /// With neither, with line, status and place, with the owner, with both. Columns with an index are named only
    /// if they change: SQLite takes a row out of an index and puts it back in whenever its column is assigned,
    /// whatever the value.
    private let updates: [HotStatement]
    private let select: HotStatement

    init(_ db: Database, _ queue: DatabaseQueue) throws {
        insert = try HotStatement(TicketSQL.insert, db, queue)
        let moved = "line = ?, status = ?, place = ?, "
        let owned = "owner = ?, "
        updates = try ["", moved, owned, moved + owned].map {
            try HotStatement("UPDATE ticket SET \($0)\(Self.others)", db, queue)
        }
        select = try HotStatement("SELECT \(Self.stateColumns) FROM ticket WHERE number = ?", db, queue)
    }

    func write(_ change: TicketChange) throws {
        if let opening = change.opening {
            try insert(change, opening)
        } else {
            try update(change)
        }
    }

    /// What is in a ticket's row; nil when there is none.
    func state(of number: TicketNumber) throws -> TicketState? {
        select.bind(number.rawValue)
        return try select.first(Self.state)
    }

    private func insert(_ change: TicketChange, _ opening: TicketChange.Opening) throws {
        let state = change.state
        let submission = opening.submission
        let labels = try RowCoding.encodeLabels(of: submission)
        insert.bind(change.number.rawValue)
        bindMoved(state, to: insert)
        insert.bind(Int64(submission.priority.rawValue))
        insert.bind(text: submission.channel.text)
        insert.bind(bytesOf: submission.customer)
        insert.bind(bytesOf: submission.subject)
        insert.bind(labels)
        insert.bind(text: state.owner?.text)
        bindClaim(state, to: insert)
        insert.bind(opening.at.milliseconds)
        bindTimes(state, to: insert)
        insert.bind(RowCoding.encode(change.positions))
        try insert.run()
    }

    private func update(_ change: TicketChange) throws {
        let state = change.state
        let update = updates[(change.isMoved ? 1 : 0) + (change.hasNewOwner ? 2 : 0)]
        if change.isMoved { bindMoved(state, to: update) }
        if change.hasNewOwner { update.bind(text: state.owner?.text) }
        bindClaim(state, to: update)
        bindTimes(state, to: update)
        update.bind(RowCoding.encode(change.positions))
        update.bind(change.number.rawValue)
        try update.run()
    }

    private func bindMoved(_ state: TicketState, to statement: HotStatement) {
        statement.bind(text: state.line.text)
        statement.bind(Int64(state.status.rawValue))
        statement.bind(Int64(state.place.rawValue))
    }

    /// From the token to the revision.
    private func bindClaim(_ state: TicketState, to statement: HotStatement) {
        statement.bind(state.token.rawValue)
        statement.bind(text: state.holder?.node.text)
        statement.bind(state.holder.map { Int64(bitPattern: $0.incarnation) })
        statement.bind(text: state.holder?.agent?.text)
        statement.bind(state.failures)
        statement.bind(state.assignments)
        statement.bind(state.escalations)
        statement.bind(text: TicketSQL.text(state.frames))
        statement.bind(state.lastMessage)
        statement.bind(state.entries)
        statement.bind(state.revision)
    }

    /// From the last change to the waking.
    private func bindTimes(_ state: TicketState, to statement: HotStatement) {
        statement.bind(state.updated.milliseconds)
        statement.bind(state.since.milliseconds)
        statement.bind(state.wakes?.milliseconds)
    }

    /// Total: a damaged row is an error.
    private static func state(_ row: HotStatement) throws -> TicketState {
        func name(_ column: CInt) throws -> Name {
            guard let name = row.text(column).flatMap({ Name($0) }) else { throw TicketSQL.flaw }
            return name
        }
        func integer(_ column: CInt) throws -> Int64 {
            guard let number = row.integer(column) else { throw TicketSQL.flaw }
            return number
        }
        func count(_ column: CInt) throws -> UInt32 {
            guard let count = UInt32(exactly: try integer(column)) else { throw TicketSQL.flaw }
            return count
        }
        guard let status = UInt8(exactly: try integer(1)).flatMap(Status.init(rawValue:)),
            let place = UInt8(exactly: try integer(2)).flatMap(Place.init(rawValue:)),
            let frames = row.text(11).flatMap(TicketSQL.frames)
        else { throw TicketSQL.flaw }
        var state = TicketState(line: try name(0))
        state.status = status
        state.place = place
        state.owner = row.isNull(3) ? nil : try name(3)
        state.token = Token(UInt64(bitPattern: try integer(4)))
        if !row.isNull(5) {
            state.holder = Holder(
                node: try name(5), incarnation: UInt64(bitPattern: try integer(6)),
                agent: row.isNull(7) ? nil : try name(7))
        }
        state.failures = try count(8)
        state.assignments = try count(9)
        state.escalations = try count(10)
        state.frames = frames
        state.lastMessage = try count(12)
        state.entries = try count(13)
        state.revision = try count(14)
        state.updated = Moment(milliseconds: try integer(15))
        state.since = Moment(milliseconds: try integer(16))
        state.wakes = row.integer(17).map { Moment(milliseconds: $0) }
        return state
    }
}
