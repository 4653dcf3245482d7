/// What everybody outside the broker saw of it, with the times at which they did and heard things.
///
/// Times are microseconds of one clock of the machine that all recorders share. A call takes effect, if at all, at one
/// moment between its two times; one that has no answer may have taken effect at any time after, or never.
package struct History: Sendable {
    package var calls: [ClientCall] = []
    package var grants: [NodeGrant] = []
    package var endings: [NodeEnding] = []

    package init() {}
}

/// A command of a channel: a new ticket, or a customer's next message.
package struct ClientCall: Hashable, Sendable {
    package enum Deed: Hashable, Sendable {
        case submit
        case followUp(ticket: UInt64)
    }

    package enum Outcome: Hashable, Sendable {
        /// Nobody can tell from here.
        case unknown
        case done(ticket: UInt64, position: UInt64, at: Int64)
        /// For good, with the word of the reason.
        case refused(String, at: Int64)
    }

    package var id: CallID
    package var deed: Deed
    /// ``digest(_:)`` of what was written.
    package var digest: UInt64
    package var invoked: Int64
    package var outcome = Outcome.unknown

    package init(id: CallID, deed: Deed, digest: UInt64, invoked: Int64, outcome: Outcome = .unknown) {
        self.id = id
        self.deed = deed
        self.digest = digest
        self.invoked = invoked
        self.outcome = outcome
    }
}

/// The 16 bytes of a command's id.
package struct CallID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package static func < (a: CallID, b: CallID) -> Bool { (a.high, a.low) < (b.high, b.low) }

    package var description: String { String(high, radix: 16) + "." + String(low, radix: 16) }

    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".")
        guard parts.count == 2, let high = UInt64(parts[0], radix: 16), let low = UInt64(parts[1], radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}

/// A node heard that a ticket is its own under a token.
package struct NodeGrant: Hashable, Sendable {
    package var node: String
    package var ticket: UInt64
    package var token: UInt64
    package var heard: Int64

    package init(node: String, ticket: UInt64, token: UInt64, heard: Int64) {
        self.node = node
        self.ticket = ticket
        self.token = token
        self.heard = heard
    }
}

/// A node heard that what it did with a ticket took effect.
package struct NodeEnding: Hashable, Sendable {
    package var node: String
    package var ticket: UInt64
    package var token: UInt64
    package var ending: Ending
    /// When it did it, or anything before that.
    package var invoked: Int64
    package var answered: Int64

    package init(
        node: String, ticket: UInt64, token: UInt64, ending: Ending, invoked: Int64, answered: Int64
    ) {
        self.node = node
        self.ticket = ticket
        self.token = token
        self.ending = ending
        self.invoked = invoked
        self.answered = answered
    }
}

/// How a claim ended by its holder's doing.
package enum Ending: String, Hashable, Sendable {
    case resolved, escalated, pended
    case handedBack = "handed-back"
    /// Released, declined or failed: the ticket waits again.
    case putBack = "put-back"
}

/// A number that stands for a text: FNV-1a over its UTF-8 bytes.
package func digest(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
}
