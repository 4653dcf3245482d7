/// Bounds of one turn of the broker's loop.
package struct TurnBounds: Sendable {
    /// Frames taken in one go; libzmq looks after its own peers only between them.
    package var frames = 256
    /// Records that may gather while the turn before is being stored; bounds what a crash can undo, unanswered.
    package var records = 8_192
    /// Commands that one frame may carry; a full frame of empty ones would be half a million.
    package var commandsPerFrame = 4_096
    /// A pause of the broker's own of at least this many milliseconds is forgiven to everybody.
    package var stallMilliseconds: Int64 = 250

    package init() {}
}
