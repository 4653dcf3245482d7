import ProtoBytes

/// Makes bytes that nobody would send out of bytes that somebody would.
///
/// Damage that keeps most of the structure goes deepest, so most of it knows how protobuf is written.
package struct Damage {
    /// Frames that pieces are taken from.
    private let corpus: [[UInt8]]
    /// No frame that libzmq lets through is longer.
    package static let bytesMax = 1_048_576

    package init(_ corpus: [[UInt8]]) {
        self.corpus = corpus.isEmpty ? [[]] : corpus
    }

    package func apply(to bytes: inout [UInt8], _ random: inout FuzzRandom) {
        for _ in 0...random.below(3) { once(&bytes, &random) }
        if bytes.count > Self.bytesMax { bytes.removeSubrange(Self.bytesMax...) }
    }

    private func once(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let at = random.below(bytes.count + 1)
        switch random.below(14) {
        case 0: bytes.removeSubrange(at...)
        case 1: if at < bytes.count { bytes[at] ^= 1 << UInt8(random.below(8)) }
        case 2: if at < bytes.count { bytes[at] = UInt8(truncatingIfNeeded: random.next()) }
        case 3: if at < bytes.count { bytes.remove(at: at) }
        case 4: bytes.insert(contentsOf: random.bytes(1 + random.below(8)), at: at)
        case 5: bytes.insert(contentsOf: Self.varint(random.number()), at: at)
        case 6: bytes.insert(contentsOf: Self.longVarint(&random), at: at)
        case 7:
            let other = random.pick(corpus)
            bytes = Array(bytes[..<at]) + other[random.below(other.count + 1)...]
        case 8: bytes += bytes[at...]
        case 9: bytes.insert(contentsOf: random.pick(corpus), at: at)
        default: field(&bytes, &random)
        }
    }

    /// Damage to a whole field, at the top or deeper: the structure around it stays right.
    private func field(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        var fields = Self.fields(of: bytes)
        guard !fields.isEmpty else { return }
        let index = random.below(fields.count)
        switch random.below(8) {
        // The same again: of a oneof, two members; of a number, the last one counts.
        case 0: fields.insert(fields[index], at: random.below(fields.count + 1))
        case 1: fields.swapAt(index, random.below(fields.count))
        case 2: fields.remove(at: index)
        // A length that lies.
        case 3:
            fields[index] = Self.varint(UInt64(1 + random.below(20)) << 3 | 2) + Self.varint(random.number())
        case 4: fields.insert(Self.unknown(random.pick(corpus), &random), at: index)
        case 5: fields[index] = Self.nested(fields[index], depth: 1 + random.below(40), &random)
        // Empty messages, which cost most to read for their size.
        case 6:
            let empty = Self.varint(UInt64(1 + random.below(8)) << 3 | 2) + [0]
            let count = random.oneIn(1_000) ? 100_000 : 1 + random.below(200)
            fields[index] += (0..<count).flatMap { _ in empty }
        default: inside(&fields[index], &random)
        }
        bytes = fields.flatMap { $0 }
    }

    /// Damage to the content of a field, whose length is made right again.
    private func inside(_ field: inout [UInt8], _ random: inout FuzzRandom) {
        guard let (key, content) = Self.content(of: field) else { return }
        var inner = content
        if random.oneIn(2) { once(&inner, &random) } else { self.field(&inner, &random) }
        field = Self.varint(key) + Self.varint(UInt64(inner.count)) + inner
    }
}

extension Damage {
    static func varint(_ value: UInt64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// Of up to eleven bytes, of which ten are the most that are allowed.
    private static func longVarint(_ random: inout FuzzRandom) -> [UInt8] {
        [UInt8](repeating: 0x80 | UInt8(random.below(128)), count: 1 + random.below(10)) + [
            UInt8(random.below(128))
        ]
    }

    /// A field that no version knows, with a whole frame in it.
    private static func unknown(_ content: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
        let number = random.pick([15, 16, 100, 18_999, 19_000, (1 << 29) - 1, 1 << 29, 0] as [UInt64])
        return varint(number << 3 | 2) + varint(UInt64(content.count)) + content
    }

    private static func nested(_ content: [UInt8], depth: Int, _ random: inout FuzzRandom) -> [UInt8] {
        var content = content
        let key = varint(UInt64(1 + random.below(8)) << 3 | 2)
        for _ in 0..<depth { content = key + varint(UInt64(content.count)) + content }
        return content
    }

    /// The fields of a message, each with its key; what is no field any more is one at the end.
    private static func fields(of bytes: [UInt8]) -> [[UInt8]] {
        bytes.withUnsafeBytes { buffer in
            var reader = ProtoReader(buffer)
            var (fields, start) = ([[UInt8]](), 0)
            do {
                while fields.count < 64, let key = try reader.next() {
                    try reader.skip(key)
                    fields.append(Array(buffer[start..<reader.offset]))
                    start = reader.offset
                }
            } catch {
                // The rest is damaged already.
            }
            if start < buffer.count { fields.append(Array(buffer[start...])) }
            return fields
        }
    }

    /// Key and content of a field of bytes, a text or a message; nil for any other.
    private static func content(of field: [UInt8]) -> (key: UInt64, content: [UInt8])? {
        field.withUnsafeBytes { buffer in
            var reader = ProtoReader(buffer)
            do {
                guard let key = try reader.next(), key.kind == .bytes else { return nil }
                return (UInt64(key.number) << 3 | 2, Array(try reader.slice()))
            } catch {
                return nil
            }
        }
    }
}
