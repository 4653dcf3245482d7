import Desk
import Tickets

extension Swarm {
    /// How often people say that tickets have to do with one another, and who of elsewhere reads them.
    struct Ties {
        var perMille = 0
        var hasColleague = false

        init() {}

        /// A stream of its own: what was drawn before there were these stays as it was.
        init(seed: UInt64) {
            var chance = Chance(seed: seed, .swarm, 19)
            perMille = chance.pick([0, 0, 150, 400])
            hasColleague = chance.happens(perMille: 300)
        }
    }
}

/// People who split tickets, make parts of them, and say what has to do with what; and a colleague of another
/// department.
extension Cluster {
    /// What a lead does to a ticket and another one; nil when nothing.
    mutating func tie(_ index: Int, _ ticket: TicketNumber) -> Action? {
        guard senders[index].chance.happens(perMille: plan.swarm.ties.perMille) else { return nil }
        let others = witness.cases.count - witness.closedBelow
        let other = witness.open(from: witness.closedBelow + senders[index].chance.below(others))
        switch senders[index].chance.below(13) {
        case 0, 1: return divide(ticket, .split, by: index)
        case 2: return divide(other, .child, by: index)
        case 3: return .amend(ticket, nil, .parent(other))
        // What has parts becomes a part, and sometimes of what is below it.
        case 4: return .amend(witness.lastWhole ?? ticket, nil, .parent(other))
        case 5:
            let (top, bottom) = witness.ends(of: witness.lastWhole ?? ticket)
            return .amend(top, nil, .parent(bottom))
        case 6: return .amend(ticket, nil, .parent(nil))
        // What others ended in ends in another; and what has ended is no place for that.
        case 10, 11: return .merge(witness.lastMerge?.into ?? ticket, nil, into: other)
        case 12: return .merge(other, nil, into: witness.lastMerge?.from ?? ticket)
        case 7: return .amend(ticket, nil, .link(other, isOn: true))
        case 8:
            let (one, another) = witness.lastLink ?? (ticket, other)
            return .amend(another, nil, .link(one, isOn: false))
        default:
            let name = senders[index].chance.pick(["lead", "boss", "partner"] as [Name])
            return .amend(
                ticket, nil, .participant(name, isOn: senders[index].chance.happens(perMille: 700)))
        }
    }

    /// Makes a ticket out of another one.
    private mutating func divide(_ ticket: TicketNumber, _ cause: Origin.Cause, by index: Int) -> Action {
        let id = CommandID(high: senders[index].number, low: senders[index].lastCommand + 1)
        return .submit(
            Submission(
                channel: "mail", customer: plan.swarm.customer(of: id), subject: "",
                body: Text.request(id, byteCount(index)), kind: plan.swarm.kind(of: id),
                origin: Origin(ticket: ticket, cause: cause)))
    }

    /// Notes are a colleague's right; all else is tried.
    mutating func actAsColleague(_ index: Int) {
        guard senders[index].open.isEmpty, witness.cases.count > witness.closedBelow else { return }
        let chosen =
            witness.closedBelow + senders[index].chance.below(witness.cases.count - witness.closedBelow)
        let ticket = TicketNumber(UInt64(chosen) + 1)
        let token = witness.cases[chosen].token
        let action: Action =
            switch senders[index].chance.below(12) {
            case 0: .amend(ticket, nil, .priority(.urgent))
            case 1: .claim(ticket, leaseMilliseconds: 20_000)
            case 2: .followUp(ticket, body: Text.note(ticket, token))
            case 3: .reply(ticket, token, seen: witness.cases[chosen].lastMessage, text: "not mine to answer")
            case 4: .merge(ticket, nil, into: TicketNumber(ticket.rawValue ^ 1))
            case 5: .amend(ticket, nil, .participant("friend", isOn: true))
            default: .note(ticket, nil, text: Text.note(ticket, Token(0)))
            }
        send(action, by: index)
    }

    mutating func judge(colleagues command: Command) {
        var isNote = false
        if case .note(_, nil, _) = command.action { isNote = true }
        witness.findings.expect(.b4, isNote, "a colleague's \(command.action) was carried out")
        if isNote { witness.markers.reach(.colleagueNoted) }
    }

    /// Somebody is told that what they asked for is not done.
    mutating func see(_ refusal: Refusal, of command: Command, by member: Plan.Member) {
        switch refusal.code {
        case .merged:
            if case .followUp(let ticket, _) = command.action { witness.checkHeard(ticket, at: nil) }
            if case .merge = command.action { witness.markers.reach(.mergeOfAMergedRefused) }
        case .wouldBeCycle:
            if case .amend = command.action { witness.markers.reach(.circleRefused) }
        case .openChildren: witness.markers.reach(.wholeBeforeItsParts)
        case .notAuthorised: if member == .colleague { witness.markers.reach(.colleagueRefused) }
        default: break
        }
    }

    /// What may keep a ticket open for ever waits for customers who never write: a person takes it off.
    mutating func takePartsOff(_ whole: TicketNumber, by index: Int) {
        let parts = witness.openParts(of: whole)
        for part in parts { send(.amend(part, nil, .parent(nil)), by: index) }
    }
}
