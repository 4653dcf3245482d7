/// A message or line from a NATS server. Texts are ranges of the bytes that were read.
///
/// Source: https://docs.nats.io/reference/reference-protocols/nats-protocol
enum NATSFrame: Hashable {
    /// `reply` is empty when nobody asks for an answer, `headers` when there are none.
    case message(subject: Range<Int>, reply: Range<Int>, headers: Range<Int>, body: Range<Int>)
    case info(Range<Int>)
    case ping
    case pong
    case ok
    case error(Range<Int>)
}

/// Reads frames from bytes of which the last may not be whole yet.
struct NATSReader {
    let bytes: UnsafeRawBufferPointer
    /// The first byte that is not read yet.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next frame, or nil, without moving, when it is not whole yet.
    mutating func next() throws(PeerError) -> NATSFrame? {
        guard let end = bytes.lineEnd(from: offset) else { return nil }
        if bytes.starts(with: "MSG ", at: offset) { return try message(offset + 4..<end, hasHeaders: false) }
        if bytes.starts(with: "HMSG ", at: offset) { return try message(offset + 5..<end, hasHeaders: true) }
        let line = offset..<end
        offset = end + 2
        if bytes.starts(with: "PING", at: line.lowerBound) { return .ping }
        if bytes.starts(with: "PONG", at: line.lowerBound) { return .pong }
        if bytes.starts(with: "+OK", at: line.lowerBound) { return .ok }
        if bytes.starts(with: "INFO ", at: line.lowerBound) { return .info(line.lowerBound + 5..<end) }
        if bytes.starts(with: "-ERR", at: line.lowerBound) { return .error(line) }
        throw PeerError("not NATS: \(bytes.text(line))")
    }

    /// `subject sid [reply] [header bytes] bytes`, and what it announces.
    private mutating func message(_ line: Range<Int>, hasHeaders: Bool) throws(PeerError) -> NATSFrame? {
        // At most five words: the last one or two are lengths, and the third is a reply only if there is one
        // more.
        var words: (Range<Int>, Range<Int>, Range<Int>, Range<Int>, Range<Int>) = (
            0..<0, 0..<0, 0..<0, 0..<0, 0..<0
        )
        var count = 0
        var start = line.lowerBound
        while start < line.upperBound {
            let end = min(bytes.offset(of: 0x20, from: start) ?? line.upperBound, line.upperBound)
            switch count {
            case 0: words.0 = start..<end
            case 1: words.1 = start..<end
            case 2: words.2 = start..<end
            case 3: words.3 = start..<end
            default: words.4 = start..<end
            }
            count += 1
            start = end + 1
        }
        let lengths = hasHeaders ? 2 : 1
        guard count == 2 + lengths || count == 3 + lengths else {
            throw PeerError("not NATS: a message of \(count) words")
        }
        let hasReply = count == 3 + lengths
        let first = hasReply ? words.3 : words.2
        let last = hasReply ? (hasHeaders ? words.4 : words.3) : (hasHeaders ? words.3 : words.2)
        guard let headerBytes = hasHeaders ? bytes.decimal(first) : 0, let totalBytes = bytes.decimal(last),
            totalBytes >= headerBytes
        else { throw PeerError("not NATS: a message without its lengths") }
        let begin = line.upperBound + 2
        guard begin + totalBytes + 2 <= bytes.count else { return nil }
        offset = begin + totalBytes + 2
        return .message(
            subject: words.0, reply: hasReply ? words.2 : 0..<0, headers: begin..<begin + headerBytes,
            body: begin + headerBytes..<begin + totalBytes)
    }

    /// The decimal number behind the last dot of a subject.
    func number(endingSubject subject: Range<Int>) throws(PeerError) -> Int {
        var start = subject.upperBound
        while start > subject.lowerBound, bytes[start - 1] != 0x2e { start -= 1 }
        guard let number = bytes.decimal(start..<subject.upperBound) else {
            throw PeerError("NATS: no number ends \(bytes.text(subject))")
        }
        return number
    }

    func error(_ frame: NATSFrame) -> PeerError {
        switch frame {
        case .error(let line): PeerError("NATS: \(bytes.text(line))")
        case .message(let subject, _, let headers, let body):
            PeerError("NATS: \(bytes.text(subject)): \(bytes.text(headers)) \(bytes.text(body))")
        case .info, .ping, .pong, .ok: PeerError("NATS: not expected: \(frame)")
        }
    }
}
