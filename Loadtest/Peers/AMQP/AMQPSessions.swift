/// Publishes with confirms: the server numbers them from 1, and confirms some or all up to a number.
final class AMQPPut: PutSession {
    private let connection: AMQPConnection
    private let payloads: Payloads
    /// The job of each publish, by its delivery tag less 1; -1 once it is confirmed.
    private var jobs: [Int] = []
    /// All before this one are confirmed.
    private var firstOpen = 0

    var stream: ByteStream { connection.stream }

    init(_ connection: AMQPConnection, _ payloads: Payloads) {
        self.connection = connection
        self.payloads = payloads
    }

    func put(_ first: Int, count: Int) {
        let output = stream.output
        for job in first..<first + count {
            output.append(amqp: .basicPublish) {
                output.append(bigEndian: UInt16(0))
                // The exchange without a name leads to the queue that the key names.
                output.append(shortText: "")
                output.append(shortText: "jobs")
                output.append(0)
            }
            output.appendPersistent(bodyBytes: payloads.byteCount(job)) { payloads.append(job, to: output) }
            jobs.append(job)
        }
    }

    func receive(into acknowledged: inout [Int]) throws(PeerError) {
        var reader = AMQPReader(stream.input.readable)
        while let frame = try reader.next() {
            guard case .method(.basicAck, let arguments) = frame else {
                throw PeerError("AMQP: \(frame), not a confirm")
            }
            let (tag, isMultiple) = try reader.acknowledgement(arguments)
            guard tag >= 1, tag <= jobs.count else { throw PeerError("AMQP: a confirm of nothing: \(tag)") }
            for index in (isMultiple ? firstOpen : tag - 1)..<tag where jobs[index] >= 0 {
                acknowledged.append(jobs[index])
                jobs[index] = -1
            }
            while firstOpen < jobs.count, jobs[firstOpen] < 0 { firstOpen += 1 }
        }
        stream.input.consume(reader.offset)
    }
}

/// Consumes with a prefetch of its seats, and acknowledges all that one reading brought with one basic.ack.
///
/// A basic.ack has no answer. A basic.qos goes behind it, which changes nothing for a consumer that is there
/// already and which the channel answers after it has passed on the acknowledgement: then the jobs count as
/// done.
final class AMQPTake: TakeSession {
    private let connection: AMQPConnection
    private let payloads: Payloads
    private let seats: Int
    /// The delivery tag whose content comes next, or nil.
    private var delivery: Int?
    /// Jobs without a basic.qos-ok behind their basic.ack.
    private var finishing = Queue<Int>()
    /// How many of those each basic.qos-ok to come is for.
    private var batches = Queue<Int>()

    var stream: ByteStream { connection.stream }

    init(_ connection: AMQPConnection, _ payloads: Payloads, seats: Int) {
        self.connection = connection
        self.payloads = payloads
        self.seats = seats
    }

    func resume() { connection.consume() }

    func receive(into log: inout TakeLog) throws(PeerError) {
        var reader = AMQPReader(stream.input.readable)
        var last = 0
        var count = 0
        while let frame = try reader.next() {
            switch frame {
            case .method(.basicDeliver, let arguments):
                delivery = try reader.deliveryTag(ofDeliver: arguments)
            case .header: break
            case .body(let body):
                guard let tag = delivery else { throw PeerError("AMQP: a body without a basic.deliver") }
                // A body of 300 bytes is one frame; Payloads says so if it is not whole.
                let job = try payloads.job(in: reader.bytes, body)
                log.taken.append(job)
                finishing.append(job)
                last = tag
                count += 1
                delivery = nil
            case .method(.basicQosOk, _):
                for _ in 0..<(try batches.removeFirst()) { log.done.append(try finishing.removeFirst()) }
            case .method(.basicConsumeOk, _), .heartbeat: break
            case .method(let method, _): throw PeerError("AMQP: \(method) is not expected")
            }
        }
        stream.input.consume(reader.offset)
        guard count > 0 else { return }
        stream.output.append(amqp: .basicAck) {
            stream.output.append(bigEndian: UInt64(last))
            stream.output.append(1)
        }
        connection.setPrefetch(seats)
        batches.append(count)
    }
}
