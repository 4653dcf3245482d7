import Foundation
import Tickets

extension Moment {
    /// Of the wall clock; for people, nothing is decided by it.
    static var wall: Moment { Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
}

/// A span as people say it: `840 ms`, `3.2 s`, `5 min`, `2 h`.
func spanText(milliseconds: UInt64) -> String {
    switch milliseconds {
    case ..<1_000: "\(milliseconds) ms"
    case ..<60_000: String(format: "%.1f s", Double(milliseconds) / 1_000)
    case ..<7_200_000: "\(milliseconds / 60_000) min"
    default: "\(milliseconds / 3_600_000) h"
    }
}
