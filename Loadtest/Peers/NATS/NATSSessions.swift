/// Publishes to the stream with the job's number in the answer's subject: acknowledgements say whose they
/// are.
final class NATSPut: PutSession {
    private let connection: NATSConnection
    private let payloads: Payloads

    var stream: ByteStream { connection.stream }

    init(_ connection: NATSConnection, _ payloads: Payloads) {
        self.connection = connection
        self.payloads = payloads
    }

    func put(_ first: Int, count: Int) {
        for job in first..<first + count {
            connection.publish("jobs", token: job, length: payloads.byteCount(job))
            payloads.append(job, to: stream.output)
            stream.output.append("\r\n")
        }
    }

    func receive(into acknowledged: inout [Int]) throws(PeerError) {
        var reader = NATSReader(stream.input.readable)
        while let frame = try reader.next() {
            switch frame {
            case .message(let subject, _, _, let body):
                // {"stream":"JOBS", "seq":1} or {"error":{…}}; without a stream a 503 in the headers.
                guard reader.bytes.starts(with: #"{"stream""#, at: body.lowerBound) else {
                    throw reader.error(frame)
                }
                acknowledged.append(try reader.number(endingSubject: subject))
            case .ping: stream.output.append("PONG\r\n")
            case .pong, .ok, .info: break
            case .error: throw reader.error(frame)
            }
        }
        stream.input.consume(reader.offset)
    }
}

/// Says +ACK to each job with an answer asked for, which comes when the server has let go of the job.
///
/// Plain, it pulls one job at a time; else the server pushes, and keeps to the consumer's max_ack_pending.
final class NATSTake: TakeSession {
    private let connection: NATSConnection
    private let payloads: Payloads
    private let isPulling: Bool

    /// How long the server keeps a request waiting: longer than any run.
    private static let pull: StaticString = #"{"batch":1,"expires":3600000000000}"#
    /// Requests are answered on another subject than acknowledgements: the token tells which.
    private static let pullToken = 1_000_000_000_000

    var stream: ByteStream { connection.stream }

    init(_ connection: NATSConnection, _ payloads: Payloads, isPulling: Bool) {
        self.connection = connection
        self.payloads = payloads
        self.isPulling = isPulling
    }

    func resume() {
        if isPulling {
            pull()
        } else {
            stream.output.append("SUB push takers 2\r\n")
        }
    }

    private func pull() {
        connection.publish(
            "$JS.API.CONSUMER.MSG.NEXT.JOBS.takers", token: Self.pullToken,
            length: Self.pull.utf8CodeUnitCount)
        stream.output.append(Self.pull)
        stream.output.append("\r\n")
    }

    func receive(into log: inout TakeLog) throws(PeerError) {
        var reader = NATSReader(stream.input.readable)
        while let frame = try reader.next() {
            switch frame {
            case .message(let subject, let reply, let headers, let body):
                if !reply.isEmpty, headers.isEmpty {
                    let job = try payloads.job(in: reader.bytes, body)
                    log.taken.append(job)
                    let subject = UnsafeRawBufferPointer(rebasing: reader.bytes[reply])
                    connection.publish(subject, token: job, length: 4)
                    stream.output.append("+ACK\r\n")
                } else if headers.isEmpty, body.isEmpty {
                    log.done.append(try reader.number(endingSubject: subject))
                    if isPulling { pull() }
                } else {
                    throw reader.error(frame)
                }
            case .ping: stream.output.append("PONG\r\n")
            case .pong, .ok, .info: break
            case .error: throw reader.error(frame)
            }
        }
        stream.input.consume(reader.offset)
    }
}
