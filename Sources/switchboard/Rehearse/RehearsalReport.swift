import Desk
import Figures
import Promises
import Rehearsal
import Tickets

/// What `rehearse --json` prints, and the same for people; spans are milliseconds.
struct RehearsalReport: Encodable {
    struct Wait: Encodable {
        var line: String
        var priority: String
        var taken: Int
        var p50Ms: Int64
        var p90Ms: Int64
        var longestMs: Int64
    }

    struct Promises: Encodable {
        var kept: Int
        var warned: Int
        var broken: Int
        var open: Int
    }

    struct Count: Encodable {
        var word: String
        var count: Int
    }

    struct Finding: Encodable {
        var atMs: Int64
        var ticket: UInt64?
        var what: String
    }

    var desk: String
    var firstDay: String
    var days: Int
    var seed: UInt64
    var requests: UInt64
    var open: UInt64
    var events: UInt64
    /// What customers were sent.
    var letters: Int
    var notes: Int
    /// Claims whose holder gave no sign of life.
    var expired: Int
    var promises: Promises
    var waits: [Wait]
    var refused: [Count]
    var rows: [ReportOutput.Row]
    /// How many there are; the first hundred are listed.
    var findingCount: Int
    var findings: [Finding]
    private let figures: Report

    enum CodingKeys: String, CodingKey {
        case desk, firstDay, days, seed, requests, open, events, letters, notes, expired, promises, waits
        case refused, rows, findingCount, findings
    }

    init(_ rehearsal: Rehearsal, _ file: RehearsalFile, _ groupings: [ReportGrouping]) {
        let (plan, ledger, end) = (rehearsal.plan, rehearsal.ledger, rehearsal.desk)
        (desk, firstDay, days, seed) = (file.desk, "\(plan.firstDay)", plan.days, plan.seed)
        (requests, events) = (end.census.submitted, end.position.rawValue)
        open = end.census.open
        (letters, notes, expired) = (ledger.letters, ledger.notes, ledger.expired)
        let account = ledger.promises
        promises = Promises(
            kept: account.kept, warned: account.warned, broken: account.broken, open: account.open)
        waits = ledger.waits.compactMap { waits in
            guard let p50 = waits.milliseconds(at: 0.5), let p90 = waits.milliseconds(at: 0.9),
                let longest = waits.spans.last
            else { return nil }
            return Wait(
                line: waits.line.text, priority: waits.priority.word, taken: waits.spans.count, p50Ms: p50,
                p90Ms: p90, longestMs: longest)
        }
        refused = ledger.refusals.map { Count(word: $0.word, count: $0.count) }
        figures = Report(
            ledger.figures,
            Report.Question(
                by: groupings, accepted: Moment(milliseconds: .min)..<Moment.distantFuture,
                policy: plan.settings.promises, zone: plan.settings.hours.zone, shifts: plan.shifts))
        rows = figures.rows.map { ReportOutput.Row($0) }
        findingCount = ledger.findingCount
        findings = ledger.findings.map {
            Finding(atMs: $0.at.milliseconds, ticket: $0.ticket?.rawValue, what: $0.what)
        }
    }

    /// For people.
    var text: String {
        let span = { (milliseconds: Int64) in spanText(milliseconds: UInt64(max(0, milliseconds))) }
        let waits = Terminal.table(
            ["LINE", "PRIORITY", "TAKEN", "p50", "p90", "LONGEST"],
            waits.map {
                [$0.line, $0.priority, "\($0.taken)", span($0.p50Ms), span($0.p90Ms), span($0.longestMs)]
            })
        let refusals = refused.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
        let summary = """
            \(desk) from \(firstDay), \(days) days, seed \(seed): \(requests) requests, \(open) open in the end, \
            \(events) events
            \(letters) letters to customers, \(notes) notes, \(expired) claims expired; refused: \
            \(refusals.isEmpty ? "nothing" : refusals)
            promises: \(promises.kept) kept, \(promises.warned) after a warning, \(promises.broken) broken, \
            \(promises.open) still open
            """
        let findings = findings.map { finding in
            let ticket = finding.ticket.map { "ticket \($0): " } ?? ""
            return "\(Moment(milliseconds: finding.atMs).iso8601)  \(ticket)\(finding.what)"
        }
        let verdict =
            findings.isEmpty
            ? "nothing happened that must not: no note reached a customer, nobody was overtaken, and of every broken "
                + "promise the desk said so"
            : findings.joined(separator: "\n")
        return [summary, waits, figures.text, verdict].joined(separator: "\n\n")
    }
}

extension RehearsalPlan {
    /// The crews' hours of all days, in order of name, for figures by shift.
    var shifts: [Shift] {
        crews.map { crew in
            var intervals: [BusinessHours.Interval] = []
            for interval in crew.week.joined() where !intervals.contains(interval) {
                intervals.append(interval)
            }
            return Shift(name: crew.name.text, intervals: intervals)
        }
        .sorted { $0.name < $1.name }
    }
}
