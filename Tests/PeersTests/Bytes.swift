import Testing

@testable import Peers

/// Reads everything that `bytes` hold, once for each place at which they may have been cut in two on their
/// way.
///
/// `read` reads what is whole, and says how far it came. What was read must be the same for each cut.
func atEveryCut<Value>(
    _ bytes: [UInt8], _ read: (UnsafeRawBufferPointer, inout [Value]) throws -> Int
) throws -> [[Value]] {
    try (0...bytes.count).map { cut in
        let buffer = ByteBuffer(capacity: 16)
        var values: [Value] = []
        for part in [bytes[..<cut], bytes[cut...]] {
            buffer.append(Array(part))
            buffer.consume(try read(buffer.readable, &values))
        }
        try #require(buffer.count == 0)
        return values
    }
}

/// What `write` writes.
func written(_ write: (ByteBuffer) -> Void) -> [UInt8] {
    let buffer = ByteBuffer(capacity: 16)
    write(buffer)
    return Array(buffer.readable)
}

/// Lends the bytes to `body`.
func reading(_ bytes: some Sequence<UInt8>, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try Array(bytes).withUnsafeBytes { try body($0) }
}
