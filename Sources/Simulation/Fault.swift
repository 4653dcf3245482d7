/// Something that goes wrong in a run, and when, by the true time in microseconds.
package struct Fault: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        // The network.
        /// A connection breaks; what is on its way is lost, or some of it arrives late.
        case cut
        /// Nothing gets from the peer to the broker; then it all does, or the connection breaks.
        case muteToBroker
        case muteToPeer
        case partition
        /// The broker can be reached by nobody.
        case isolateBroker
        // Processes.
        case crashBroker
        case pauseBroker
        case drainBroker
        case crashPeer
        case pausePeer
        case drainPeer
        /// A second process with the peer's name and a newer incarnation starts while the first one runs.
        case twinPeer
        // The disk.
        case slowDisk
        /// The next commit fails; nobody can say what is on disk. The broker ends.
        case failDisk
        case fillDisk
        case damageSnapshot
        // Clocks.
        case jumpWall
        case suspendBroker
        case suspendPeer
    }

    package var at: Int64
    package var kind: Kind
    /// Which peer, if it is about one.
    package var peer: Int
    package var duration: Int64
    /// What the kind makes of it: the length of a jump, the slowness of a disk, a coin.
    package var magnitude: Int64

    package var end: Int64 { at + duration }
}

extension Fault: CustomStringConvertible {
    package var description: String {
        "\(kind)(\(peer)) at \(at / 1_000) ms for \(duration / 1_000) ms"
    }
}

extension Fault.Kind: CaseIterable {}
