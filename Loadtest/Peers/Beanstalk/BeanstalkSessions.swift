/// Puts in a pipeline; the answers come in their order.
final class BeanstalkPut: PutSession {
    let stream: ByteStream
    private let payloads: Payloads
    private var sent = Queue<Int>()

    init(_ stream: ByteStream, _ payloads: Payloads) {
        self.stream = stream
        self.payloads = payloads
    }

    func put(_ first: Int, count: Int) {
        let output = stream.output
        for job in first..<first + count {
            // Priority 0, no delay, 600 s to run.
            output.append("put 0 0 600 ")
            output.append(decimal: payloads.byteCount(job))
            output.append("\r\n")
            payloads.append(job, to: output)
            output.append("\r\n")
            sent.append(job)
        }
    }

    func receive(into acknowledged: inout [Int]) throws(PeerError) {
        var reader = BeanstalkReader(stream.input.readable)
        while let reply = try reader.next() {
            guard reply == .inserted else { throw reader.error("put", reply) }
            acknowledged.append(try sent.removeFirst())
        }
        stream.input.consume(reader.offset)
    }
}

/// One reserve that waits and as many that do not as there are seats, then a delete for each job they
/// brought.
///
/// The server works through a connection's commands in order, and a reserve that waits holds up what is
/// behind it: so deletes go out before the next round of reserves, and only the first of a round may wait.
final class BeanstalkTake: TakeSession {
    let stream: ByteStream
    private let payloads: Payloads
    private let seats: Int
    /// Reserves without an answer.
    private var reserves = 0
    /// Ids and jobs that this round of reserves brought.
    private var taken: [(id: Int, job: Int)] = []
    /// Jobs whose delete has no answer yet.
    private var deleting = Queue<Int>()

    init(_ stream: ByteStream, _ payloads: Payloads, seats: Int) {
        self.stream = stream
        self.payloads = payloads
        self.seats = seats
    }

    func resume() {
        stream.output.append("reserve\r\n")
        for _ in 1..<seats { stream.output.append("reserve-with-timeout 0\r\n") }
        reserves = seats
    }

    func receive(into log: inout TakeLog) throws(PeerError) {
        var reader = BeanstalkReader(stream.input.readable)
        while let reply = try reader.next() {
            switch reply {
            case .reserved(let id, let body):
                reserves -= 1
                let job = try payloads.job(in: reader.bytes, body)
                log.taken.append(job)
                taken.append((id, job))
            case .timedOut: reserves -= 1
            case .deleted: log.done.append(try deleting.removeFirst())
            case .inserted, .ok, .other: throw reader.error("reserve or delete", reply)
            }
            if reserves == 0 { finish() }
        }
        stream.input.consume(reader.offset)
    }

    private func finish() {
        for (id, job) in taken {
            stream.output.append("delete ")
            stream.output.append(decimal: id)
            stream.output.append("\r\n")
            deleting.append(job)
        }
        taken.removeAll(keepingCapacity: true)
        resume()
    }
}
