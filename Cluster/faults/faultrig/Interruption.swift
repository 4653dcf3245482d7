import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: asked for between steps, so that everything is cleaned up on the way out.
enum Interruption {
    private static let isAsked = Atomic(false)

    static func watch() {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in Interruption.isAsked.store(true, ordering: .relaxed) }
        }
        signal(SIGPIPE, SIG_IGN)
    }

    /// - Throws: When somebody wants the rig to end.
    static func check() throws {
        if isRequested { throw Interrupted() }
    }

    static var isRequested: Bool { isAsked.load(ordering: .relaxed) }
}

/// Somebody wants the rig to end.
struct Interrupted: Error, CustomStringConvertible {
    var description: String { "interrupted" }
}
