import Crypto
package import Desk
import SwiftProtobuf
package import Tickets

/// A desk ⇄ the bytes of a snapshot.
///
/// The bytes are: 8 of magic, the layout (4, largest first), then pieces, each with its length (4) before it, and
/// last the SHA-256 of all that. The pieces are messages that are merged; there are several, so that neither
/// side holds all tickets twice. The rule for changing it is that of log.proto.
package enum SnapshotCoding {
    /// The layout that is written. A snapshot of any other is not used: it only saves time.
    package static let layout: UInt32 = 1

    private static let magic = Array("SBDESK\r\n".utf8)
    private static let itemsPerPiece = 4_096

    package static func encode(_ desk: Desk) throws(StoreError) -> [UInt8] {
        let parts = desk.parts
        var bytes = magic
        bytes.append(number: layout)
        bytes.reserveCapacity(64 * (parts.tickets.count + parts.answers.count) + 4_096)
        try append(head(parts), to: &bytes)
        try appendPieces(parts.tickets, to: &bytes) { $0.tickets = $1.map { stored($0) } }
        try appendPieces(parts.claims, to: &bytes) { $0.claims = $1.map { stored($0.ticket, $0.claim) } }
        try appendPieces(parts.answers, to: &bytes) { $0.answers = $1.map { stored($0.stamp, $0.answer) } }
        try appendPieces(parts.solved, to: &bytes) { $0.solved = $1.map { stored($0) } }
        bytes.append(contentsOf: digest(of: bytes[...]))
        return bytes
    }

    /// - Throws: `corrupt` when the bytes are not what ``encode(_:)`` made, `unusable` when their layout is another.
    package static func decode(_ bytes: [UInt8], settings: DeskSettings) throws(StoreError) -> Desk {
        let head = magic.count + 4
        guard bytes.count >= head + Chain.digestBytes, bytes.starts(with: magic) else {
            throw StoreError(.corrupt, "the snapshot is cut short or is none")
        }
        let end = bytes.count - Chain.digestBytes
        guard Array(bytes[end...]) == digest(of: bytes[..<end]) else {
            throw StoreError(.corrupt, "the snapshot is not what was written")
        }
        guard bytes.number(at: magic.count) == layout else {
            throw StoreError(.unusable, "the snapshot has another layout than \(layout)")
        }
        var parts = DeskParts()
        var offset = head
        while offset < end {
            guard end - offset >= 4 else { throw StoreError(.corrupt, "the snapshot ends within a piece") }
            let count = Int(bytes.number(at: offset))
            offset += 4
            guard end - offset >= count else {
                throw StoreError(.corrupt, "the snapshot ends within a piece")
            }
            try take(Array(bytes[offset..<offset + count]), into: &parts)
            offset += count
        }
        guard let desk = Desk(restoring: parts, settings: settings) else {
            throw StoreError(.corrupt, "the snapshot at event \(parts.position) contradicts itself")
        }
        return desk
    }

    private static func digest(of bytes: ArraySlice<UInt8>) -> [UInt8] {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Array(hash.finalize())
    }

    private static func append(_ piece: StoredSnapshot, to bytes: inout [UInt8]) throws(StoreError) {
        do {
            let encoded: [UInt8] = try piece.serializedBytes()
            bytes.append(number: UInt32(encoded.count))
            bytes.append(contentsOf: encoded)
        } catch {
            throw StoreError(.unusable, "a snapshot cannot be encoded: \(error)")
        }
    }

    /// Sets each piece's items at once: appending to a field of a large message copies the field every time.
    private static func appendPieces<Item>(
        _ items: [Item], to bytes: inout [UInt8], _ set: (inout StoredSnapshot, ArraySlice<Item>) -> Void
    ) throws(StoreError) {
        var start = 0
        while start < items.count {
            let end = min(start + itemsPerPiece, items.count)
            var piece = StoredSnapshot()
            set(&piece, items[start..<end])
            try append(piece, to: &bytes)
            start = end
        }
    }

    private static func take(_ bytes: [UInt8], into parts: inout DeskParts) throws(StoreError) {
        do {
            let piece = try StoredSnapshot(serializedBytes: bytes)
            try take(piece, into: &parts)
        } catch let flaw as DecodingFlaw {
            throw StoreError(.corrupt, "the snapshot at event \(parts.position) has no valid \(flaw.part)")
        } catch {
            throw StoreError(.corrupt, "the snapshot at event \(parts.position) has a piece that is none")
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: UInt32) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    /// Four bytes, the largest first; the caller has checked that they are there.
    fileprivate func number(at offset: Int) -> UInt32 {
        self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
