import CZeroMQ
import Glibc

/// Makes Swift strings of User-Ids without a heap allocation for each message.
///
/// Keyed by the bytes of the User-Id, which are read from every message. Keyed by ``Peer`` it would be wrong: a
/// peer may choose the routing id of a connection that has ended, and would inherit its name.
/// Belongs to one socket and its thread.
final class UserIDTable {
    /// A power of two. Names that share a slot take turns: slower, never wrong. 16 KiB.
    private static let slotCount = 1_024
    private var slots = [String?](repeating: nil, count: UserIDTable.slotCount)
    /// A static string, because passing a `String` to C would allocate for each message.
    private static let property: StaticString = "User-Id"

    /// nil when the connection has none, or an empty one.
    func userID(of frame: Frame) -> String? {
        guard let name = zmq_msg_gets(frame.message, Self.property.utf8Start) else { return nil }
        let bytes = UnsafeBufferPointer(start: name, count: strlen(name))
        guard !bytes.isEmpty else { return nil }
        let slot = Self.hash(bytes) & (Self.slotCount - 1)
        if let known = slots[slot], Self.isEqual(known, bytes) { return known }
        let userID = String(cString: name)
        slots[slot] = userID
        return userID
    }

    /// FNV-1a: short, and names are chosen by our own key file, so nobody gains from collisions.
    private static func hash(_ bytes: UnsafeBufferPointer<CChar>) -> Int {
        var hash: UInt32 = 0x811C_9DC5
        for byte in bytes { hash = (hash ^ UInt32(UInt8(bitPattern: byte))) &* 0x0100_0193 }
        return Int(hash)
    }

    private static func isEqual(_ known: String, _ bytes: UnsafeBufferPointer<CChar>) -> Bool {
        var known = known
        return known.withUTF8 { UnsafeRawBufferPointer($0).elementsEqual(UnsafeRawBufferPointer(bytes)) }
    }
}
