import Synchronization

/// The producer's thread: keeps every connection's window full for the given time, then waits for the rest.
struct ProducerLoop<Session: PutSession> {
    struct Outcome: Sendable {
        var count = 0
        /// Microseconds of ``Monotonic``.
        var firstPut: Int64 = 0
        var latencies = Latencies()
    }

    let sessions: [Session]
    let windows: [Int]
    let seconds: Double
    let progress: Progress

    /// When each job's put was sent, by job.
    private var sentAt: [Int64] = []
    private var acknowledged = 0
    private var outcome = Outcome()

    init(sessions: [Session], windows: [Int], seconds: Double, progress: Progress) {
        self.sessions = sessions
        self.windows = windows
        self.seconds = seconds
        self.progress = progress
        sentAt.reserveCapacity(1 << 20)
    }

    mutating func run() throws(PeerError) -> Outcome {
        let poller = try Poller()
        for session in sessions { try poller.add(session.stream) }
        let start = Monotonic.microseconds
        let end = start + Int64(seconds * 1e6)
        outcome.firstPut = start
        for index in sessions.indices {
            put(on: sessions[index], count: windows[index], now: Monotonic.microseconds)
            try poller.send(sessions[index].stream, index: index)
        }
        var ready: [Int] = []
        var acknowledged: [Int] = []
        var movedAt = start
        var isEnding = false
        while !isEnding || self.acknowledged < sentAt.count {
            try poller.wait(timeoutMilliseconds: 20, into: &ready)
            for index in ready {
                let session = sessions[index]
                try session.stream.receive()
                acknowledged.removeAll(keepingCapacity: true)
                try session.receive(into: &acknowledged)
                let now = Monotonic.microseconds
                isEnding = isEnding || now >= end
                if !acknowledged.isEmpty {
                    movedAt = now
                    try note(acknowledged, now: now)
                    if !isEnding { put(on: session, count: acknowledged.count, now: now) }
                }
                try poller.send(session.stream, index: index)
            }
            if ready.isEmpty {
                let now = Monotonic.microseconds
                isEnding = isEnding || now >= end
                try progress.checkNotFailed()
                if now - movedAt > Progress.stallMilliseconds * 1_000 { throw progress.stall }
            }
        }
        outcome.count = sentAt.count
        progress.putsInAll.store(sentAt.count, ordering: .releasing)
        return outcome
    }

    private mutating func put(on session: Session, count: Int, now: Int64) {
        let first = sentAt.count
        for _ in 0..<count { sentAt.append(now) }
        session.put(first, count: count)
    }

    private mutating func note(_ jobs: [Int], now: Int64) throws(PeerError) {
        for job in jobs {
            guard sentAt.indices.contains(job), sentAt[job] >= 0 else {
                throw PeerError("put \(job) was acknowledged twice, or never sent")
            }
            outcome.latencies.record(now - sentAt[job])
            sentAt[job] = -1
        }
        acknowledged += jobs.count
        progress.puts.store(acknowledged, ordering: .relaxed)
    }
}
