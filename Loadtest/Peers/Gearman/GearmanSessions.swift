/// Background jobs in a pipeline; JOB_CREATED comes in their order, after the job is in SQLite.
final class GearmanPut: PutSession {
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
            // The function, a name that is unique to the job, and the body.
            let length = 2 + ByteBuffer.digits(of: job) + 1 + payloads.byteCount(job)
            output.append(gearman: .submitJobBackground, length: length)
            output.append("j\0")
            output.append(decimal: job)
            output.append(0)
            payloads.append(job, to: output)
            sent.append(job)
        }
    }

    func receive(into acknowledged: inout [Int]) throws(PeerError) {
        var reader = GearmanReader(stream.input.readable)
        while let packet = try reader.next() {
            guard packet.type == .jobCreated else { throw reader.error(packet) }
            acknowledged.append(try sent.removeFirst())
        }
        stream.input.consume(reader.offset)
    }
}

/// A worker with a GRAB_JOB on its way for every free seat.
///
/// WORK_COMPLETE has no answer. The server works through a connection's packets in order and deletes the
/// job's row before the next packet, so the answer to the GRAB_JOB behind it says that the job is done.
final class GearmanTake: TakeSession {
    let stream: ByteStream
    private let payloads: Payloads
    private let seats: Int
    /// For each GRAB_JOB without an answer the job whose WORK_COMPLETE went before it; -1 for none.
    private var grabs = Queue<Int>()

    init(_ stream: ByteStream, _ payloads: Payloads, seats: Int) {
        self.stream = stream
        self.payloads = payloads
        self.seats = seats
        stream.output.append(gearman: .canDo, length: 1)
        stream.output.append("j")
    }

    func resume() { while grabs.count < seats { grab(after: -1) } }

    private func grab(after job: Int) {
        stream.output.append(gearman: .grabJob, length: 0)
        grabs.append(job)
    }

    func receive(into log: inout TakeLog) throws(PeerError) {
        var reader = GearmanReader(stream.input.readable)
        while let packet = try reader.next() {
            switch packet.type {
            case .jobAssign:
                try noteAnswer(into: &log)
                let job = try complete(packet, reader.bytes)
                log.taken.append(job)
                grab(after: job)
                // Grabs that found nothing were not repeated; where there is one job there may be more.
                if grabs.count < seats { grab(after: -1) }
            case .noJob:
                try noteAnswer(into: &log)
                if grabs.count == 0 { stream.output.append(gearman: .preSleep, length: 0) }
            case .noop: resume()
            case .canDo, .preSleep, .jobCreated, .grabJob, .workComplete, .submitJobBackground, .error:
                throw reader.error(packet)
            }
        }
        stream.input.consume(reader.offset)
    }

    private func noteAnswer(into log: inout TakeLog) throws(PeerError) {
        let job = try grabs.removeFirst()
        if job >= 0 { log.done.append(job) }
    }

    /// The handle, the function and the body; answered with the handle and an empty result.
    private func complete(_ packet: GearmanPacket, _ bytes: UnsafeRawBufferPointer) throws(PeerError) -> Int {
        guard let handleEnd = bytes.offset(of: 0, from: packet.data.lowerBound),
            let functionEnd = bytes.offset(of: 0, from: handleEnd + 1), functionEnd < packet.data.upperBound
        else { throw PeerError("gearman: JOB_ASSIGN without its arguments") }
        let handle = UnsafeRawBufferPointer(rebasing: bytes[packet.data.lowerBound..<handleEnd])
        stream.output.append(gearman: .workComplete, length: handle.count + 1)
        stream.output.append(handle)
        stream.output.append(0)
        return try payloads.job(in: bytes, functionEnd + 1..<packet.data.upperBound)
    }
}
