import GRDB
import Storage
import Tickets

/// Reads a desk's view, beside its writer or without one.
final class SQLiteViewReader: ViewReader {
    private let path: String
    private let disk: any Disk
    private var connection: Connection
    /// Which file is open: a damaged view is replaced by another under the same name.
    private var identity: UInt64?
    private var isAtOnce = false
    /// The connection's statements; a filter has at most a few dozen shapes.
    private var statements: [String: HotStatement] = [:]
    private var coding = ViewCoding()

    /// Tickets that the finder gives at a time.
    private static let ticketsPerSearch = 128

    init(path: String, on disk: any Disk) throws(StoreError) {
        self.path = path
        self.disk = disk
        identity = disk.identity(path)
        connection = try Connection(reading: path, on: disk)
        _ = try position
    }

    var position: Position {
        get throws(StoreError) { try read { try ViewSchema.end($0).position } }
    }

    func ticket(_ number: TicketNumber) throws(StoreError) -> TicketRow? {
        try read { try ticket(number, $0) }
    }

    func tickets(_ filter: TicketFilter) throws(StoreError) -> [TicketRow] {
        let limit = max(0, filter.limit)
        return try readTogether { db in
            if let customer = filter.customer { return try find(.customer(customer), filter, limit, db) }
            if let owner = filter.owner { return try find(.owner(owner), filter, limit, db) }
            return try list(filter, limit, db)
        }
    }

    func entries(of number: TicketNumber) throws(StoreError) -> [EntryRow] {
        try readTogether { db in
            let blocks = try trail(of: number, db) { try Trail.blocks($0) } ?? []
            var entries: [UInt32: EntryRow] = [:]
            for block in blocks {
                try self.block(block, db) { try coding.read(entriesOf: number, in: $0, into: &entries) }
            }
            return entries.values.sorted { $0.number < $1.number }
        }
    }

    func conversations(of numbers: [TicketNumber]) throws(StoreError) -> [StoredConversation] {
        try readTogether { db in
            let select = try prepared(TicketSQL.selectWithTrail + " WHERE number = ?", db)
            var rows: [TicketRow] = []
            var blocks: Set<UInt64> = []
            var entries: [TicketNumber: [UInt32: EntryRow]] = [:]
            for number in Set(numbers).sorted() {
                select.bind(number.rawValue)
                let row = try select.first { row in
                    blocks.formUnion(try row.withBlob(TicketSQL.trail) { try Trail.blocks($0) })
                    return try TicketSQL.row(row, &coding)
                }
                guard let row else { continue }
                rows.append(row)
                entries[number] = [:]
            }
            // In the order in which they were written, so that a later entry of a number replaces the earlier.
            for block in blocks.sorted() {
                try self.block(block, db) { try coding.read($0, into: &entries) }
            }
            return rows.map { row in
                let entries = (entries[row.number] ?? [:]).values.sorted { $0.number < $1.number }
                return StoredConversation(ticket: row, entries: entries)
            }
        }
    }

    func positions(
        of number: TicketNumber, after revision: UInt32, limit: Int
    ) throws(StoreError) -> [Position] {
        let positions = try read { try trail(of: number, $0) { try Trail.positions($0) } } ?? []
        return Array(positions.dropFirst(Int(revision)).prefix(max(0, limit)))
    }

    func outbox(after number: UInt64, limit: Int) throws(StoreError) -> [OutboxRow] {
        try readTogether { db in
            var rows: [OutboxRow] = []
            var last = number
            while rows.count < limit, let changes = try outboxBlock(after: last, db) {
                for change in changes where change.number > last && rows.count < limit {
                    guard let ticket = try ticket(change.ticket, db) else { continue }
                    rows.append(
                        OutboxRow(
                            number: change.number, ticket: change.ticket, entry: change.entry,
                            channel: ticket.channel, customer: ticket.customer, at: change.at))
                }
                guard let end = changes.last?.number, end > last else { break }
                last = end
            }
            return rows
        }
    }

    func tallies() throws(StoreError) -> [NodeTally] {
        let rows = try read { db in
            var rows: [NodeTally] = []
            try prepared(TallySQL.select, db).each { rows.append(try TallySQL.row($0)) }
            return rows
        }
        return rows.sorted { ($0.node, $0.incarnation) < ($1.node, $1.incarnation) }
    }

    func atOnce(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        precondition(!isAtOnce, "reads at once cannot be nested")
        try read { try $0.beginTransaction(.deferred) }
        isAtOnce = true
        defer { isAtOnce = false }
        do throws(StoreError) {
            try body()
        } catch {
            try connection.run("reading") { try $0.rollback() }
            throw error
        }
        try connection.run("reading") { try $0.commit() }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        if !isAtOnce { try followReplacement() }
        return try connection.run("reading", body)
    }

    /// Runs several statements that must see the same rows; and each for itself would take its locks.
    private func readTogether<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        if isAtOnce { return try read(body) }
        return try read { db in
            var value: Value?
            try db.inTransaction(.deferred) {
                value = try body(db)
                return .commit
            }
            guard let value else { throw TicketSQL.flaw }
            return value
        }
    }

    private func ticket(_ number: TicketNumber, _ db: Database) throws -> TicketRow? {
        let select = try prepared(TicketSQL.select + " WHERE number = ?", db)
        select.bind(number.rawValue)
        return try select.first { try TicketSQL.row($0, &coding) }
    }

    private func list(_ filter: TicketFilter, _ limit: Int, _ db: Database) throws -> [TicketRow] {
        let select = try prepared(
            "\(TicketSQL.select) WHERE number > ?\(TicketSQL.conditions(filter)) ORDER BY number LIMIT ?", db)
        select.bind(filter.after.rawValue)
        if let line = filter.line { select.bind(text: line.text) }
        select.bind(Int64(limit))
        var rows: [TicketRow] = []
        try select.each { rows.append(try TicketSQL.row($0, &coding)) }
        return rows
    }

    /// Tickets of a customer or an owner. What the finder gives is compared with the whole filter.
    private func find(
        _ key: Finder.Key, _ filter: TicketFilter, _ limit: Int, _ db: Database
    ) throws -> [TicketRow] {
        let finder = try FinderReader { try prepared($0, db) }
        let select = try prepared("\(TicketSQL.select) WHERE number = ?\(TicketSQL.conditions(filter))", db)
        var rows: [TicketRow] = []
        var last = filter.after
        while rows.count < limit {
            let numbers = try finder.numbers(of: key, after: last, limit: Self.ticketsPerSearch)
            for number in numbers where rows.count < limit {
                select.bind(number.rawValue)
                if let line = filter.line { select.bind(text: line.text) }
                let row = try select.first { try TicketSQL.row($0, &coding) }
                if let row, filter.matches(row) { rows.append(row) }
            }
            guard numbers.count >= Self.ticketsPerSearch, let end = numbers.last else { break }
            last = end
        }
        return rows
    }

    private func outboxBlock(after number: UInt64, _ db: Database) throws -> [OutboxChange]? {
        let select = try prepared("SELECT block FROM outbox WHERE last > ? ORDER BY last LIMIT 1", db)
        select.bind(number)
        return try select.first { try $0.withBlob(0) { try ViewCoding.outbox($0) } }
    }

    private func block(
        _ id: UInt64, _ db: Database, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let select = try prepared("SELECT block FROM texts WHERE id = ?", db)
        select.bind(id)
        let found: Void? = try select.first { row in try row.withBlob(0, take) }
        guard found != nil else { throw StoreError(.corrupt, "block \(id) of texts is not in the view") }
    }

    private func trail<Value>(
        of number: TicketNumber, _ db: Database, _ take: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value? {
        let select = try prepared("SELECT trail FROM ticket WHERE number = ?", db)
        select.bind(number.rawValue)
        return try select.first { try $0.withBlob(0, take) }
    }

    private func prepared(_ sql: String, _ db: Database) throws -> HotStatement {
        if let statement = statements[sql] { return statement }
        let statement = try HotStatement(sql, db, connection.queue)
        statements[sql] = statement
        return statement
    }

    private func followReplacement() throws(StoreError) {
        let current = disk.identity(path)
        guard current != identity, current != nil else { return }
        connection = try Connection(reading: path, on: disk)
        statements = [:]
        identity = current
    }
}
