import Desk
import Tickets

extension Swarm {
    /// What requests are about, where that matters: two of the four are one matter.
    func subject(of command: CommandID) -> String {
        joinMilliseconds == nil
            ? "" : ["Where is it?", "Refund", Self.answerSubject, "Tea"][Int(command.low / 7 % 4)]
    }

    /// The first of them once more.
    static let answerSubject = "RE: Fwd: where is it? "
}

extension Submission {
    /// Whether it may join what it repeats: it is no part of another ticket.
    var isRequest: Bool { origin.map { $0.cause == .follows } ?? true }
}

/// J2: a request that repeats one of an open ticket of lately joins it, and no other does.
extension Witness {
    /// A5: who writes about a ticket writes into it when it is theirs, or theirs ended in it.
    mutating func checkWriter(_ id: CommandID, of number: TicketNumber) {
        guard let fate = fate(id), !fate.writer.isEmpty, isKnown(fate.cites) else { return }
        let owners = [number, fate.cites].map { cases[Int($0.rawValue) - 1].person }
        findings.expect(
            .a5, owners.contains(fate.writer.lowercased()),
            "\(number) of \(owners[0]) has a message of \(fate.writer)")
    }

    /// Nil where requests do not join tickets.
    func matter(_ submission: Submission) -> String? {
        guard settings.joinWithinMilliseconds != nil else { return nil }
        let subject = submission.subject == Swarm.answerSubject ? "Where is it?" : submission.subject
        return "\(submission.customer.lowercased()) \(submission.asSent.kind ?? "") \(subject)"
    }

    /// A request became a ticket of its own.
    mutating func checkAlone(_ number: TicketNumber, _ submission: Submission, _ record: Record) {
        guard let matter = matter(submission), submission.isRequest else { return }
        let other = joinable(matter, at: record.at)
        findings.expect(
            .j2, other == nil, "\(number) repeats \(other.map { $0 + 1 } as Any), and did not join it")
    }

    /// A request joined a ticket.
    mutating func checkJoined(_ number: TicketNumber, _ ticket: Case, _ record: Record) {
        guard let stamp = record.command, fate(stamp.id)?.matter.isEmpty == false,
            fate(stamp.id).map({ ending(of: $0.cites) }) != number
        else { return }
        markers.reach(.joined)
        let other = fate(stamp.id).flatMap { joinable($0.matter, at: record.at) }
        findings.expect(
            .j2, other == Int(number.rawValue) - 1,
            "a request joins \(number), it repeats \(other.map { $0 + 1 } as Any)")
    }

    /// Where a ticket that somebody names has ended.
    private func ending(of number: TicketNumber) -> TicketNumber {
        var number = number
        while let next = merges[number] { number = next }
        return number
    }

    /// The place of the last open ticket about a matter, if its customer wrote lately and may write more there.
    private func joinable(_ matter: String, at moment: Moment) -> Int? {
        guard let span = settings.joinWithinMilliseconds,
            let index = about[matter]?.last(where: { cases[$0].stage.isOpen && cases[$0].mergedInto == nil })
        else { return nil }
        let isFull = Int(cases[index].entries) >= settings.limits.entriesMax
        let isLate = moment.milliseconds(since: cases[index].wrote) > span
        return isLate || cases[index].isSpam || isFull ? nil : index
    }
}
