import Desk
import SwiftProtobuf
package import Tickets

/// The parts of a view's row that a column of a database cannot hold without loss, as bytes.
///
/// Decoding is total: any bytes give a value or an error.
package enum RowCoding {
    /// A ticket's kind, tags and fields; no bytes when it has none.
    package static func encodeLabels(of submission: Submission) throws(StoreError) -> [UInt8] {
        guard submission.kind != nil || !submission.tags.isEmpty || !submission.fields.isEmpty else {
            return []
        }
        var labels = StoredLabels()
        if let kind = submission.kind { labels.kind = kind }
        labels.tags = submission.tags
        labels.fields = submission.fields.map { RecordCoding.stored($0) }
        do {
            return try labels.serializedBytes()
        } catch {
            throw StoreError(.unusable, "the labels of a ticket cannot be encoded: \(error)")
        }
    }

    package static func decodeLabels(_ bytes: [UInt8], into row: inout TicketRow) throws(StoreError) {
        if bytes.isEmpty { return }
        do {
            let labels = try StoredLabels(serializedBytes: bytes)
            row.kind = labels.hasKind ? labels.kind : nil
            row.tags = labels.tags
            row.fields = labels.fields.map { Field(name: $0.name, value: $0.value) }
        } catch {
            throw StoreError(.corrupt, "the labels of ticket \(row.number) in the view are damaged")
        }
    }

    /// A run of positions: how many, the first, and the distance from each to the next, as varints. Runs follow one
    /// another without a separator, so that a batch is appended without reading those before.
    package static func encode(_ positions: [Position]) -> [UInt8] {
        guard let first = positions.first else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(6 + positions.count)
        append(UInt64(positions.count), to: &bytes)
        append(first.rawValue, to: &bytes)
        for (earlier, later) in zip(positions, positions.dropFirst()) {
            append(later.rawValue &- earlier.rawValue, to: &bytes)
        }
        return bytes
    }

    package static func decodePositions(_ bytes: [UInt8]) throws(StoreError) -> [Position] {
        var positions: [Position] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let count = takeNumber(&rest), count > 0, count <= UInt64(bytes.count) else {
                throw damagedPositions
            }
            var position: UInt64 = 0
            for _ in 0..<count {
                guard let distance = takeNumber(&rest) else { throw damagedPositions }
                position &+= distance
                positions.append(Position(position))
            }
        }
        return positions
    }

    private static let damagedPositions = StoreError(.corrupt, "a list of positions in the view is damaged")

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func takeNumber(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64, let byte = bytes.popFirst() {
            number |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return number }
            shift += 7
        }
        return nil
    }
}
