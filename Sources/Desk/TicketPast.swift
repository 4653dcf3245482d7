import Tickets

/// What one ticket was before each of its events, for histories: they say what was replaced, and not only what is there
/// now. Texts of the conversation and drafts are not in it.
package struct TicketPast: Sendable {
    private var line: Name?
    private var priority = Priority.normal
    private var kind: String?
    private var fields: [Field] = []
    private var feedback = ""
    private var parent: TicketNumber?
    private var owner: Name?
    private var holder: Name?

    package init() {}

    /// Follows the next event of the ticket.
    ///
    /// - Returns: What it replaced, in one line; nil when there was nothing, or it replaces nothing.
    package mutating func follow(_ event: Event) -> String? {
        switch event {
        case .submitted(_, let line, let submission):
            (self.line, priority, kind) = (line, submission.priority, submission.kind)
            fields = submission.fields
            return nil
        case .claimed(_, _, let holder, _):
            self.holder = holder.displayName
            owner = owner ?? holder.displayName
            return nil
        case .tookOver(_, _, let holder, _, _): return Self.replace(&self.holder, holder.displayName)?.text
        case .escalated(_, _, let line, _, _, _), .handedBack(_, _, let line, _, _),
            .overflowed(_, let line, _):
            holder = nil
            return Self.replace(&self.line, line)?.text
        case .amended(_, _, let amendment, _): return follow(amendment)
        case .resolved, .pended, .released, .merged:
            holder = nil
            return nil
        case .followedUp, .noted, .replied, .woke, .closed, .configured, .alerted, .acknowledged, .improved:
            return nil
        }
    }

    private mutating func follow(_ amendment: Amendment) -> String? {
        switch amendment {
        case .priority(let new):
            defer { priority = new }
            return priority.word
        case .kind(let new): return Self.replace(&kind, new)
        case .owner(let new, _): return Self.replace(&owner, new)?.text
        case .parent(let new): return Self.replace(&parent, new)?.description
        case .feedback(let new):
            defer { feedback = new }
            return feedback.isEmpty ? nil : feedback
        case .field(let field):
            let old = fields.first { $0.name.utf8.elementsEqual(field.name.utf8) }?.value
            fields.removeAll { $0.name.utf8.elementsEqual(field.name.utf8) }
            fields.append(field)
            return old?.isEmpty == false ? old : nil
        case .tag, .participant, .link, .spam, .draft, .given, .offered, .accepted, .status: return nil
        }
    }

    private static func replace<Value>(_ old: inout Value?, _ new: Value?) -> Value? {
        defer { old = new }
        return old
    }
}
