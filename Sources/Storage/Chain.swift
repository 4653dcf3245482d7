import Crypto
package import Tickets

/// The chain of digests over the rows of a log: each covers its row and the digest of the row before, so that a
/// row that is missing, altered or in the wrong place is noticed.
package struct Chain: Hashable, Sendable {
    /// The position of the last event that the chain covers.
    package var position: Position
    /// SHA-256, 32 bytes.
    package var digest: [UInt8]

    package init(position: Position, digest: [UInt8]) {
        self.position = position
        self.digest = digest
    }

    /// Before the first row.
    package static let start = Chain(position: .start, digest: [UInt8](repeating: 0, count: digestBytes))
    package static let digestBytes = 32

    /// The digest of a row that follows. Numbers go in as 8 bytes, the largest first.
    func digest(
        epoch: UInt64, first: Position, last: Position, layout: UInt32, body: UnsafeRawBufferPointer
    ) -> [UInt8] {
        var hash = SHA256()
        digest.withUnsafeBytes { hash.update(bufferPointer: $0) }
        let numbers = (
            epoch.bigEndian, first.rawValue.bigEndian, last.rawValue.bigEndian, UInt64(layout).bigEndian
        )
        withUnsafeBytes(of: numbers) { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: body)
        // At once: as a sequence it would be copied byte by byte.
        return hash.finalize().withUnsafeBytes { Array($0) }
    }
}
