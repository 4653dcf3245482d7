import Synchronization

/// What the producer's and the taker's threads know of each other.
final class Progress: Sendable {
    /// How many were put, once no more are; -1 while puts go on.
    let putsInAll = Atomic<Int>(-1)
    let puts = Atomic<Int>(0)
    let dones = Atomic<Int>(0)
    /// Set by a thread that fails, so that the other does not wait for it.
    let hasFailed = Atomic<Bool>(false)

    /// Nothing moved for so long: something is stuck, and an error says more than waiting.
    static let stallMilliseconds: Int64 = 20_000

    static let otherFailed = PeerError("the other thread failed")

    func checkNotFailed() throws(PeerError) {
        if hasFailed.load(ordering: .acquiring) { throw Self.otherFailed }
    }

    var stall: PeerError {
        PeerError(
            "nothing moved for \(Self.stallMilliseconds / 1_000) s: \(puts.load(ordering: .relaxed)) puts "
                + "acknowledged, \(dones.load(ordering: .relaxed)) jobs done")
    }
}
