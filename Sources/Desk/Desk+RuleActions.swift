import Promises
package import Tickets

/// What rules do with a new ticket beside saying where it goes and what it is: its customer is told something, and it is
/// set aside.
extension Desk {
    /// What a rule tells the customer of a new ticket; nil for those whom the desk does not write to.
    func letter(
        of templates: [DelayNotice.Text], to number: TicketNumber, _ submission: Submission, at now: Moment
    ) -> Letter? {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.templateForgotten) { return nil }
        #endif
        guard let (channels, exceptTags) = settings.correspondence,
            let addressee = submission.addressee(
                by: channels, except: exceptTags, inLanguages: templates.count > 1, settings.limits)
        else { return nil }
        return filled(templates, addressee.language, for: number, at: now)
    }

    /// What there is to say of a new ticket that waits or is solved by the rules; nil when it goes to its line.
    func settingAside(_ number: TicketNumber, _ submission: Submission) -> Event? {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.statusForgotten), number.rawValue % 4 == 0 { return nil }
        #endif
        guard let rule = settings.rule(of: submission, { $0.status != nil }), let status = rule.status else {
            return nil
        }
        let lacking = dossiers[number]?.lacking ?? []
        return .amended(number, nil, .status(status, reason: "by rule \(rule.name)"), lacking: lacking)
    }
}

extension DeskSettings {
    /// The first of the rules that fired for a submission of which something is true; nil when it is of none.
    package func rule(of submission: Submission, _ isWanted: (RoutingRule) -> Bool) -> RoutingRule? {
        guard let fired = submission.ruling?.rules else { return nil }
        return rules.first { isWanted($0) && fired.contains($0.name) }
    }

    /// What is wrong with what a rule tells customers, and with where it puts tickets.
    func flaws(ofAnswer rule: RoutingRule, _ place: String) -> [SettingsFlaw] {
        var flaws: [SettingsFlaw] = []
        func add(_ key: String, _ reason: String) { flaws.append(SettingsFlaw("\(place).\(key)", reason)) }
        if let status = rule.status {
            if !status.isAside {
                add("status", "a new ticket is put to pending, on-hold or solved, not to \(status.word)")
            }
            if rule.isSpam { add("status", "spam is set apart; it has no status beside that") }
        }
        guard !rule.templates.isEmpty else { return flaws }
        if rule.isSpam { add("template", "who sends spam is told nothing") }
        flaws += rule.templates.flaws("\(place).template", [.number, .time, .opens], limits)
        guard let correspondence else {
            add(
                "template",
                "this needs `acknowledgement` or `delay-notice`, which say by what channels customers can be "
                    + "written to")
            return flaws
        }
        let asked = rule.conditions.channels
        let channels = correspondence.channels.filter { asked.isEmpty || asked.contains($0) }
        if channels.isEmpty {
            let known = correspondence.channels.map(\.text).joined(separator: ", ")
            add("template", "nobody is written to by these channels; customers are by \(known)")
        }
        if rule.templates.have(.time), let channel = channels.first(where: { !promisesFirstAnswer(by: $0) }) {
            add(
                "template",
                "`{time}` needs `promises` of a first answer to everybody who writes by \(channel)")
        }
        return flaws
    }
}

extension Ticket {
    /// Takes a new ticket out of its line.
    mutating func setAside(as status: Status) {
        self.status = status
        (place, isForOwner) = (.aside, false)
    }
}
