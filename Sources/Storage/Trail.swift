package import ProtoBytes
package import Tickets

/// Where a ticket's events stand in the log, and where its entries are kept in the view: a run for each fold that
/// changed it.
///
/// A run is a message with the first position, the distance from each to the next, and the block with the entries.
/// Messages follow one another without a separator, so that a run is appended without reading those before.
package enum Trail {
    /// Appends a run; `block` is where the new entries are kept, nil when there are none.
    package static func write(_ positions: [Position], block: UInt64?, to writer: inout ProtoWriter) {
        let start = writer.begin(1)
        if let first = positions.first {
            writer.field(1, first.rawValue)
            for (earlier, later) in zip(positions, positions.dropFirst()) {
                writer.field(2, later.rawValue &- earlier.rawValue)
            }
        }
        writer.field(3, block ?? 0)
        writer.end(start)
    }

    package static func positions(_ trail: UnsafeRawBufferPointer) throws(StoreError) -> [Position] {
        var positions: [Position] = []
        try read(trail) { field, value in
            switch field {
            case 1: positions.append(Position(value))
            case 2: positions.append(Position((positions.last?.rawValue ?? 0) &+ value))
            default: break
            }
        }
        return positions
    }

    /// The blocks with the ticket's entries, in the order in which they were written.
    package static func blocks(_ trail: UnsafeRawBufferPointer) throws(StoreError) -> [UInt64] {
        var blocks: [UInt64] = []
        try read(trail) { field, value in if field == 3 { blocks.append(value) } }
        return blocks
    }

    private static func read(
        _ trail: UnsafeRawBufferPointer, _ take: (_ field: UInt32, _ value: UInt64) -> Void
    ) throws(StoreError) {
        do {
            var runs = ProtoReader(trail)
            while let key = try runs.next() {
                guard key.number == 1, key.kind == .bytes else {
                    try runs.skip(key)
                    continue
                }
                var run = ProtoReader(try runs.slice())
                while let key = try run.next() {
                    if key.kind == .varint { take(key.number, try run.varint()) } else { try run.skip(key) }
                }
            }
        } catch {
            throw ViewCoding.flaw("a ticket's trail", error)
        }
    }
}
