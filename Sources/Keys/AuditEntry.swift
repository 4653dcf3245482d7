package import Tickets

/// Something that was done to the locks or at them, and by whom. What is done to tickets stands in the event log.
package struct AuditEntry: Hashable, Sendable {
    package enum Deed: String, CaseIterable, Sendable {
        case brokerStarted = "broker-started"
        case brokerStopped = "broker-stopped"
        /// The list of keys is another; sessions that it no longer allows are ended.
        case keysChanged = "keys-changed"
        /// The list of keys cannot be read, so that changes of it have no effect.
        case keysUnreadable = "keys-unreadable"
        case keysCreated = "keys-created"
        case keyAdded = "key-added"
        case keyAllowed = "key-allowed"
        case keyRotated = "key-rotated"
        case keyRetired = "key-retired"
        case keyRevoked = "key-revoked"
        /// Somebody was not let in.
        case connectionRefused = "connection-refused"
        case sessionOpened = "session-opened"
        case sessionRefused = "session-refused"
        /// By the broker, because of the list of keys.
        case sessionEnded = "session-ended"
        /// By the broker, because too much had to be kept for the connection.
        case connectionCut = "connection-cut"
        /// A command or a question that the role may not ask.
        case commandRefused = "command-refused"
        /// A key asked for more than its share.
        case slowedDown = "slowed-down"
    }

    /// Wall time, for people.
    package var at: Moment
    package var deed: Deed
    /// The key's owner, `node:berlin-1`, an address, or `user:root` for a command at a terminal.
    package var who: String
    /// What it was done to or why, in a line; no ticket text and no secret.
    package var detail: String
    /// How often it happened since the line before about the same, this time included.
    package var times: Int

    package init(at: Moment, _ deed: Deed, who: String, detail: String, times: Int = 1) {
        self.at = at
        self.deed = deed
        self.who = who
        self.detail = detail
        self.times = times
    }

    /// One JSON object, without a line's end.
    package var json: String {
        #"{"at":"\#(at.iso8601)","deed":"\#(deed.rawValue)","who":\#(Self.quoted(who)),"#
            + #""detail":\#(Self.quoted(detail)),"times":\#(times)}"#
    }

    /// A JSON string on one line, whatever the text: nobody can write a line of their own into the log.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            // Control characters, and what some readers take for the end of a line.
            case "\u{0}"..<"\u{20}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
