import Synchronization

/// The taker's thread: takes jobs and says they are done, until everything that was put is.
struct TakerLoop<Session: TakeSession> {
    struct Outcome: Sendable {
        var count = 0
        /// Microseconds of ``Monotonic``.
        var lastDone: Int64 = 0
        var latencies = Latencies()
    }

    /// How often one of the parked sessions looks whether there is something again.
    private let scoutMicroseconds: Int64 = 1_000

    /// In ``takenAt``: the job has not come yet, and it is done.
    private let absent: Int64 = -1
    private let done: Int64 = -2

    let sessions: [Session]
    let progress: Progress

    /// When each job was taken, by job.
    private var takenAt: [Int64] = []
    private var outcome = Outcome()
    /// Sessions that found nothing and wait to be told that there is something.
    private var parked: [Int] = []
    private var scoutedAt: Int64 = 0

    init(sessions: [Session], progress: Progress) {
        self.sessions = sessions
        self.progress = progress
        takenAt.reserveCapacity(1 << 20)
    }

    mutating func run() throws(PeerError) -> Outcome {
        let poller = try Poller()
        for session in sessions { try poller.add(session.stream) }
        for index in sessions.indices {
            sessions[index].resume()
            try poller.send(sessions[index].stream, index: index)
        }
        var ready: [Int] = []
        var log = TakeLog()
        var movedAt = Monotonic.microseconds
        while outcome.count != progress.putsInAll.load(ordering: .acquiring) {
            try poller.wait(timeoutMilliseconds: parked.isEmpty ? 20 : 1, into: &ready)
            var now = Monotonic.microseconds
            for index in ready {
                let session = sessions[index]
                try session.stream.receive()
                log.clear()
                try session.receive(into: &log)
                now = Monotonic.microseconds
                try poller.send(session.stream, index: index)
                try note(log, now: now)
                if !log.taken.isEmpty || !log.done.isEmpty { movedAt = now }
                if session.isParked { parked.append(index) }
                // Where there was one there may be more: each that finds something wakes two.
                if !log.taken.isEmpty { try wake(2, poller) }
            }
            if !parked.isEmpty, now - scoutedAt >= scoutMicroseconds {
                scoutedAt = now
                try wake(1, poller)
            }
            if ready.isEmpty {
                try progress.checkNotFailed()
                if now - movedAt > Progress.stallMilliseconds * 1_000 { throw progress.stall }
            }
        }
        return outcome
    }

    private mutating func wake(_ count: Int, _ poller: Poller) throws(PeerError) {
        for _ in 0..<count {
            guard let index = parked.popLast() else { return }
            sessions[index].resume()
            try poller.send(sessions[index].stream, index: index)
        }
    }

    private mutating func note(_ log: TakeLog, now: Int64) throws(PeerError) {
        // A session may take and finish a job in one reading: then both are at the same time.
        for job in log.taken {
            while takenAt.count <= job { takenAt.append(absent) }
            guard takenAt[job] == absent else { throw PeerError("job \(job) was taken twice") }
            takenAt[job] = now
        }
        for job in log.done {
            guard takenAt.indices.contains(job), takenAt[job] >= 0 else {
                throw PeerError("job \(job) was done without being taken, or twice")
            }
            outcome.latencies.record(now - takenAt[job])
            takenAt[job] = done
        }
        guard !log.done.isEmpty else { return }
        outcome.count += log.done.count
        outcome.lastDone = now
        progress.dones.store(outcome.count, ordering: .relaxed)
    }
}
