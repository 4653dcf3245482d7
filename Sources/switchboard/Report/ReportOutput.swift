import Figures
import Tickets

/// What `report --json` prints; spans are milliseconds of business.
struct ReportOutput: Encodable {
    struct Row: Encodable {
        var by: String
        var key: String
        var requests: Int
        var answered: Int
        var solved: Int
        var firstContact: Int
        var escalated: Int
        var escalations: Int
        var handedBack: Int
        var handBacks: Int
        var reopened: Int
        var reopenings: Int
        var repeats: Int
        var overdue: Int
        var breached: Int
        var heldMs: Int64
        var estimates: Estimates
        var firstResponse: Promise
        var nextResponse: Promise
        var resolution: Promise
        var lines: [LinePromise]

        init(_ row: ReportRow) {
            (by, key) = (row.grouping.rawValue, row.key)
            (requests, answered, solved) = (row.requests, row.answered, row.solved)
            (firstContact, repeats, heldMs) = (row.firstContact, row.repeats, row.heldMilliseconds)
            (overdue, breached) = (row.overdue, row.breached)
            (escalated, escalations, handedBack) = (row.escalated, row.escalations, row.handedBack)
            (handBacks, reopened, reopenings) = (row.handBacks, row.reopened, row.reopenings)
            estimates = Estimates(row.estimates)
            firstResponse = Promise(row.firstResponse)
            nextResponse = Promise(row.nextResponse)
            resolution = Promise(row.resolution)
            lines = row.lines.map { LinePromise(line: $0.line.text, promise: Promise($0.promise)) }
        }
    }

    struct Estimates: Encodable {
        var taken: Int
        var inTime: Int
        var p50Ms: Int64?
        var p90Ms: Int64?

        init(_ figures: EstimateFigures) {
            (taken, inTime) = (figures.taken, figures.inTime)
            (p50Ms, p90Ms) = (figures.milliseconds(at: 0.5), figures.milliseconds(at: 0.9))
        }
    }

    struct Promise: Encodable {
        var p50Ms: Int64?
        var p90Ms: Int64?
        var kept: Int
        var warned: Int
        var broken: Int
        var open: Int

        init(_ figures: PromiseFigures) {
            p50Ms = figures.milliseconds(at: 0.5)
            p90Ms = figures.milliseconds(at: 0.9)
            (kept, warned, broken, open) = (figures.kept, figures.warned, figures.broken, figures.open)
        }
    }

    /// What was promised of the time on one line.
    struct LinePromise: Encodable {
        var line: String
        var promise: Promise
    }

    /// The last event that is in the figures.
    var position: UInt64
    /// Its moment, in milliseconds since 1970; promises are judged as of then.
    var endMs: Int64
    var rows: [Row]

    init(_ report: Report, _ fold: KeptFold) {
        (position, endMs) = (fold.position.rawValue, fold.end.milliseconds)
        rows = report.rows.map { Row($0) }
    }
}

extension Report {
    private static let clockNames = ["first_response", "next_response", "resolution"]

    /// Two tables a grouping, for people: what happened, and how the promises went; a third where waits were estimated.
    var text: String {
        var tables: [String] = []
        for grouping in ReportGrouping.allCases {
            let rows = rows.filter { $0.grouping == grouping }
            guard !rows.isEmpty else { continue }
            let heading = grouping.rawValue.uppercased()
            tables.append(
                Terminal.table(
                    [
                        heading, "REQUESTS", "ANSWERED", "SOLVED", "AT ONCE", "ESCALATED", "BACK", "REOPENED",
                        "REPEATS", "OVERDUE", "BREACHED", "HELD EACH",
                    ], rows.map { Self.counts(of: $0) }))
            tables.append(
                Terminal.table(
                    [heading, "CLOCK", "p50", "p90", "KEPT", "WARNED", "BROKEN", "OPEN"],
                    rows.flatMap { Self.clocks(of: $0) }))
            let estimated = rows.filter { $0.estimates.taken > 0 }
            guard !estimated.isEmpty else { continue }
            tables.append(
                Terminal.table(
                    [heading, "ESTIMATED", "IN TIME", "OFF p50", "OFF p90"],
                    estimated.map { Self.estimates(of: $0) }))
        }
        guard !tables.isEmpty else { return "no ticket was accepted in that time" }
        tables.append(
            "Times at a CLOCK are of business: they stand still while the desk is closed, and while it waits for a customer. "
                + "HELD EACH is by the wall clock.")
        return tables.joined(separator: "\n\n")
    }

    private static func counts(of row: ReportRow) -> [String] {
        let held = row.heldMilliseconds / Int64(max(1, row.requests))
        return [
            Terminal.harmless(row.key), "\(row.requests)", "\(row.answered)", "\(row.solved)",
            "\(row.firstContact)",
            "\(row.escalated)", "\(row.handedBack)", "\(row.reopened)", "\(row.repeats)",
            "\(row.overdue)", "\(row.breached)",
            spanText(milliseconds: UInt64(max(0, held))),
        ]
    }

    private static func estimates(of row: ReportRow) -> [String] {
        let figures = row.estimates
        let spans = [0.5, 0.9].map { share in
            figures.milliseconds(at: share).map { spanText(milliseconds: UInt64(max(0, $0))) } ?? "-"
        }
        return [Terminal.harmless(row.key), "\(figures.taken)", "\(figures.inTime)"] + spans
    }

    private static func clocks(of row: ReportRow) -> [[String]] {
        let clocks =
            [
                ("first answer", row.firstResponse), ("next answer", row.nextResponse),
                ("solution", row.resolution),
            ] + row.lines.map { ("on \($0.line)", $0.promise) }
        return clocks.map { name, figures in
            func span(_ share: Double) -> String {
                figures.milliseconds(at: share).map { spanText(milliseconds: UInt64(max(0, $0))) } ?? "-"
            }
            return [
                Terminal.harmless(row.key), name, span(0.5), span(0.9), "\(figures.kept)",
                "\(figures.warned)",
                "\(figures.broken)", "\(figures.open)",
            ]
        }
    }

    /// For spreadsheets. Of each line that something was promised of there are columns, in order of name.
    var csv: String {
        let lines = Set(rows.flatMap { $0.lines.map(\.line) }).sorted()
        let clockNames = Self.clockNames + lines.map { "line_\($0)" }
        let headings =
            [
                "by", "key", "requests", "answered", "solved", "first_contact", "escalated", "escalations",
                "handed_back", "hand_backs", "reopened", "reopenings", "repeats", "overdue", "breached",
                "held_ms",
            ]
            + clockNames.flatMap { name in
                ["p50_ms", "p90_ms", "kept", "warned", "broken", "open"].map { "\(name)_\($0)" }
            } + ["estimates_taken", "estimates_in_time", "estimates_p50_ms", "estimates_p90_ms"]
        let records = rows.map { row -> String in
            let counts = [
                row.requests, row.answered, row.solved, row.firstContact, row.escalated, row.escalations,
                row.handedBack, row.handBacks, row.reopened, row.reopenings, row.repeats,
                row.overdue, row.breached, Int(row.heldMilliseconds),
            ]
            let clocks = [row.firstResponse, row.nextResponse, row.resolution].flatMap { Self.values($0) }
            let times = lines.flatMap { line in
                Self.values(row.lines.first { $0.line == line }?.promise ?? PromiseFigures())
            }
            let estimates = [row.estimates.taken, row.estimates.inTime].map(String.init)
            let spans = [0.5, 0.9].map { row.estimates.milliseconds(at: $0).map(String.init) ?? "" }
            let key = [row.grouping.rawValue, Self.field(row.key)]
            return (key + counts.map(String.init) + clocks + times + estimates + spans)
                .joined(separator: ",")
        }
        return ([headings.joined(separator: ",")] + records).joined(separator: "\n")
    }

    private static func values(_ figures: PromiseFigures) -> [String] {
        [figures.milliseconds(at: 0.5), figures.milliseconds(at: 0.9)].map { $0.map(String.init) ?? "" }
            + [figures.kept, figures.warned, figures.broken, figures.open].map(String.init)
    }

    /// A key as a field: kinds and tags are whatever a customer's form sent. A spreadsheet takes what begins with
    /// one of these signs for a formula.
    static func field(_ key: String) -> String {
        let isFormula = key.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } == true
        let text = isFormula ? "'\(key)" : key
        guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else {
            return text
        }
        var quoted = ""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
            quoted.unicodeScalars.append(scalar)
        }
        return "\"\(quoted)\""
    }
}
