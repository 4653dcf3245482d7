package import Desk
import ProtoBytes
import Tickets

/// A desk ⇄ the bytes of a snapshot.
///
/// The bytes are: 8 of magic, the layout (4, largest first), then pieces, each with its length (4) before it, and
/// last the SHA-256 of all that. The pieces are messages of log.proto that are merged; they are written and read one
/// by one, so that a million tickets never lie in memory as bytes. The rule for changing it is that of log.proto.
package enum SnapshotCoding {
    /// The layout that is written. A snapshot of any other is not used: it only saves time.
    package static let layout: UInt32 = 4

    static let magic = Array("SBDESK\r\n".utf8)
    fileprivate static let itemsPerPiece = 4_096

    package static func encode<Output: SnapshotOutput>(
        _ desk: Desk, to output: Output
    ) throws(StoreError) -> Output {
        var pieces = try PieceWriter(output)
        try pieces.write { write(head: desk, to: &$0) }
        // Ticket by ticket: a list of all of them would be as large as the desk.
        for numbers in inPieces(desk.ticketNumbers) {
            try pieces.write { writer in
                for number in numbers { if let ticket = desk.ticket(number) { write(ticket, to: &writer) } }
            }
        }
        let held = desk.holdings.keys.sorted().flatMap { desk.holdings[$0] ?? [] }
        for numbers in inPieces(held) {
            try pieces.write { writer in
                for number in numbers {
                    if let claim = desk.claim(of: number) { write(number, claim, to: &writer) }
                }
            }
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.answersLostInSnapshot) {
                try pieces.end()
                return pieces.output
            }
        #endif
        for kept in inPieces(desk.answers.entries) {
            try pieces.write { writer in for (stamp, answer) in kept { write(stamp, answer, to: &writer) } }
        }
        for solved in inPieces(Array(desk.solved)) {
            try pieces.write { writer in for ticket in solved { write(ticket, to: &writer) } }
        }
        for numbers in inPieces(desk.dossiers.keys.sorted()) {
            try pieces.write { writer in
                for number in numbers {
                    if let dossier = desk.dossiers[number] { write(number, dossier, to: &writer) }
                }
            }
        }
        for numbers in inPieces(desk.merges.keys.sorted()) {
            try pieces.write { writer in
                for number in numbers {
                    guard let target = desk.merges[number] else { continue }
                    write(number, mergedInto: target, desk.mergedCustomers[number], to: &writer)
                }
            }
        }
        for numbers in inPieces(desk.promisedNumbers) {
            try pieces.write { writer in
                for number in numbers {
                    if let promises = desk.promises(of: number) { write(number, promises, to: &writer) }
                }
            }
        }
        for numbers in inPieces(desk.channels.keys) {
            try pieces.write { writer in
                for number in numbers {
                    if let channel = desk.channel(of: number) { write(number, channel: channel, to: &writer) }
                }
            }
        }
        for numbers in inPieces(desk.arrivals.keys) {
            try pieces.write { writer in
                for number in numbers {
                    if let moment = desk.arrival(of: number) { write(number, arrival: moment, to: &writer) }
                }
            }
        }
        for numbers in inPieces(desk.customers?.memberNumbers ?? []) {
            try pieces.write { writer in
                for number in numbers {
                    if let member = desk.customers?.member(number) { write(number, member, to: &writer) }
                }
            }
        }
        for acquaintances in inPieces(desk.customers?.acquaintances ?? []) {
            try pieces.write { writer in
                for acquaintance in acquaintances { write(acquaintance, to: &writer) }
            }
        }
        for numbers in inPieces(desk.demands.keys) {
            try pieces.write { writer in
                for number in numbers {
                    if let demands = desk.demands[number] { write(number, demands, to: &writer) }
                }
            }
        }
        for numbers in inPieces(desk.wishes.customers.keys) {
            try pieces.write { writer in
                for number in numbers {
                    if let customer = desk.addressee(of: number) {
                        write(number, addressee: customer, to: &writer)
                    }
                }
            }
        }
        for wishes in inPieces(desk.wishes.all) {
            try pieces.write { writer in
                for wish in wishes { write(wish, to: &writer) }
            }
        }
        try pieces.end()
        return pieces.output
    }

    package static func encode(_ desk: Desk) throws(StoreError) -> [UInt8] {
        try encode(desk, to: SnapshotBytes()).bytes
    }

    /// - Throws: `corrupt` when the bytes are not what ``encode(_:to:)`` made, `unusable` when their layout is
    ///   another.
    package static func decode(
        _ input: some SnapshotInput, settings: DeskSettings
    ) throws(StoreError) -> Desk {
        var reading = SnapshotReading(settings: settings)
        var pieces = try PieceReader(input)
        while let piece = try pieces.piece() {
            do {
                try piece.withUnsafeBytes { try reading.merge($0) }
            } catch {
                let part = DecodingFlaw(error).part
                throw StoreError(
                    .corrupt, "the snapshot at event \(reading.restoration.position) has no valid \(part)")
            }
        }
        let position = reading.restoration.position
        guard let desk = reading.restoration.end() else {
            throw StoreError(.corrupt, "the snapshot at event \(position) contradicts itself")
        }
        return desk
    }

    package static func decode(_ bytes: [UInt8], settings: DeskSettings) throws(StoreError) -> Desk {
        try decode(SnapshotBytes(bytes), settings: settings)
    }

    private static func inPieces<Item>(_ items: [Item]) -> [ArraySlice<Item>] {
        stride(from: 0, to: items.count, by: itemsPerPiece).map { items[$0...].prefix(itemsPerPiece) }
    }
}
