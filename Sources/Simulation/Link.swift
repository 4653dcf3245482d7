/// One direction of a connection: frames arrive in order, each after its latency, none while the way is closed.
struct Lane: Sendable {
    /// When the last frame arrives.
    private var last: Int64 = 0
    /// Until when nothing gets through.
    var closedUntil: Int64 = 0

    /// When a frame that leaves now will arrive.
    mutating func arrival(leaving now: Int64, latency: Int64) -> Int64 {
        last = max(now + latency, closedUntil, last)
        return last
    }

    mutating func reset() { last = 0 }
}

/// A peer's connection to the broker, made anew when it breaks.
struct Link: Sendable {
    /// The number of the connection; 0 before the first. It is what the broker knows the peer by.
    var connection = 0
    var isUp = false
    var toBroker = Lane()
    var toPeer = Lane()
    var chance: Chance
}

/// A connection that was made at some time in a run.
struct Connection: Sendable {
    var peer: Int
    /// The run of the broker that it leads to.
    var brokerRun: Int
    /// Frames on their way to the broker when it broke arrive until then; the rest is lost.
    var takenUntil = Int64.max
    /// The same for frames to the peer.
    var givenUntil = Int64.max
    /// Whether the broker could notice that it is closed.
    var isClosed = false
    /// Whether its peer has said hello to this run of the broker.
    var isGreeted = false
    /// Frames that were sent on it and not read yet, each way.
    var unreadByBroker = 0
    var unreadByPeer = 0
    /// When the last of its frames that were read late is read.
    private var lateUntil: Int64 = 0

    init(peer: Int, brokerRun: Int, isClosed: Bool = false) {
        self.peer = peer
        self.brokerRun = brokerRun
        self.isClosed = isClosed
    }

    /// When a frame is read that the broker's socket got before the connection broke: after newer connections, it
    /// may be, but never before what was sent earlier on this one.
    mutating func readLate(arriving time: Int64, delay: Int64) -> Int64 {
        lateUntil = max(time + delay, lateUntil)
        return lateUntil
    }
}
