import Figures
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

    /// No desk has more tickets; a damaged row's number is not taken for their count.
    private static let ticketsMax = TicketNumber(1 << 32)
    /// Of most blocks of figures; the memory for them is taken at once.
    private static let blockBytes = 15_360
    private static let blocksAtOnce = 65_536
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
            var rows: [TicketRow] = []
            var blocks: Set<UInt64> = []
            var entries: [TicketNumber: [UInt32: EntryRow]] = [:]
            var rest = Set(numbers).sorted()[...]
            while let first = rest.first {
                let onShelf = rest.prefix { Shelf.id(of: $0) == Shelf.id(of: first) }
                rest = rest.dropFirst(onShelf.count)
                try shelf(of: first, db) { shelf in
                    for number in onShelf {
                        guard let bytes = shelf.ticket(Shelf.slot(of: number)) else { continue }
                        let packed = try PackedTicket(bytes)
                        blocks.formUnion(try Trail.blocks(packed.trail))
                        rows.append(try packed.row(number, &coding))
                        entries[number] = [:]
                    }
                }
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

    func figures() throws(StoreError) -> FiguresFold { try keptFigures().whole() }

    func keptFigures() throws(StoreError) -> KeptFold {
        try readTogether { db in
            let end = try ViewSchema.end(db)
            let number = try lastNumber(db)
            guard number <= Self.ticketsMax else { throw Shelf.flaw }
            let last = Int(number.rawValue)
            let blocks = try prepared("SELECT max(id) FROM figures", db).first { $0.integer(0) } ?? nil
            // Whatever a damaged row says, no more is taken than a desk of millions needs.
            let blockCount = min(max(0, Int(clamping: blocks ?? 0)), Self.blocksAtOnce)
            var figures = PackedFigures(count: last, byteCount: blockCount * Self.blockBytes)
            try prepared("SELECT block FROM figures ORDER BY id", db).each { row in
                try row.withBlob(0) { try figures.add($0) }
            }
            // By two indexes, so that solved tickets are not looked at.
            for standing in [Shelf.openTicket, Shelf.unfinishedAside] {
                try scan(Shelf.having(standing), from: 0, bind: { _ in }, db) { number, label, bytes in
                    guard label.stands & standing != 0 else { return true }
                    try figures.add(courseIn: try PackedTicket(bytes).state, of: number)
                    return true
                }
            }
            return try figures.fold(upTo: end.position, at: end.at)
        }
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
            guard let value else { throw Shelf.flaw }
            return value
        }
    }

    /// Takes the shelf of a ticket apart, if it is there.
    private func shelf(
        of number: TicketNumber, _ db: Database, _ take: (ShelfBytes) throws -> Void
    ) throws {
        let select = try prepared("\(Shelf.select) WHERE id = ?", db)
        select.bind(Shelf.id(of: number))
        _ = try select.first { row in try Self.withShelf(row, take) }
    }

    private static func withShelf(_ row: HotStatement, _ take: (ShelfBytes) throws -> Void) throws {
        try row.withBlob(0) { labels in
            try row.withBlob(1) { tickets in
                try take(try ShelfBytes(labels: labels, tickets: tickets))
            }
        }
    }

    /// Takes one ticket apart; nil when there is none.
    private func packed<Value>(
        _ number: TicketNumber, _ db: Database, _ take: (PackedTicket) throws -> Value
    ) throws -> Value? {
        var value: Value?
        try shelf(of: number, db) { shelf in
            guard let bytes = shelf.ticket(Shelf.slot(of: number)) else { return }
            value = try take(try PackedTicket(bytes))
        }
        return value
    }

    private func ticket(_ number: TicketNumber, _ db: Database) throws -> TicketRow? {
        try packed(number, db) { try $0.row(number, &coding) }
    }

    private func list(_ filter: TicketFilter, _ limit: Int, _ db: Database) throws -> [TicketRow] {
        if limit == 0 { return [] }
        var rows: [TicketRow] = []
        try scan(
            Shelf.conditions(filter), from: Shelf.id(of: filter.after),
            bind: { if let line = filter.line { $0.bind(Shelf.bit(line)) } }, db
        ) { number, label, bytes in
            guard number > filter.after, label.mayMatch(filter) else { return true }
            let row = try PackedTicket(bytes).row(number, &coding)
            if filter.matches(row) { rows.append(row) }
            return rows.count < limit
        }
        return rows
    }

    /// Gives the packed tickets of the shelves for which some conditions hold, in order of number, until the closure
    /// says that it wants no more.
    private func scan(
        _ conditions: String, from first: Int64, bind: (HotStatement) -> Void, _ db: Database,
        _ take: (TicketNumber, ShelfLabel, UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        let select = try prepared(
            "SELECT labels, tickets, id FROM shelf WHERE id >= ?\(conditions) ORDER BY id", db)
        select.bind(first)
        bind(select)
        try select.scan { row in
            guard let id = row.integer(2) else { throw Shelf.flaw }
            var wantsMore = true
            try Self.withShelf(row) { shelf in
                try shelf.each { slot, label, bytes in
                    wantsMore = try take(Shelf.number(id, slot), label, bytes)
                    return wantsMore
                }
            }
            return wantsMore
        }
    }

    /// The highest number of a ticket; 0 when there is none.
    private func lastNumber(_ db: Database) throws -> TicketNumber {
        let select = try prepared(
            "SELECT labels, tickets, id FROM shelf ORDER BY id DESC LIMIT 1", db)
        var last = TicketNumber(0)
        _ = try select.first { row in
            guard let id = row.integer(2) else { throw Shelf.flaw }
            try Self.withShelf(row) { shelf in
                shelf.each { slot, _, _ in
                    last = Shelf.number(id, slot)
                    return true
                }
            }
        }
        return last
    }

    /// Tickets of a customer or an owner. What the finder gives is compared with the whole filter.
    private func find(
        _ key: Finder.Key, _ filter: TicketFilter, _ limit: Int, _ db: Database
    ) throws -> [TicketRow] {
        let finder = try FinderReader { try prepared($0, db) }
        var rows: [TicketRow] = []
        var last = filter.after
        while rows.count < limit {
            let numbers = try finder.numbers(of: key, after: last, limit: Self.ticketsPerSearch)
            for number in numbers where rows.count < limit {
                if let row = try ticket(number, db), filter.matches(row) { rows.append(row) }
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
        try packed(number, db) { try take($0.trail) }
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
