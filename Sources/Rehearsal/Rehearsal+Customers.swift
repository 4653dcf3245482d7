import Desk
import Promises
import Randomness
import Tickets

/// What customers do.
extension Rehearsal {
    private static let hour: Int64 = 3_600_000
    private static let minute: Int64 = 60_000

    /// Puts the requests of all days on the agenda: of each day as many as it has, each at an hour drawn by the day's
    /// weights and at any moment of it.
    mutating func planDemand() {
        let demand = plan.demand
        guard !demand.texts.isEmpty else { return }
        let zone = plan.settings.hours.zone
        var text = 0
        for day in plan.calendar {
            for _ in 0..<demand.requests[Int(day.weekday.rawValue) - 1] {
                let minute = 60 * hour(demand.hours) + Int(fortune.unit() * 60)
                let at = zone.moment(of: day, minute: minute)
                    .advanced(byMilliseconds: Int64(fortune.unit() * Double(Self.minute)))
                agenda.plan(.request(demand.texts[text % demand.texts.count]), at: at)
                text += 1
            }
        }
    }

    private mutating func hour(_ weights: [Int]) -> Int {
        var left = fortune.unit() * Double(weights.reduce(0, +))
        for (hour, weight) in weights.enumerated() {
            left -= Double(weight)
            if left < 0 { return hour }
        }
        return weights.count - 1
    }

    mutating func giveChannelSign() {
        handle(.ping(Self.channels, []))
        agenda.plan(.channelSign, at: now.advanced(byMilliseconds: plan.settings.heartbeatMilliseconds))
    }

    mutating func receive(_ submission: Submission) {
        do throws(Refusal) {
            let number = try ask(.submit(submission), from: Self.channels).ticket
            guard fortune.unit() * 1_000 < Double(plan.demand.reminding) else { return }
            agenda.plan(.message(number, isReminder: true), at: later(Self.hour / 2, upTo: 8 * Self.hour))
        } catch {
            ledger.refused(error)
        }
    }

    mutating func write(about number: TicketNumber, isReminder: Bool) {
        if isReminder, exchange.desk.tickets.look(at: number, { $0.isOpen }) != true { return }
        let text = isReminder ? "Is anybody reading this?" : "Thank you. There is something more about it."
        do throws(Refusal) {
            try ask(.followUp(number, body: text), from: Self.channels)
        } catch {
            ledger.refused(error)
        }
    }

    /// What a customer does with a solution.
    mutating func consider(solutionOf number: TicketNumber) {
        guard fortune.unit() * 1_000 < Double(plan.demand.returning) else { return }
        agenda.plan(.message(number, isReminder: false), at: later(Self.hour, upTo: 72 * Self.hour))
    }

    /// What a customer does with a question: most answer within hours, some do not.
    mutating func consider(questionAbout number: TicketNumber) {
        guard fortune.unit() < 0.8 else { return }
        agenda.plan(.message(number, isReminder: false), at: later(5 * Self.minute, upTo: 12 * Self.hour))
    }
}
