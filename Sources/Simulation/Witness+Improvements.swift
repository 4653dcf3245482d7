import Desk
import Tickets

extension Swarm {
    /// A stream of its own: what was drawn before there were improvements stays as it was.
    mutating func drawImprovements(_ seed: UInt64) {
        var chance = Chance(seed: seed, .swarm, 20)
        let perMille = chance.pick([0, 150, 400])
        let writes = acknowledges || tellsOfDelays && promiseMilliseconds != nil
        improvementsPerMille = writes ? perMille : 0
    }

    static let topics = ["dark mode", "export", "Zoë's wish"]
}

/// People who note what customers want of the product, and close it.
extension Cluster {
    /// What a lead does about the product; nil when nothing.
    mutating func improve(_ index: Int, _ ticket: TicketNumber) -> Action? {
        // No draw where there are no improvements, so that such runs stay as they were.
        let perMille = plan.swarm.improvementsPerMille
        guard perMille > 0, senders[index].chance.happens(perMille: perMille) else { return nil }
        let topic = senders[index].chance.pick(Swarm.topics)
        switch senders[index].chance.below(6) {
        case 0: return .improve(topic: topic, text: Text.improvement(topic))
        case 1: return .amend(ticket, nil, .feedback(topic: ""))
        default: return .amend(ticket, nil, .feedback(topic: topic))
        }
    }
}

/// B8: who asked for something is told once when it is there, and nobody else is.
extension Witness {
    /// What stands for a ticket's customer.
    struct Wish: Sendable {
        var topic: String
        var person: String
    }

    /// Whether the desk may write to the customer of a new ticket, by a table instead of the settings.
    func mayWrite(about submission: Submission) -> Bool {
        (settings.acknowledgement != nil || settings.delayNotice != nil) && version > 0
            && submission.channel == "mail" && !submission.tags.contains("direct")
    }

    mutating func wish(_ topic: String, _ number: TicketNumber, _ ticket: Case) {
        guard ticket.isAddressee else { return }
        wishes[number] = topic.isEmpty ? nil : Wish(topic: topic, person: ticket.person)
    }

    /// Spam that leaves takes its wish with it.
    mutating func endWish(of number: TicketNumber) {
        guard let wish = wishes[number] else { return }
        if cases[Int(number.rawValue) - 1].isSpam { wishes[number] = nil }
        if wishes[number] != nil, !wish.topic.isEmpty { markers.reach(.wishOutlivedItsTicket) }
    }

    mutating func improve(_ improvement: Improvement, _ record: Record) {
        findings.expect(
            .b8, improvement.text.text == Text.improvement(improvement.topic),
            "customers are told another text of \(improvement.topic)")
        let asking = wishes.filter {
            $0.value.topic == improvement.topic && !cases[Int($0.key.rawValue) - 1].isSpam
        }
        // The newest of each customer that has room; in any order.
        var newest: [String: TicketNumber] = [:]
        for (number, wish) in asking {
            let entries = cases[Int(number.rawValue) - 1].entries
            guard Int(entries) < settings.limits.entriesMax else { continue }
            newest[wish.person] = max(newest[wish.person] ?? number, number)
        }
        let (due, told) = (newest.values.sorted(), improvement.letters.map(\.ticket))
        findings.expect(
            .b8, due == told, "of \(improvement.topic) the customers of \(told) are told, not of \(due)")
        if asking.count > due.count { markers.reach(.toldOnceForSeveral) }
        for number in told where isKnown(number) {
            let index = Int(number.rawValue) - 1
            guard let reply = improvement.reply(to: number) else { continue }
            markers.reach(cases[index].stage == .closed ? .toldAfterItWasClosed : .toldOfAnImprovement)
            notices += 1
            var ticket = cases[index]
            put(reply, number, &ticket)
            ticket.revision += 1
            cases[index] = ticket
        }
        for number in asking.keys { wishes[number] = nil }
    }

    /// What the desk remembers of wishes is what was asked.
    mutating func compareWishes(_ desk: Desk) {
        let kept = desk.wishes.all
        let isSame =
            kept.count == wishes.count && kept.allSatisfy { wishes[$0.ticket]?.topic == $0.topic }
        findings.expect(.b8, isSame, "the desk remembers \(kept.count) wishes, \(wishes.count) were asked")
    }
}
