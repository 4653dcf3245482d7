import ProtoBytes
import Storage
import Tickets

/// How tickets' rows are packed: 32 tickets whose numbers follow one another lie on one shelf, a row of the database.
///
/// Tickets that come together are claimed, solved and closed at about the same time, so that one row is found and
/// written for dozens of changes; with a row a ticket, SQLite took most of the time of a fold. Beside the packed
/// tickets stand their labels, by which they are told apart without being unpacked, and two masks, by which whole
/// shelves are passed over.
enum Shelf {
    static let slotCount = 32

    static func id(of number: TicketNumber) -> Int64 {
        Int64(bitPattern: number.rawValue / UInt64(slotCount))
    }

    static func slot(of number: TicketNumber) -> Int { Int(number.rawValue % UInt64(slotCount)) }

    static func number(_ id: Int64, _ slot: Int) -> TicketNumber {
        TicketNumber(UInt64(bitPattern: id) &* UInt64(slotCount) &+ UInt64(slot))
    }

    static let select = "SELECT labels, tickets FROM shelf"

    // MARK: - Masks

    /// The bits of a status and a place in a shelf's `stands`.
    static func stands(_ status: Status, _ place: Place) -> Int64 { bit(status) | bit(place) }

    /// The bit of a line in a shelf's `lines`. Two lines may share one: who searches compares what was found.
    static func bit(_ line: Name) -> Int64 { 1 << Int64(lineBit(line)) }

    static func lineBit(_ line: Name) -> UInt8 {
        var text = line.text
        return text.withUTF8 { $0.reduce(0 as UInt8) { ($0 &* 31) ^ $1 } } % 63
    }

    private static func bit(_ status: Status) -> Int64 { 1 << Int64(status.rawValue) }
    private static func bit(_ place: Place) -> Int64 { 1 << Int64(8 + place.rawValue) }

    /// Standings of tickets for which there are indexes of the shelves that have any. Spam is among the open ones: by
    /// ``openTicket`` and ``unfinishedAside`` everything is found that is not settled yet.
    static let openTicket = bit(.waiting) | bit(.claimed) | bit(.parked) | bit(.spam)
    static let parkedTicket = bit(.parked)
    static let unfinishedAside = bit(.pending) | bit(.onHold)

    /// What a ticket is of which the desk owes nobody anything.
    static let finished = bit(.solved) | bit(.closed) | bit(.spam)

    /// That a shelf has a ticket of one of some standings, to follow another condition. An index is used by a query
    /// that has its condition, letter for letter.
    static func having(_ standings: Int64) -> String { " AND \(condition(standings))" }

    static func condition(_ standings: Int64) -> String { "stands & \(standings) <> 0" }

    /// What masks say to a filter, to follow another condition; its only parameter is the mask of the line. Whoever
    /// searches compares the tickets themselves: one may have the status, and another the place.
    static func conditions(_ filter: TicketFilter) -> String {
        var conditions = filter.line == nil ? "" : " AND lines & ? <> 0"
        if let status = filter.status {
            conditions += having(bit(status))
            if status == .pending || status == .onHold { conditions += having(unfinishedAside) }
        }
        if filter.isOpen { conditions += having(Status.allCases.reduce(0) { $0 | bit($1) } & ~finished) }
        if let place = filter.place {
            conditions += having(bit(place))
            if place == .waiting || place == .claimed { conditions += having(openTicket) }
        }
        return conditions
    }

    static let flaw = StoreError(.corrupt, "a shelf of tickets in the view is damaged")
}

/// What stands on the outside of a packed ticket, in 8 bytes; zero where there is no ticket.
struct ShelfLabel {
    var bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    init(byteCount: Int, _ state: borrowing TicketState) {
        bits =
            UInt64(UInt32(clamping: byteCount)) | UInt64(state.status.rawValue) << 32
            | UInt64(state.place.rawValue) << 40 | UInt64(Shelf.lineBit(state.line)) << 48
    }

    /// Of the packed ticket.
    var byteCount: Int { Int(bits & 0xffff_ffff) }
    var stands: Int64 { 1 << Int64(bits >> 32 & 0x3f) | 1 << Int64(8 + (bits >> 40 & 0x7)) }
    var lines: Int64 { 1 << Int64(bits >> 48 & 0x3f) }

    /// Whether the ticket may match a filter.
    func mayMatch(_ filter: borrowing TicketFilter) -> Bool {
        (filter.line.map { lines & Shelf.bit($0) != 0 } ?? true)
            && (filter.status.map { bits >> 32 & 0xff == UInt64($0.rawValue) } ?? true)
            && (!filter.isOpen || stands & Shelf.finished == 0)
            && (filter.place.map { bits >> 40 & 0xff == UInt64($0.rawValue) } ?? true)
    }
}

/// A shelf's labels and packed tickets, in the order of their numbers. Borrows their bytes.
struct ShelfBytes {
    private let labels: UnsafeRawBufferPointer
    private let tickets: UnsafeRawBufferPointer

    init(labels: UnsafeRawBufferPointer, tickets: UnsafeRawBufferPointer) throws(StoreError) {
        self.labels = labels
        self.tickets = tickets
        guard labels.count == 8 * Shelf.slotCount,
            (0..<Shelf.slotCount).reduce(0, { $0 + label($1).byteCount }) == tickets.count
        else { throw Shelf.flaw }
    }

    private func label(_ slot: Int) -> ShelfLabel {
        ShelfLabel(
            bits: UInt64(littleEndian: labels.loadUnaligned(fromByteOffset: 8 * slot, as: UInt64.self)))
    }

    /// Gives each ticket, in order of number, until the closure says that it wants no more.
    func each(_ take: (Int, ShelfLabel, UnsafeRawBufferPointer) throws -> Bool) rethrows {
        var start = 0
        for slot in 0..<Shelf.slotCount {
            let label = label(slot)
            guard label.bits != 0 else { continue }
            let end = start + label.byteCount
            guard try take(slot, label, UnsafeRawBufferPointer(rebasing: tickets[start..<end])) else {
                return
            }
            start = end
        }
    }

    /// A packed ticket; nil when there is none.
    func ticket(_ wanted: Int) -> UnsafeRawBufferPointer? {
        guard label(wanted).bits != 0 else { return nil }
        let start = (0..<wanted).reduce(0) { $0 + label($1).byteCount }
        return UnsafeRawBufferPointer(rebasing: tickets[start..<start + label(wanted).byteCount])
    }
}

/// A packed ticket, taken apart. Borrows its bytes.
struct PackedTicket {
    private(set) var state = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var opening = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var trail = UnsafeRawBufferPointer(start: nil, count: 0)

    init(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        do {
            var reader = ProtoReader(bytes)
            while let key = try reader.next() {
                switch (key.number, key.kind) {
                case (1, .bytes): state = try reader.slice()
                case (2, .bytes): opening = try reader.slice()
                case (3, .bytes): trail = try reader.slice()
                default: try reader.skip(key)
                }
            }
        } catch {
            throw Shelf.flaw
        }
    }

    /// Packs a ticket after it changed; `old` is what it was, nil for a new one. `block` is where its new entries are
    /// kept.
    static func write(
        _ change: inout TicketChange, over old: PackedTicket?, block: UInt64?,
        to writer: inout ProtoWriter
    ) {
        var start = writer.begin(1)
        ViewCoding.write(change.state, to: &writer)
        writer.end(start)
        if let opening = change.opening {
            start = writer.begin(2)
            ViewCoding.write(opening, to: &writer)
            writer.end(start)
        } else if let old {
            writer.fieldAlways(2, old.opening)
        }
        start = writer.begin(3)
        if let old { writer.append(old.trail) }
        Trail.write(change.positions, block: block, to: &writer)
        writer.end(start)
    }

    func state(_ coding: inout ViewCoding) throws(StoreError) -> TicketState {
        var state = TicketState(line: "none")
        try coding.read(self.state, into: &state)
        return state
    }

    func row(_ number: TicketNumber, _ coding: inout ViewCoding) throws(StoreError) -> TicketRow {
        var row = TicketRow()
        row.number = number
        row.assign(try state(&coding))
        try coding.read(opening, into: &row)
        return row
    }
}
