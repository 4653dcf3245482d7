/// An answer of beanstalkd. Bodies are ranges of the bytes that were read.
///
/// Source: https://github.com/beanstalkd/beanstalkd/blob/master/doc/protocol.txt
enum BeanstalkReply: Hashable {
    case inserted
    case reserved(id: Int, body: Range<Int>)
    case deleted
    case timedOut
    case ok(Range<Int>)
    /// Any other line, such as `OUT_OF_MEMORY`.
    case other(Range<Int>)
}

/// Reads answers from bytes of which the last may not be whole yet.
struct BeanstalkReader {
    let bytes: UnsafeRawBufferPointer
    /// The first byte that is not read yet.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next answer, or nil, without moving, when it is not whole yet.
    mutating func next() throws(PeerError) -> BeanstalkReply? {
        guard let end = bytes.lineEnd(from: offset) else { return nil }
        let after = end + 2
        if bytes.starts(with: "INSERTED ", at: offset) {
            offset = after
            return .inserted
        }
        if bytes.starts(with: "DELETED\r", at: offset) {
            offset = after
            return .deleted
        }
        if bytes.starts(with: "TIMED_OUT\r", at: offset) {
            offset = after
            return .timedOut
        }
        if bytes.starts(with: "RESERVED ", at: offset) {
            let first = offset + 9
            guard let space = bytes.offset(of: 0x20, from: first), let id = bytes.decimal(first..<space),
                let length = bytes.decimal(space + 1..<end)
            else { throw PeerError("not beanstalkd: \(bytes.text(offset..<end))") }
            return body(after, length).map { .reserved(id: id, body: $0) }
        }
        if bytes.starts(with: "OK ", at: offset) {
            guard let length = bytes.decimal(offset + 3..<end) else {
                throw PeerError("not beanstalkd: \(bytes.text(offset..<end))")
            }
            return body(after, length).map { .ok($0) }
        }
        let line = offset..<end
        offset = after
        return .other(line)
    }

    private mutating func body(_ start: Int, _ length: Int) -> Range<Int>? {
        guard start + length + 2 <= bytes.count else { return nil }
        offset = start + length + 2
        return start..<start + length
    }

    func error(_ command: String, _ reply: BeanstalkReply) -> PeerError {
        if case .other(let line) = reply { return PeerError("\(command): \(bytes.text(line))") }
        return PeerError("\(command): an answer to something else: \(reply)")
    }
}
