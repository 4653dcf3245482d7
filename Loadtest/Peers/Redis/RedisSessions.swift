/// XADDs in a pipeline; the replies come in their order.
final class RedisPut: PutSession {
    let stream: ByteStream
    private let payloads: Payloads
    /// Jobs whose reply has not come, oldest first.
    private var sent = Queue<Int>()

    init(_ stream: ByteStream, _ payloads: Payloads) {
        self.stream = stream
        self.payloads = payloads
    }

    func put(_ first: Int, count: Int) {
        let output = stream.output
        for job in first..<first + count {
            output.append("*5\r\n$4\r\nXADD\r\n$4\r\njobs\r\n$1\r\n*\r\n$1\r\nd\r\n$")
            output.append(decimal: payloads.byteCount(job))
            output.append("\r\n")
            payloads.append(job, to: output)
            output.append("\r\n")
            sent.append(job)
        }
    }

    func receive(into acknowledged: inout [Int]) throws(PeerError) {
        var reader = RESPReader(stream.input.readable)
        while let token = try reader.next() {
            guard case .bulk(.some) = token else { throw .redis("XADD", token, reader.bytes) }
            acknowledged.append(try sent.removeFirst())
        }
        stream.input.consume(reader.offset)
    }
}

/// XREADGROUP that waits on the server, then XACK and XDEL of all it brought, with the next XREADGROUP behind
/// them.
///
/// One write a turn. The server works through a connection's commands in order, so no more jobs are out than
/// COUNT.
final class RedisTake: TakeSession {
    let stream: ByteStream
    private let payloads: Payloads
    private let consumer: Int
    private let seats: Int
    /// What the replies to come are to, oldest first.
    private var expected = Queue<Command>()
    /// Jobs whose XACK and XDEL are on their way: one batch, because the next comes behind their replies.
    private var finishing: [Int] = []
    private var ids: [Range<Int>] = []

    private enum Command {
        case read
        case acknowledge
        case delete
    }

    init(_ stream: ByteStream, _ payloads: Payloads, consumer: Int, seats: Int) {
        self.stream = stream
        self.payloads = payloads
        self.consumer = consumer
        self.seats = seats
    }

    func resume() { read() }

    private func read() {
        let output = stream.output
        output.append("*11\r\n$10\r\nXREADGROUP\r\n$5\r\nGROUP\r\n$1\r\ng\r\n")
        output.append(respDecimal: consumer)
        output.append("$5\r\nCOUNT\r\n")
        output.append(respDecimal: seats)
        output.append("$5\r\nBLOCK\r\n$1\r\n0\r\n$7\r\nSTREAMS\r\n$4\r\njobs\r\n$1\r\n>\r\n")
        expected.append(.read)
    }

    func receive(into log: inout TakeLog) throws(PeerError) {
        let bytes = stream.input.readable
        var whole = RESPReader(bytes)
        while whole.offset < bytes.count {
            var reader = whole
            guard try whole.skipReply() else { break }
            switch try expected.removeFirst() {
            case .read: try takeJobs(from: &reader, into: &log)
            case .acknowledge: try check(&reader, "XACK")
            case .delete:
                try check(&reader, "XDEL")
                log.done += finishing
                finishing.removeAll(keepingCapacity: true)
            }
        }
        stream.input.consume(whole.offset)
    }

    /// An array of streams, each with its name and an array of entries: the id, and an array of fields and
    /// values.
    private func takeJobs(from reader: inout RESPReader, into log: inout TakeLog) throws(PeerError) {
        try expect(.array(1), &reader)
        try expect(.array(2), &reader)
        _ = try reader.next()
        guard case .array(.some(let count)) = try reader.next() else {
            throw PeerError("XREADGROUP: no entries")
        }
        ids.removeAll(keepingCapacity: true)
        for _ in 0..<count {
            try expect(.array(2), &reader)
            guard case .bulk(.some(let id)) = try reader.next() else {
                throw PeerError("an entry without an id")
            }
            try expect(.array(2), &reader)
            _ = try reader.next()
            guard case .bulk(.some(let body)) = try reader.next() else { throw PeerError("an empty entry") }
            let job = try payloads.job(in: reader.bytes, body)
            log.taken.append(job)
            finishing.append(job)
            ids.append(id)
        }
        finish(reader.bytes)
    }

    private func finish(_ bytes: UnsafeRawBufferPointer) {
        let output = stream.output
        output.append(respParts: 3 + ids.count)
        output.append("$4\r\nXACK\r\n$4\r\njobs\r\n$1\r\ng\r\n")
        for id in ids { output.append(resp: UnsafeRawBufferPointer(rebasing: bytes[id])) }
        output.append(respParts: 2 + ids.count)
        output.append("$4\r\nXDEL\r\n$4\r\njobs\r\n")
        for id in ids { output.append(resp: UnsafeRawBufferPointer(rebasing: bytes[id])) }
        expected.append(.acknowledge)
        expected.append(.delete)
        read()
    }

    private func check(_ reader: inout RESPReader, _ command: String) throws(PeerError) {
        let token = try reader.next()
        guard token == .integer(finishing.count) else { throw .redis(command, token, reader.bytes) }
    }

    private func expect(_ token: RESPToken, _ reader: inout RESPReader) throws(PeerError) {
        let found = try reader.next()
        guard found == token else { throw .redis("XREADGROUP", found, reader.bytes) }
    }
}

extension PeerError {
    static func redis(_ command: String, _ token: RESPToken?, _ bytes: UnsafeRawBufferPointer) -> PeerError {
        if case .error(let range) = token { return PeerError("\(command): \(bytes.text(range))") }
        return PeerError("\(command): an answer of another form: \(String(describing: token))")
    }
}
