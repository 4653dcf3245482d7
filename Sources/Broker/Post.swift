import Desk
import Storage
import Tickets
import Wire

/// What other threads tell the broker's loop.
enum Post: Sendable {
    /// The turn that was handed to the store is on disk.
    case committed(microseconds: Int64)
    /// The store failed; nothing may be answered any more.
    case storeFailed(StoreError)
    /// A conversation that was not in memory.
    case conversation(SessionID, Grant, Conversation)
    case result(SessionID, ProtoItem)
    /// How far the view is.
    case viewAt(Position)
    /// Bytes that are free on the disk.
    case diskFree(Int64)
    case drain
}
