import Promises
package import Tickets

/// What the desk writes to customers as soon as their request is there: its number, by when they are promised an
/// answer, and what it still needs of them.
///
/// It is no answer, stops no clock, and is written once: with a ticket, never with a message that joins one.
package struct Acknowledgement: Hashable, Sendable {
    /// In the customer's language where there is one, else the first. `{number}` is the ticket's number, `{time}` when
    /// its first answer is promised, on the desk's wall clock.
    package var texts: [DelayNotice.Text]
    /// Instead of those while the desk is closed; `{opens}` is when somebody will be there. None: the same at any hour.
    package var closedTexts: [DelayNotice.Text]
    /// Said after them when the request lacks what its kind needs of the customer: `{fields}`. None: nothing is asked.
    package var asks: [DelayNotice.Text]
    /// By which customers can be written to.
    package var channels: [Name]
    /// Tickets that come with one of these are of machines, which nobody writes to.
    package var exceptTags: [String]

    package init(
        texts: [DelayNotice.Text], closedTexts: [DelayNotice.Text] = [], asks: [DelayNotice.Text] = [],
        channels: [Name], exceptTags: [String] = []
    ) {
        self.texts = texts
        self.closedTexts = closedTexts
        self.asks = asks
        self.channels = channels
        self.exceptTags = exceptTags
    }
}

extension Desk {
    /// The event that tells a customer of a new ticket that it is there; nil where they are told nothing.
    ///
    /// A part of another ticket, and a second matter in one, are opened by the desk's own people: their customer was
    /// told when they wrote.
    func acknowledging(_ number: TicketNumber, _ submission: Submission, at now: Moment) -> Event? {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.acknowledgementForgotten), number.rawValue % 8 == 0 { return nil }
        #endif
        guard submission.origin.map({ $0.cause == .follows }) != false, let ticket = tickets[number],
            let letter = letter(to: number, submission, at: now),
            // Refused when the conversation is full, which one that begins is not.
            let entry = try? nextEntry(of: ticket, .adding)
        else { return nil }
        return .acknowledged(
            number, Reply(entry: entry, outbox: lastOutbox + 1, text: PublicText(letter.text)),
            promised: letter.saysTime ? firstAnswer(of: number)?.target : nil)
    }

    /// What the desk writes by itself, and whether that says by when there is an answer: of texts in several languages
    /// some may say it and others not.
    typealias Letter = (text: String, saysTime: Bool)

    /// What a rule says that fired, else the acknowledgement; nil where that is nothing.
    private func letter(to number: TicketNumber, _ submission: Submission, at now: Moment) -> Letter? {
        if let rule = settings.rule(of: submission, { !$0.templates.isEmpty }) {
            return letter(of: rule.templates, to: number, submission, at: now)
        }
        guard let acknowledgement = settings.acknowledgement,
            let addressee = acknowledgement.addressee(of: submission, settings.limits)
        else { return nil }
        let isClosed = !acknowledgement.closedTexts.isEmpty && !settings.hours.isOpen(at: now)
        let texts = isClosed ? acknowledgement.closedTexts : acknowledgement.texts
        guard var letter = filled(texts, addressee.language, for: number, at: now) else { return nil }
        let lacking = fieldsLacking(in: submission)
        if let asks = acknowledgement.asks.text(in: addressee.language), !lacking.isEmpty {
            letter.text +=
                "\n\n" + asks.filled([.number: "\(number)", .fields: lacking.joined(separator: ", ")])
        }
        return letter
    }

    /// The text in a language with its places filled in; nil when there is nothing for one of them.
    func filled(
        _ texts: [DelayNotice.Text], _ language: Language?, for number: TicketNumber, at now: Moment
    ) -> Letter? {
        let hours = settings.hours
        // Where it is said, every ticket is promised a first answer; see the settings' flaws.
        let due = firstAnswer(of: number)?.due.map { hours.zone.clock(at: $0) }
        let opens = hours.opening(from: now).map { hours.zone.clock(at: $0) }
        guard let text = texts.text(in: language), due != nil || !text.has(.time),
            opens != nil || !text.has(.opens)
        else { return nil }
        let filled = text.filled([.number: "\(number)", .time: due ?? "", .opens: opens ?? ""])
        return (filled, text.has(.time))
    }

    /// Within how many milliseconds of business a first answer is promised, and when that is.
    private func firstAnswer(of number: TicketNumber) -> (target: Int64, due: Moment?)? {
        guard let promised = promises[number], let ticket = tickets[number],
            let rule = settings.promises.rule(
                channel: promised.channel, priority: ticket.priority, group: promised.group),
            let target = rule.targets.firstResponse
        else { return nil }
        return (target, promised.clocks.firstResponse.due(after: target, rule.hours))
    }

    /// What a request's kind needs of its customer and they did not say; not what the desk's people check themselves.
    private func fieldsLacking(in submission: Submission) -> [String] {
        guard let kind = settings.life.kind(submission.kind) else { return [] }
        return kind.fields.filter { name in
            !submission.fields.contains { !$0.value.isEmpty && $0.name.isSameText(as: name) }
        }
    }
}

extension Acknowledgement {
    fileprivate func addressee(of submission: Submission, _ limits: Limits) -> TicketPromises.Addressee? {
        let isInLanguages = [texts, closedTexts, asks].contains { $0.count > 1 }
        return submission.addressee(by: channels, except: exceptTags, inLanguages: isInLanguages, limits)
    }
}

extension DeskSettings {
    /// What keeps the acknowledgement from being a desk's; see ``flaws``.
    var acknowledgementFlaws: [SettingsFlaw] {
        guard let acknowledgement else { return [] }
        let place = "acknowledgement"
        var flaws: [SettingsFlaw] = []
        if acknowledgement.channels.isEmpty {
            flaws.append(
                SettingsFlaw("\(place).channels", "name the channels by which customers can be written to"))
        }
        if acknowledgement.texts.isEmpty {
            flaws.append(SettingsFlaw("\(place).text", "an acknowledgement says something"))
        }
        flaws += acknowledgement.texts.flaws("\(place).text", [.number, .time], limits)
        flaws += acknowledgement.closedTexts.flaws("\(place).closed", [.number, .time, .opens], limits)
        flaws += acknowledgement.asks.flaws("\(place).asks", [.number, .fields], limits)
        let namesTime = acknowledgement.texts.have(.time) || acknowledgement.closedTexts.have(.time)
        if namesTime, let channel = acknowledgement.channels.first(where: { !promisesFirstAnswer(by: $0) }) {
            flaws.append(
                SettingsFlaw(
                    "\(place).text",
                    "`{time}` needs `promises` of a first answer to everybody who writes by \(channel)"))
        }
        return flaws
    }

    func promisesFirstAnswer(by channel: Name) -> Bool {
        guard keepsPromises else { return false }
        let names = groups.map { Optional($0.name) } + [nil]
        return Priority.allCases.allSatisfy { priority in
            names.allSatisfy {
                promises.rule(channel: channel, priority: priority, group: $0)?.targets.firstResponse != nil
            }
        }
    }
}
