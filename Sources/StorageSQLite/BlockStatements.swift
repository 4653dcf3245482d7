import GRDB
import ProtoBytes
import Storage
import Tickets

/// Writes what is kept many in a block: texts and the outbox.
final class BlockStatements {
    /// A block is written when it has this many bytes: with the entries of one more ticket it still fits into a page.
    private static let textBytes = 15_000
    /// Fits into one page.
    private static let outboxBytes = 3_900

    private let insertTexts: HotStatement
    private let insertOutbox: HotStatement
    private var texts = ProtoWriter(capacity: 32_768)
    private var outbox = ProtoWriter(capacity: 8_192)
    /// The block that texts are added to.
    private var textsID: Int64

    init(_ db: Database, _ queue: DatabaseQueue) throws {
        insertTexts = try HotStatement("INSERT INTO texts (id, block) VALUES (?, ?)", db, queue)
        // A number that comes twice is a damaged log, which `verify` reports.
        insertOutbox = try HotStatement(
            "INSERT OR REPLACE INTO outbox (last, block) VALUES (?, ?)", db, queue)
        let last = try HotStatement("SELECT max(id) FROM texts", db, queue)
        textsID = (try last.first { $0.integer(0) ?? 0 } ?? 0) + 1
    }

    /// - Returns: The block in which the entries are kept; nil when there are none.
    func add(_ entries: [EntryRow], of ticket: TicketNumber) throws -> UInt64? {
        if entries.isEmpty { return nil }
        if texts.count >= Self.textBytes { try flushTexts() }
        ViewCoding.write(entries, of: ticket, to: &texts)
        return UInt64(textsID)
    }

    func add(_ outbox: [OutboxChange]) throws {
        for (index, change) in outbox.enumerated() {
            ViewCoding.write(change, to: &self.outbox)
            guard self.outbox.count >= Self.outboxBytes || index == outbox.count - 1 else { continue }
            insertOutbox.bind(change.number)
            try Self.run(insertOutbox, &self.outbox)
        }
    }

    /// Writes the last block of texts.
    func flushTexts() throws {
        guard texts.count > 0 else { return }
        insertTexts.bind(textsID)
        try Self.run(insertTexts, &texts)
        textsID += 1
    }

    private static func run(_ insert: HotStatement, _ block: inout ProtoWriter) throws {
        try block.withBytes { bytes in
            insert.bind(borrowed: bytes)
            try insert.run()
        }
        block.removeAll()
    }
}
