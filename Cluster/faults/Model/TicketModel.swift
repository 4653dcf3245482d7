/// A ticket as whoever stands outside can reason about it: the least that every correct desk does.
///
/// Leases may end at any moment, and nobody outside sees it; so a claim never has to wait for the end of another. What
/// must not happen is that something takes effect under a token that another claim has replaced, or that a ticket
/// that is solved is granted although nobody wrote again.
struct TicketModel: Hashable, Sendable {
    var exists = false
    var token: UInt64 = 0
    var isHeld = false
    var isSolved = false

    /// What somebody saw happen to a ticket.
    enum Deed: Hashable, Sendable {
        case submit
        case followUp
        case claim(UInt64)
        case end(Ending, UInt64)

        /// The token that it names.
        var token: UInt64? {
            switch self {
            case .submit, .followUp: nil
            case .claim(let token), .end(_, let token): token
            }
        }
    }

    /// The ticket after the deed, or nil when that cannot happen now.
    func after(_ deed: Deed) -> TicketModel? {
        var next = self
        switch deed {
        case .submit:
            guard !exists else { return nil }
            next.exists = true
        case .followUp:
            guard exists else { return nil }
            next.isSolved = false
        case .claim(let token):
            guard exists, !isSolved, token > self.token else { return nil }
            next.token = token
            next.isHeld = true
        case .end(let ending, let token):
            guard isHeld, token == self.token else { return nil }
            next.isHeld = false
            next.isSolved = ending == .resolved
        }
        return next
    }
}

/// A deed with the times between which it took effect.
struct TicketOperation: Hashable, Sendable {
    var deed: TicketModel.Deed
    var invoked: Int64
    /// Nil when nobody knows whether it took effect.
    var answered: Int64?
}
