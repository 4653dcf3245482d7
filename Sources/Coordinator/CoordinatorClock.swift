import Client
import Foundation

/// The clocks of the coordinator's shell.
package enum CoordinatorClock {
    /// The clock of the ``Ledger``: never goes back, never jumps.
    package static var milliseconds: Int64 { MonotonicTime.milliseconds }

    /// Milliseconds since 1970, for people to read; nothing is decided by it.
    package static var wallMilliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
