package import ProtoBytes
package import Tickets

/// Items that are kept many in a block: one row of the database for dozens of them.
extension ViewCoding {
    // MARK: - Conversations

    /// Adds entries of one ticket to a block.
    package static func write(_ entries: [EntryRow], of ticket: TicketNumber, to block: inout ProtoWriter) {
        let start = block.begin(1)
        block.field(1, ticket.rawValue)
        for entry in entries {
            let start = block.begin(2)
            block.field(1, entry.number)
            block.field(2, UInt32(entry.kind.rawValue))
            block.field(3, entry.author.text)
            block.field(4, entry.at.milliseconds)
            block.field(5, entry.text)
            block.end(start)
        }
        block.end(start)
    }

    /// Reads one ticket's entries from a block; a later one of a number replaces the earlier.
    package mutating func read(
        entriesOf ticket: TicketNumber, in block: UnsafeRawBufferPointer,
        into entries: inout [UInt32: EntryRow]
    ) throws(StoreError) {
        do {
            var reader = ProtoReader(block)
            while let key = try reader.next() {
                guard key.number == 1, key.kind == .bytes else {
                    try reader.skip(key)
                    continue
                }
                try merge(try reader.slice(), of: ticket, into: &entries)
            }
        } catch {
            throw Self.flaw("the conversation of ticket \(ticket)", error)
        }
    }

    /// Reads the entries of many tickets from a block, for those that have a place in `entries` already.
    package mutating func read(
        _ block: UnsafeRawBufferPointer, into entries: inout [TicketNumber: [UInt32: EntryRow]]
    ) throws(StoreError) {
        var number: TicketNumber?
        do {
            var reader = ProtoReader(block)
            while let key = try reader.next() {
                guard key.number == 1, key.kind == .bytes else {
                    try reader.skip(key)
                    continue
                }
                let part = try reader.slice()
                let ticket = try Self.ticket(of: part)
                number = ticket
                // In place: the entries of a conversation are not copied for one more.
                guard let index = entries.index(forKey: ticket) else { continue }
                try merge(part, of: ticket, into: &entries.values[index])
            }
        } catch {
            throw Self.flaw("the conversation of ticket \(number ?? TicketNumber(0))", error)
        }
    }

    /// Whose entries a part of a block has: the writer puts that first.
    private static func ticket(of part: UnsafeRawBufferPointer) throws -> TicketNumber {
        var reader = ProtoReader(part)
        guard let key = try reader.next(), key.number == 1, key.kind == .varint else {
            throw DecodingFlaw("ticket")
        }
        return TicketNumber(try reader.varint())
    }

    private mutating func merge(
        _ part: UnsafeRawBufferPointer, of ticket: TicketNumber, into entries: inout [UInt32: EntryRow]
    ) throws {
        var reader = ProtoReader(part)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): if try reader.varint() != ticket.rawValue { return }
            case (2, .bytes):
                let entry = try entry(try reader.slice())
                entries[entry.number] = entry
            default: try reader.skip(key)
            }
        }
    }

    private mutating func entry(_ bytes: UnsafeRawBufferPointer) throws -> EntryRow {
        var reader = ProtoReader(bytes)
        var (kind, author) = (EntryKind?.none, Name?.none)
        var entry = EntryRow(number: 0, kind: .note, author: "none", at: .zero, text: "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): entry.number = try reader.number()
            case (2, .varint): kind = try reader.value(EntryKind.init(rawValue:))
            case (3, .bytes): author = try names.name(try reader.slice(), "author")
            case (4, .varint): entry.at = try reader.moment()
            case (5, .bytes): entry.text = try reader.text()
            default: try reader.skip(key)
            }
        }
        guard let kind, let author else { throw DecodingFlaw("entry") }
        entry.kind = kind
        entry.author = author
        return entry
    }

    // MARK: - The outbox

    /// Adds a reply to a block. Whom it goes to stands with the ticket only.
    package static func write(_ change: OutboxChange, to block: inout ProtoWriter) {
        let start = block.begin(1)
        block.field(1, change.number)
        block.field(2, change.ticket.rawValue)
        block.field(3, change.entry)
        block.field(4, change.at.milliseconds)
        block.end(start)
    }

    /// The replies of a block, in order.
    package static func outbox(_ block: UnsafeRawBufferPointer) throws(StoreError) -> [OutboxChange] {
        var changes: [OutboxChange] = []
        do {
            var reader = ProtoReader(block)
            while let key = try reader.next() {
                guard key.number == 1, key.kind == .bytes else {
                    try reader.skip(key)
                    continue
                }
                changes.append(try outboxChange(try reader.slice()))
            }
        } catch {
            throw flaw("a part of the outbox", error)
        }
        return changes
    }

    private static func outboxChange(_ bytes: UnsafeRawBufferPointer) throws -> OutboxChange {
        var reader = ProtoReader(bytes)
        var change = OutboxChange(number: 0, ticket: TicketNumber(0), entry: 0, at: .zero)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): change.number = try reader.varint()
            case (2, .varint): change.ticket = TicketNumber(try reader.varint())
            case (3, .varint): change.entry = try reader.number()
            case (4, .varint): change.at = try reader.moment()
            default: try reader.skip(key)
            }
        }
        return change
    }
}
