package import Tickets

/// Which clock of a ticket.
package struct ClockID: Hashable, Sendable {
    package var kind: ClockKind
    /// 1 for the ticket's first of that kind; of a line, for the first line that it was on.
    package var ordinal: UInt32

    package init(_ kind: ClockKind, _ ordinal: UInt32 = 1) {
        self.kind = kind
        self.ordinal = ordinal
    }
}

/// What a desk says of a clock while it runs: that its promise will soon be broken, or that it is.
package struct PromiseAlert: Hashable, Sendable {
    package var clock: ClockID
    /// The name of the promise's rule.
    package var rule: String
    /// When the promise is, or was, to be kept.
    package var due: Moment
    /// Milliseconds of business before ``due`` of which this is the warning; nil when the promise is broken.
    package var warning: Int64?

    package init(_ clock: ClockID, rule: String, due: Moment, warning: Int64?) {
        self.clock = clock
        self.rule = rule
        self.due = due
        self.warning = warning
    }

    package var isBroken: Bool { warning == nil }

    /// The word in every output.
    package var word: String { isBroken ? "broken" : "warned" }

    /// Whether both say the same of the same clock; each is said once, whenever it was due then.
    package func repeats(_ other: PromiseAlert) -> Bool { clock == other.clock && warning == other.warning }
}
