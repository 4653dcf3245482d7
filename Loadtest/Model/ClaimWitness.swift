package import Tickets

/// Watches from the nodes' side that no ticket is held by two of them.
///
/// What a node sees may be old: a grant may reach a frozen node long after its lease ended. So a late grant is no
/// violation by itself. These are: one claim, named by ticket and token, granted to two nodes; a change accepted
/// although a later claim of its ticket had been seen before the change was sent; and two changes accepted that
/// both end the same claim.
package struct ClaimWitness: Sendable {
    /// The latest claim of a ticket that any node has seen.
    private struct Seen {
        var token: UInt64 = 0
        var node: Int32 = -1
        /// Claims that accepted changes ended, one bit for each token up to 63.
        var ended: UInt64 = 0
    }

    private struct Claim: Hashable {
        var ticket: TicketNumber
        var token: Token
    }

    private var tickets: [Seen] = []
    /// Ended claims with larger tokens: few tickets are claimed so often.
    private var endedLate: Set<Claim> = []
    package private(set) var report = CheckReport("double-claims", "no ticket is held by two nodes at a time")
    /// Grants that came after a later one of the same ticket had been seen.
    package private(set) var lateGrants = 0

    package init() {}

    /// Takes note of a grant as `node` received it. The same grant to the same node again is a repetition.
    package mutating func granted(_ ticket: TicketNumber, _ token: Token, to node: Int) {
        let index = index(of: ticket)
        let seen = tickets[index]
        if token.rawValue < seen.token {
            lateGrants += 1
            return report.check(true, "")
        }
        report.check(
            token.rawValue > seen.token || seen.node == Int32(node),
            "ticket \(ticket) was granted to nodes \(seen.node) and \(node) under token \(token)")
        tickets[index].token = token.rawValue
        tickets[index].node = Int32(node)
    }

    /// The latest token that any node has seen of a ticket: to be asked when a change is sent.
    package func latestToken(of ticket: TicketNumber) -> Token {
        let index = Int(ticket.rawValue)
        return Token(index < tickets.count ? tickets[index].token : 0)
    }

    /// Takes note of an accepted change that ends a claim. `latestWhenSent` is ``latestToken(of:)`` at that time.
    package mutating func ended(_ ticket: TicketNumber, _ token: Token, latestWhenSent: Token) {
        let index = index(of: ticket)
        report.check(
            latestWhenSent <= token,
            "ticket \(ticket) was changed under token \(token) after token \(latestWhenSent) had been granted"
        )
        report.check(
            noteEnd(ticket, token, index),
            "ticket \(ticket): two changes that end the claim under token \(token) were accepted")
    }

    /// Answers of different nodes may be read in another order than the changes were made in, so every claim counts,
    /// not the last alone.
    ///
    /// - Returns: Whether this is the first end of the claim.
    private mutating func noteEnd(_ ticket: TicketNumber, _ token: Token, _ index: Int) -> Bool {
        guard token.rawValue < 64 else {
            return endedLate.insert(Claim(ticket: ticket, token: token)).inserted
        }
        let bit: UInt64 = 1 << token.rawValue
        defer { tickets[index].ended |= bit }
        return tickets[index].ended & bit == 0
    }

    private mutating func index(of ticket: TicketNumber) -> Int {
        let index = Int(ticket.rawValue)
        while tickets.count <= index { tickets.append(Seen()) }
        return index
    }
}
