/// One token of RESP, the protocol of Redis. Texts are ranges of the bytes that were read.
///
/// Source: https://redis.io/docs/latest/develop/reference/protocol-spec/ (RESP2)
enum RESPToken: Hashable {
    case simple(Range<Int>)
    case error(Range<Int>)
    case integer(Int)
    /// nil for the null bulk string.
    case bulk(Range<Int>?)
    /// How many replies follow that belong to it; nil for the null array.
    case array(Int?)
}

/// Reads RESP from bytes of which the last reply may not be whole yet.
struct RESPReader {
    let bytes: UnsafeRawBufferPointer
    /// The first byte that is not read yet.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next token, or nil, without moving, when it is not whole yet.
    mutating func next() throws(PeerError) -> RESPToken? {
        guard offset < bytes.count, let end = bytes.lineEnd(from: offset + 1) else { return nil }
        let line = offset + 1..<end
        let after = end + 2
        switch bytes[offset] {
        case 0x2b:  // +
            offset = after
            return .simple(line)
        case 0x2d:  // -
            offset = after
            return .error(line)
        case 0x3a:  // :
            let value = try number(line)
            offset = after
            return .integer(value)
        case 0x24:  // $
            let length = try number(line)
            guard length >= 0 else {
                offset = after
                return .bulk(nil)
            }
            guard after + length + 2 <= bytes.count else { return nil }
            offset = after + length + 2
            return .bulk(after..<after + length)
        case 0x2a:  // *
            let count = try number(line)
            offset = after
            return .array(count < 0 ? nil : count)
        default: throw PeerError("not RESP: a reply begins with byte \(bytes[offset])")
        }
    }

    /// Whether a whole reply, with all that belongs to it, was there; if not, the reader does not move.
    mutating func skipReply() throws(PeerError) -> Bool {
        let start = offset
        var missing = 1
        while missing > 0 {
            guard let token = try next() else {
                offset = start
                return false
            }
            missing -= 1
            if case .array(.some(let count)) = token { missing += count }
        }
        return true
    }

    private func number(_ range: Range<Int>) throws(PeerError) -> Int {
        guard let value = bytes.decimal(range) else { throw PeerError("not RESP: no number in a length") }
        return value
    }
}

extension ByteBuffer {
    /// Begins a command of so many parts, its name among them.
    func append(respParts count: Int) {
        append(0x2a)
        append(decimal: count)
        append("\r\n")
    }

    func append(resp part: StaticString) {
        append(0x24)
        append(decimal: part.utf8CodeUnitCount)
        append("\r\n")
        append(part)
        append("\r\n")
    }

    func append(resp part: UnsafeRawBufferPointer) {
        append(0x24)
        append(decimal: part.count)
        append("\r\n")
        append(part)
        append("\r\n")
    }

    func append(respDecimal value: Int) {
        append(0x24)
        append(decimal: Self.digits(of: value))
        append("\r\n")
        append(decimal: value)
        append("\r\n")
    }
}
