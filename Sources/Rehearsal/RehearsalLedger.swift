import Desk
package import Figures
import Promises
package import Tickets

/// The account of a rehearsal: how long tickets waited, what customers were sent, which promises the desk said something
/// about; and everything that must not happen.
///
/// It judges by the log and by what the settings say, not by what the desk thinks of itself.
package struct RehearsalLedger: Sendable {
    /// Something that must not happen in any rehearsal.
    package struct Finding: Hashable, Sendable {
        package var at: Moment
        package var ticket: TicketNumber?
        package var what: String
    }

    /// How long the tickets of one priority waited on one line, each time until somebody took them.
    package struct Waits: Hashable, Sendable {
        package let line: Name
        package let priority: Priority
        /// Milliseconds; in order after the rehearsal.
        package fileprivate(set) var spans: [Int64] = []

        /// The shortest wait that so large a share did not exceed; nil without any.
        package func milliseconds(at share: Double) -> Int64? {
            guard !spans.isEmpty else { return nil }
            return spans[min(spans.count - 1, Int((Double(spans.count) * share).rounded(.up)) - 1)]
        }
    }

    /// The first hundred.
    package private(set) var findings: [Finding] = []
    package private(set) var findingCount = 0
    package private(set) var waits: [Waits] = []
    /// Commands that the desk refused, by the reason's word, in order of first refusal.
    package private(set) var refusals: [(word: String, count: Int)] = []
    /// What customers were sent.
    package private(set) var letters = 0
    package private(set) var notes = 0
    /// Claims that ended because nobody gave a sign of life.
    package private(set) var expired = 0
    package private(set) var promises = PromiseAccount()
    /// The log, as figures count it.
    package private(set) var figures = FiguresFold()

    /// In every note and in nothing else.
    static let canary = "CANARY"
    private let settings: DeskSettings
    private var queues = WaitingRoll()
    /// What tickets ask of whoever takes them.
    private var asked: [TicketNumber: Demands] = [:]

    init(_ settings: DeskSettings) {
        self.settings = settings
        waits = settings.lines.flatMap { line in
            Priority.allCases.map { Waits(line: line.name, priority: $0) }
        }
    }

    func origin(of number: TicketNumber) -> TicketOrigin? { figures[number]?.origin }

    func isUnanswered(_ number: TicketNumber) -> Bool {
        figures[number]?.course.clocks.firstResponse.stopped == nil
    }

    /// Reads what a channel would bring to customers, by what the desk's view says.
    mutating func read(_ texts: some Sequence<String>, at now: Moment) {
        var count = 0
        for text in texts {
            count += 1
            if text.contains(Self.canary) { find("a note is in the outbox", nil, at: now) }
        }
        if count != letters { find("the outbox has \(count) letters of \(letters)", nil, at: now) }
    }

    mutating func newNote(by author: Name, about number: TicketNumber) -> String {
        notes += 1
        return "\(Self.canary)-\(notes): \(author) looked into ticket \(number)."
    }

    mutating func refused(_ refusal: Refusal) {
        let word = refusal.code.word
        if let index = refusals.firstIndex(where: { $0.word == word }) {
            refusals[index].count += 1
        } else {
            refusals.append((word, 1))
        }
    }

    mutating func find(_ what: String, _ ticket: TicketNumber?, at moment: Moment) {
        findingCount += 1
        guard findings.count < 100 else { return }
        findings.append(Finding(at: moment, ticket: ticket, what: what))
    }

    // MARK: - Following

    mutating func follow(_ records: [Record], of desk: Desk, at now: Moment) {
        var claimed: [(Name, Ticket)] = []
        for case .submitted(let number, _, let submission) in records.map(\.event) {
            if let demands = submission.ruling?.demands, !demands.isEmpty { asked[number] = demands }
        }
        for record in records {
            figures.follow(record)
            promises.follow(record)
            if case .claimed(let number, _, let holder, _) = record.event, let ticket = desk.tickets[number] {
                queues.remove(number)
                claimed.append((holder.node, ticket))
                count(record.at.milliseconds(since: ticket.since), ticket)
            } else if case .released(_, _, .expired, _, _, _) = record.event {
                expired += 1
            }
            for text in record.event.publicTexts {
                letters += 1
                guard text.contains(Self.canary) else { continue }
                find("a note reached the customer", record.event.ticket, at: record.at)
            }
        }
        judgeOrder(claimed, of: desk, at: now)
        for record in records {
            for number in record.event.tickets { place(number, of: desk) }
        }
    }

    /// Nobody is overtaken out of turn, and by no policy for longer than the settings bound it.
    private mutating func judgeOrder(_ claimed: [(Name, Ticket)], of desk: Desk, at now: Moment) {
        for (taker, ticket) in claimed {
            guard let line = settings.line(ticket.line) else { continue }
            for (priority, queue) in queues.queues(of: line.name) {
                let bound = settings.overtakingBound(of: priority, on: line)
                for entry in queue {
                    let isFirst = isFirst(entry, priority, before: ticket, on: line)
                    let isBeyond = bound.map { ticket.since.milliseconds(since: entry.since) > $0 } ?? false
                    // Those behind it began to wait later.
                    guard isFirst || isBeyond else { break }
                    guard let other = desk.tickets[entry.number], other.place == .waiting, !other.isForOwner,
                        knows(taker, other, on: line, at: now)
                    else { continue }
                    let how = isFirst ? "was taken before it" : "overtook it beyond the line's bound"
                    find("ticket \(ticket.number) \(how)", entry.number, at: now)
                }
            }
        }
    }

    /// Whether somebody knows what a ticket asks for at a moment.
    private func knows(_ taker: Name, _ ticket: Ticket, on line: LineSettings, at now: Moment) -> Bool {
        guard let demands = asked[ticket.number] else { return true }
        let isKept = now.milliseconds(since: ticket.since) < line.preferredForMilliseconds
        let skills = settings.skills(of: taker)
        return (demands.required + (isKept ? demands.preferred : [])).allSatisfy { asked in
            skills.contains { $0.name == asked.name && $0.level >= asked.level }
        }
    }

    /// Whether what waits goes before a ticket where the order follows from the age and the priority alone.
    private func isFirst(
        _ entry: WaitingRoll.Entry, _ priority: Priority, before ticket: Ticket, on line: LineSettings
    ) -> Bool {
        guard !settings.ranks(line.name) else { return false }
        func key(_ since: Moment, _ priority: Priority) -> Int64 {
            since.milliseconds - (line.policy == .priority ? line.headStart(priority) : 0)
        }
        return (key(entry.since, priority), entry.number.rawValue)
            < (key(ticket.since, ticket.priority), ticket.number.rawValue)
    }

    private mutating func place(_ number: TicketNumber, of desk: Desk) {
        queues.remove(number)
        guard let ticket = desk.tickets[number], ticket.place == .waiting else { return }
        queues.add(ticket)
    }

    private mutating func count(_ span: Int64, _ ticket: Ticket) {
        let index = waits.firstIndex { $0.line == ticket.line && $0.priority == ticket.priority }
        if let index { waits[index].spans.append(span) }
    }

    /// The days are over.
    mutating func close(_ desk: Desk, at now: Moment) {
        for index in waits.indices { waits[index].spans.sort() }
        for (number, what) in promises.close(figures, settings, at: now) { find(what, number, at: now) }
    }
}

extension Event {
    /// What it sends to a customer.
    fileprivate var publicTexts: [String] {
        switch self {
        case .replied(_, _, let reply), .resolved(_, _, let reply?), .alerted(_, _, let reply?):
            [reply.text.text]
        case .acknowledged(_, let letter, _): [letter.text.text]
        case .improved(let improvement): [improvement.text.text]
        default: []
        }
    }
}
