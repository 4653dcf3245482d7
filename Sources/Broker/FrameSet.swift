package import ProtoBytes
package import Tickets
import Wire

/// The frames of one turn, one for each session, in order of their first item. Kept from turn to turn for its memory.
package struct FrameSet {
    /// A frame that is being written.
    package final class Outbound {
        package var session: SessionID
        package var writer = ProtoWriter(capacity: 4_096)
        package var itemCount = 0

        init(_ session: SessionID) {
            self.session = session
        }

        func begin(for session: SessionID) {
            self.session = session
            restart()
        }

        /// Empties the frame, for more items of the same session.
        package func restart() {
            writer.removeAll()
            writer.beginFrameFromBroker()
            itemCount = 0
        }
    }

    private var frames: [Outbound] = []
    /// How many of the frames are in use.
    private var count = 0
    private var indices: [SessionID: Int] = [:]

    package init() {}

    /// The frame that a session's next item goes into.
    package mutating func frame(for session: SessionID) -> Outbound {
        // Most items of a turn follow one for the same session.
        if count > 0, frames[count - 1].session == session { return frames[count - 1] }
        if let index = indices[session] { return frames[index] }
        if count == frames.count { frames.append(Outbound(session)) }
        frames[count].begin(for: session)
        indices[session] = count
        count += 1
        return frames[count - 1]
    }

    /// The frames in order. They are in use until ``removeAll()``.
    package var outbound: ArraySlice<Outbound> { frames[..<count] }

    package mutating func removeAll() {
        count = 0
        indices.removeAll(keepingCapacity: true)
        if frames.count > Self.framesKept { frames.removeSubrange(Self.framesKept...) }
    }

    private static let framesKept = 64
}
