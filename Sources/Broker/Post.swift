import Desk
import Storage
import Tickets
import Wire

/// What other threads tell the broker's loop.
enum Post: Sendable {
    /// The turn that was handed to the store is on disk.
    case committed(microseconds: Int64)
    /// The log, the view or the reading of it failed: nothing may be answered any more, and the process ends. A
    /// desk that only half works would hold tickets that nobody gets.
    case storeFailed(StoreError)
    /// A conversation that was not in memory.
    case conversation(SessionID, Grant, Conversation)
    /// Conversations that were asked for before they are needed, each as of a revision of its ticket.
    case conversations([(TicketNumber, revision: UInt32, Conversation)])
    case result(SessionID, ProtoItem)
    /// How far the view is.
    case viewAt(Position)
    /// Bytes that are free on the disk.
    case diskFree(Int64)
    case drain
}
