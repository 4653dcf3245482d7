import Client
import Desk
import Tickets

/// What people do to tickets besides working on them, and customers who write about old ones.
extension Cluster {
    /// A customer writes about a ticket that may be closed by now, or somebody whose it is not.
    mutating func sendLate(about ticket: TicketNumber, by index: Int) {
        let id = CommandID(high: senders[index].number, low: senders[index].lastCommand + 1)
        let body = Text.request(id, byteCount(index))
        let own = witness.isKnown(ticket) ? witness.cases[Int(ticket.rawValue) - 1].customer : ""
        let isStranger = own.isEmpty || senders[index].chance.happens(perMille: 300)
        send(
            .submit(
                Submission(
                    channel: "mail", customer: isStranger ? "stranger@example.org" : own,
                    subject: plan.swarm.joinMilliseconds == nil ? "" : Swarm.answerSubject, body: body,
                    origin: Origin(ticket: ticket, cause: .follows))), by: index)
    }

    /// What a lead does to a ticket instead of taking it; nil when nothing.
    mutating func lifeDeed(_ index: Int, _ ticket: TicketNumber, _ known: Case) -> Action? {
        let swarm = plan.swarm
        if known.stage == .claimed, senders[index].chance.happens(perMille: swarm.takeOversPerMille) {
            return .takeOver(ticket, leaseMilliseconds: 20_000, reason: "it takes too long")
        }
        if senders[index].chance.happens(perMille: swarm.mergesPerMille) {
            // Two neighbours, in either direction: sometimes in both at once.
            let other = TicketNumber(ticket.rawValue ^ 1)
            return .merge(ticket, nil, into: other)
        }
        if let deed = improve(index, ticket) { return deed }
        if let deed = checklistDeed(index, ticket) ?? tie(index, ticket) { return deed }
        guard senders[index].chance.happens(perMille: swarm.amendmentsPerMille) else { return nil }
        if swarm.hasKinds, senders[index].chance.happens(perMille: 300) {
            return .amend(ticket, nil, .kind(senders[index].chance.pick(["quick", "long", nil])))
        }
        if known.stage == .spam { return .amend(ticket, nil, .spam(false, reason: "it was none")) }
        switch senders[index].chance.below(7) {
        case 0: return .amend(ticket, nil, .priority(senders[index].chance.pick(Priority.allCases)))
        case 1: return .amend(ticket, nil, .owner("one-9", reason: "by hand"))
        case 2: return .amend(ticket, nil, .draft(Text.note(ticket, known.token)))
        case 3: return .amend(ticket, nil, .draft(""))
        case 4: return .amend(ticket, nil, .tag("vip", isOn: senders[index].chance.happens(perMille: 500)))
        case 5: return .amend(ticket, nil, .spam(true, reason: "sells pills"))
        default: return .amend(ticket, nil, .parent(TicketNumber(ticket.rawValue ^ 1)))
        }
    }
}
