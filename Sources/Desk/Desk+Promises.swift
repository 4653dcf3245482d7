import Promises
import Tickets

/// The promises that the desk keeps by itself. A ticket has clocks from its submission on, if the desk had kept promises by
/// then: what it promises may change, and what has happened by then counts.
extension Desk {
    /// What the desk has to say next of a ticket's promises, and when, perhaps in the past; nil when there is nothing:
    /// of a solved ticket or spam, or while its clocks stand.
    func nextAlert(of number: TicketNumber, at now: Moment) -> (at: Moment, alert: PromiseAlert)? {
        guard keepsPromises, let promised = promises[number],
            let priority = tickets.look(at: number, { $0.isOpen ? $0.priority : nil }) ?? nil,
            dossiers.isEmpty || dossiers[number]?.isSpam != true,
            let rule = settings.promises.rule(
                channel: promised.channel, priority: priority, group: promised.group)
        else { return nil }
        return promised.next(under: rule, warnings: settings.promises.warnings, at: now)
    }

    /// The event that says something of a ticket's promises. When it is the first warning of what its customer was
    /// promised, they are told with it: one event, so that neither is there without the other.
    func saying(_ alert: PromiseAlert, of number: TicketNumber) -> Event {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.noticeNotSent), number.rawValue % 8 == 0 {
                return .alerted(number, alert, notice: nil)
            }
        #endif
        return .alerted(number, alert, notice: notice(of: alert, to: number))
    }

    /// Nil where the customer is told nothing, and when the ticket's conversation is full.
    private func notice(of alert: PromiseAlert, to number: TicketNumber) -> Reply? {
        guard let notice = settings.delayNotice, let promised = promises[number],
            let addressee = promised.addressee, isNews(alert, of: promised), let ticket = tickets[number],
            // Refused when the conversation is full: the people at the desk are warned all the same.
            let entry = try? nextEntry(of: ticket, .adding),
            let text = notice.text(addressee.language, number, due: alert.due, settings.hours.zone)
        else { return nil }
        return Reply(entry: entry, outbox: lastOutbox + 1, text: PublicText(text))
    }

    private func isNews(_ alert: PromiseAlert, of promised: TicketPromises) -> Bool {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.noticeRepeated) {
                return alert.clock.kind.isOfCustomer && !alert.isBroken
            }
        #endif
        return promised.isNews(alert)
    }

    /// Keeps the clocks in step with an event.
    mutating func followPromises(_ record: Record) {
        switch record.event {
        case .submitted(let number, let line, let submission):
            promises[number] = TicketPromises(
                channel: submission.channel, group: submission.group,
                addressee: settings.delayNotice?.addressee(of: submission, settings.limits),
                clocks: TicketClocks(line: line, at: record.at))
        case .closed(let numbers): for number in numbers { promises[number] = nil }
        case .merged(let number, _, _): promises[number] = nil
        case .alerted(let number, let alert, let notice):
            promises.update(number) { $0.say(alert) }
            #if PLANTED_BUGS
                if PlantedBug.isActive(.noticeIsAnswer), notice != nil {
                    promises.update(number) { $0.clocks.replied(at: record.at) }
                }
            #endif
        default:
            guard let number = record.event.ticket else { return }
            #if PLANTED_BUGS
                if PlantedBug.isActive(.acknowledgementIsAnswer), case .acknowledged = record.event {
                    promises.update(number) { $0.clocks.replied(at: record.at) }
                }
            #endif
            #if PLANTED_BUGS
                if PlantedBug.isActive(.pauseForgotten), case .pended = record.event { return }
            #endif
            promises.update(number) { $0.clocks.follow(record.event, at: record.at) }
        }
    }

    /// The desk is another: it may keep promises now, or none any more.
    mutating func adoptPromises() {
        keepsPromises = configuration?.settings.keepsPromises == true
        #if PLANTED_BUGS
            if PlantedBug.isActive(.clocksForgotten), !keepsPromises { promises = TicketMap() }
        #endif
        if keepsPromises { keepsClocks = true }
    }
}
