import Figures
import GRDB
import ProtoBytes
import Storage
import Tickets

/// Writes what is kept many in a block: texts, figures and the outbox.
final class BlockStatements {
    /// A block is written when it has this many bytes: with the entries of one more ticket it still fits into a page.
    private static let textBytes = 15_000
    /// Fits into one page.
    private static let outboxBytes = 3_900

    private let insertTexts: HotStatement
    private let insertOutbox: HotStatement
    private let insertFigures: HotStatement
    private var texts = ProtoWriter(capacity: 32_768)
    private var outbox = ProtoWriter(capacity: 8_192)
    private var figures = ProtoWriter(capacity: 32_768)
    /// The block that texts are added to.
    private var textsID: Int64
    private var figuresID: Int64

    init(_ db: Database, _ queue: DatabaseQueue) throws {
        insertTexts = try HotStatement("INSERT INTO texts (id, block) VALUES (?, ?)", db, queue)
        // A number that comes twice is a damaged log, which `verify` reports.
        insertOutbox = try HotStatement(
            "INSERT OR REPLACE INTO outbox (last, block) VALUES (?, ?)", db, queue)
        insertFigures = try HotStatement("INSERT INTO figures (id, block) VALUES (?, ?)", db, queue)
        func next(_ table: String) throws -> Int64 {
            let last = try HotStatement("SELECT max(id) FROM \(table)", db, queue)
            return (try last.first { $0.integer(0) ?? 0 } ?? 0) + 1
        }
        textsID = try next("texts")
        figuresID = try next("figures")
    }

    /// - Returns: The block in which the entries are kept; nil when there are none.
    func add(_ entries: [EntryRow], of ticket: TicketNumber) throws -> UInt64? {
        if entries.isEmpty { return nil }
        if texts.count >= Self.textBytes { try flushTexts() }
        ViewCoding.write(entries, of: ticket, to: &texts)
        return UInt64(textsID)
    }

    /// Adds what figures need of a new ticket, and of one that is solved. Takes the change in place.
    func addFigures(of change: inout TicketChange) throws {
        if figures.count >= Self.textBytes { try flushFigures() }
        if let opening = change.opening {
            ViewCoding.write(TicketOrigin(opening.submission), of: change.number, to: &figures)
        }
        if change.hasNewCourse, change.state.isSettled {
            ViewCoding.write(change.state.course, of: change.number, to: &figures)
        }
    }

    /// Adds what the desk is from a moment on.
    func addFigures(of change: SettingsChange) throws {
        if figures.count >= Self.textBytes { try flushFigures() }
        ViewCoding.write(change.settings, at: change.at, to: &figures)
    }

    /// Writes the last block of figures.
    func flushFigures() throws {
        guard figures.count > 0 else { return }
        insertFigures.bind(figuresID)
        try Self.run(insertFigures, &figures)
        figuresID += 1
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
