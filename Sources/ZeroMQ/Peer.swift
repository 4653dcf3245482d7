/// Handle of one connection of a ROUTER: the number libzmq made for it. Never an identity.
///
/// A reconnect makes a new one, and who is behind it says the User-Id of each message alone: a peer may choose
/// its own routing id, that of a connection that has ended included, so nothing learned about a `Peer` may be
/// kept in place of the User-Id. Do not tell it to anyone, in a frame or in a log a peer can read: numbers are
/// given out in order, and a peer that takes the next one ends the process (an assertion in libzmq 4.3.4).
package struct Peer: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// nil unless the bytes look like an id made by libzmq: a zero, then the number, most significant byte first.
    init?(routingID bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.routingIDBytes, bytes[0] == 0 else { return nil }
        rawValue = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    }

    static let routingIDBytes = 5

    /// The bytes of the first part of a message to this peer, on the stack.
    func withRoutingID<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let number = rawValue.bigEndian
        return withUnsafeTemporaryAllocation(byteCount: Self.routingIDBytes, alignment: 1) { buffer in
            buffer[0] = 0
            buffer.storeBytes(of: number, toByteOffset: 1, as: UInt32.self)
            return body(UnsafeRawBufferPointer(buffer))
        }
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String { "peer \(rawValue)" }
}
