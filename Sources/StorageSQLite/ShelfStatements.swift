import GRDB
import ProtoBytes
import Storage
import Tickets

/// The statements that keep shelves in step with the events of their tickets.
final class ShelfStatements {
    /// A shelf as it was when this fold first looked at it; without labels when it is not there.
    private struct Stored {
        var stands: Int64 = 0
        var labels: [UInt8] = []
        var tickets: [UInt8] = []
    }

    private let select: HotStatement
    /// Not OR REPLACE: before such a statement SQLite copies each page that it may change into a temporary file.
    private let insert: HotStatement
    /// The column with the indexes is named only if it changes: SQLite takes a row out of an index and puts it back
    /// in whenever its column is assigned, whatever the value.
    private let update: HotStatement
    private let move: HotStatement
    /// Read by this fold.
    private var shelves: [Int64: Stored] = [:]
    /// A fold's changes by number, each with its index.
    private var order: [UInt64] = []
    private var writer = ProtoWriter(capacity: 16_384)
    private var labels: [UInt64] = Array(repeating: 0, count: Shelf.slotCount)
    private var coding = ViewCoding()

    private static let indexBits: UInt64 = 24

    init(_ db: Database, _ queue: DatabaseQueue) throws {
        select = try HotStatement("SELECT stands, labels, tickets FROM shelf WHERE id = ?", db, queue)
        insert = try HotStatement(
            "INSERT INTO shelf (stands, lines, labels, tickets, id) VALUES (?, ?, ?, ?, ?)", db, queue)
        update = try HotStatement(
            "UPDATE shelf SET lines = ?, labels = ?, tickets = ? WHERE id = ?", db, queue)
        move = try HotStatement(
            "UPDATE shelf SET stands = ?, lines = ?, labels = ?, tickets = ? WHERE id = ?", db, queue)
    }

    /// What is in a ticket's row; nil when there is none.
    func state(of number: TicketNumber) throws -> TicketState? {
        try withShelf(try shelf(Shelf.id(of: number))) { shelf in
            guard let bytes = shelf.ticket(Shelf.slot(of: number)) else { return nil }
            return try PackedTicket(bytes).state(&coding)
        } ?? nil
    }

    /// Writes what a fold changed, in order of number. `keepEntries` keeps the new entries of a change and says in which
    /// block.
    func write(
        _ changes: UnsafeMutableBufferPointer<TicketChange>,
        keepEntries: (inout TicketChange) throws -> UInt64?
    ) throws {
        defer { shelves.removeAll(keepingCapacity: true) }
        order.removeAll(keepingCapacity: true)
        for index in changes.indices {
            let number = changes[index].number.rawValue
            guard number >> (64 - Self.indexBits) == 0, index < 1 << Self.indexBits else { throw Shelf.flaw }
            order.append(number << Self.indexBits | UInt64(index))
        }
        order.sort()
        var rest = order[...]
        while let first = rest.first {
            let id = Self.shelf(first)
            let here = rest.prefix { Self.shelf($0) == id }
            try write(id, here, changes, keepEntries)
            rest = rest.dropFirst(here.count)
        }
    }

    private static func shelf(_ entry: UInt64) -> Int64 {
        Shelf.id(of: TicketNumber(entry >> indexBits))
    }

    /// Writes one shelf; `order` has the changes of its tickets.
    private func write(
        _ id: Int64, _ order: ArraySlice<UInt64>, _ changes: UnsafeMutableBufferPointer<TicketChange>,
        _ keepEntries: (inout TicketChange) throws -> UInt64?
    ) throws {
        let stored = try shelf(id)
        writer.removeAll()
        for slot in labels.indices { labels[slot] = 0 }
        var next = order.startIndex
        // The changes of tickets before a slot, or of the one in it, whose packed ticket was `old`.
        func packChanges(upTo slot: Int, _ old: UnsafeRawBufferPointer?) throws -> Bool {
            while next < order.endIndex {
                let index = Int(order[next] & (1 << Self.indexBits - 1))
                let changed = Shelf.slot(of: changes[index].number)
                guard changed <= slot else { break }
                next += 1
                let block = try keepEntries(&changes[index])
                try pack(&changes[index], in: changed, over: changed == slot ? old : nil, block)
                if changed == slot { return true }
            }
            return false
        }
        try withShelf(stored) { shelf in
            try shelf.each { slot, label, bytes in
                if try !packChanges(upTo: slot, bytes) {
                    writer.append(bytes)
                    labels[slot] = label.bits
                }
                return true
            }
        }
        _ = try packChanges(upTo: Shelf.slotCount, nil)
        try write(id, over: stored)
    }

    private func pack(
        _ change: inout TicketChange, in slot: Int, over old: UnsafeRawBufferPointer?, _ block: UInt64?
    ) throws {
        let start = writer.count
        // A number that comes twice is a damaged log, which `verify` reports: the later one stays.
        let old = change.isNew ? nil : try old.map { bytes in try PackedTicket(bytes) }
        PackedTicket.write(&change, over: old, block: block, to: &writer)
        labels[slot] = ShelfLabel(byteCount: writer.count - start, change.state).bits.littleEndian
    }

    /// Writes what was packed in the place of what is stored.
    private func write(_ id: Int64, over stored: Stored) throws {
        var (stands, lines): (Int64, Int64) = (0, 0)
        for label in labels where label != 0 {
            let label = ShelfLabel(bits: UInt64(littleEndian: label))
            stands |= label.stands
            lines |= label.lines
        }
        let isNew = stored.labels.isEmpty
        let statement = isNew ? insert : stands == stored.stands ? update : move
        if isNew || stands != stored.stands { statement.bind(stands) }
        statement.bind(lines)
        try labels.withUnsafeBytes { labels in
            try writer.withBytes { tickets in
                statement.bind(borrowed: labels)
                statement.bind(borrowed: tickets)
                statement.bind(id)
                try statement.run()
            }
        }
    }

    private func shelf(_ id: Int64) throws -> Stored {
        if let known = shelves[id] { return known }
        select.bind(id)
        let stored = try select.first { row in
            guard let stands = row.integer(0) else { throw Shelf.flaw }
            return Stored(
                stands: stands, labels: row.withBlob(1) { Array($0) }, tickets: row.withBlob(2) { Array($0) })
        }
        shelves[id] = stored ?? Stored()
        return stored ?? Stored()
    }

    /// Nil for a shelf that is not there.
    private func withShelf<Value>(_ stored: Stored, _ body: (ShelfBytes) throws -> Value) throws -> Value? {
        if stored.labels.isEmpty { return nil }
        return try stored.labels.withUnsafeBytes { labels in
            try stored.tickets.withUnsafeBytes { tickets in
                try body(try ShelfBytes(labels: labels, tickets: tickets))
            }
        }
    }
}
