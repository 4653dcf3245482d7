/// A running digest of everything that happens in a run: two runs are the same when their digests are.
///
/// Eight bytes at a time; guards against accidents, not against malice.
struct Trace: Sendable {
    private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ value: UInt64) {
        let product = (digest ^ value).multipliedFullWidth(by: 0x9fb2_1c65_1e98_df25)
        digest = product.high ^ product.low
    }

    mutating func add(_ value: Int64) { add(UInt64(bitPattern: value)) }

    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(UInt64(bytes.count))
        var index = 0
        while index + 8 <= bytes.count {
            add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
        }
        var rest: UInt64 = 0
        while index < bytes.count {
            rest = rest << 8 | UInt64(bytes[index])
            index += 1
        }
        add(rest)
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }
}
