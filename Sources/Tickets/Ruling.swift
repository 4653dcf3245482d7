/// Which rules of the desk fired for a submission, and what it was before they did.
///
/// The submission itself has the values that hold from then on, so that folding it needs no rules; with these one knows
/// what the customer had sent.
package struct Ruling: Hashable, Sendable {
    /// Names of the rules, in the order in which they fired; at least one.
    package var rules: [String]
    /// As it was sent.
    package var priority: Priority
    /// As it was sent.
    package var kind: String?
    /// How many of its tags were sent; those after them are the rules'.
    package var tagCount: Int
    /// What the rules ask of whoever takes it.
    package var demands: Demands

    package init(
        rules: [String], priority: Priority, kind: String?, tagCount: Int, demands: Demands = Demands()
    ) {
        self.rules = rules
        self.priority = priority
        self.kind = kind
        self.tagCount = tagCount
        self.demands = demands
    }
}

/// A ruling, set apart in memory: most submissions have none, and all of them are copied.
indirect enum KeptRuling: Hashable, Sendable {
    case none
    case some(Ruling)
}

extension Submission {
    /// What the desk's rules made of it; nil where none fired, and always on its way to the desk.
    package var ruling: Ruling? {
        get { if case .some(let ruling) = keptRuling { ruling } else { nil } }
        set { keptRuling = newValue.map { .some($0) } ?? .none }
    }

    /// The submission as it came, before any rule.
    package var asSent: Submission {
        var sent = self
        sent.group = nil
        guard let ruling else { return sent }
        (sent.priority, sent.kind, sent.ruling) = (ruling.priority, ruling.kind, nil)
        sent.tags.removeSubrange(min(ruling.tagCount, tags.count)...)
        return sent
    }
}
