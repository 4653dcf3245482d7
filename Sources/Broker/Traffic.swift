import Synchronization

/// Bytes that passed between the broker's loop and libzmq on one connection, as they look on the wire at least.
///
/// Written by the socket thread alone, read by ``ConnectionGuard``'s.
final class Traffic: Sendable {
    /// What CURVE and ZMTP put around a frame: never more, so that what was heard covers what came.
    private static let frameBytesMost: UInt64 = 48
    /// And never less, so that what was said is not more than what goes.
    private static let frameBytesLeast: UInt64 = 32

    private let heardBytes = Atomic<UInt64>(0)
    private let saidBytes = Atomic<UInt64>(0)

    /// Handed out by libzmq.
    var heard: UInt64 { heardBytes.load(ordering: .relaxed) }
    /// Given to libzmq.
    var said: UInt64 { saidBytes.load(ordering: .relaxed) }

    func hear(_ byteCount: Int) {
        // No read-modify-write: there is one writer.
        heardBytes.store(heard &+ UInt64(byteCount) &+ Self.frameBytesMost, ordering: .relaxed)
    }

    func say(_ byteCount: Int) {
        saidBytes.store(said &+ UInt64(byteCount) &+ Self.frameBytesLeast, ordering: .relaxed)
    }
}
