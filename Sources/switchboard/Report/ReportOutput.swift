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
        var handedBack: Int
        var reopened: Int
        var firstResponse: Promise
        var resolution: Promise
    }

    struct Promise: Encodable {
        var p50Ms: Int64?
        var p90Ms: Int64?
        var kept: Int
        var broken: Int
        var open: Int

        init(_ figures: PromiseFigures) {
            p50Ms = figures.milliseconds(at: 0.5)
            p90Ms = figures.milliseconds(at: 0.9)
            (kept, broken, open) = (figures.kept, figures.broken, figures.open)
        }
    }

    /// The moment of the log's last event, in milliseconds since 1970; promises are judged as of then.
    var endMs: Int64
    var rows: [Row]

    init(_ report: Report, _ fold: FiguresFold) {
        endMs = fold.end.milliseconds
        rows = report.rows.map { row in
            Row(
                by: row.grouping.rawValue, key: row.key, requests: row.requests, answered: row.answered,
                solved: row.solved, firstContact: row.firstContact, escalated: row.escalated,
                handedBack: row.handedBack, reopened: row.reopened, firstResponse: Promise(row.firstResponse),
                resolution: Promise(row.resolution))
        }
    }
}

extension Report {
    /// A table a grouping, for people.
    var text: String {
        let headings = [
            "REQUESTS", "ANSWERED", "SOLVED", "AT ONCE", "ESCALATED", "BACK", "REOPENED", "ANSWER p50", "p90",
            "KEPT",
            "BROKEN", "SOLUTION p50", "p90", "KEPT", "BROKEN",
        ]
        var tables: [String] = []
        for grouping in ReportGrouping.allCases {
            let rows = rows.filter { $0.grouping == grouping }
            guard !rows.isEmpty else { continue }
            let cells = rows.map { row in
                [
                    row.key, "\(row.requests)", "\(row.answered)", "\(row.solved)", "\(row.firstContact)",
                    "\(row.escalated)", "\(row.handedBack)", "\(row.reopened)",
                ] + Self.cells(row.firstResponse) + Self.cells(row.resolution)
            }
            tables.append(Terminal.table([grouping.rawValue.uppercased()] + headings, cells))
        }
        return tables.isEmpty ? "no ticket was accepted in that time" : tables.joined(separator: "\n\n")
    }

    private static func cells(_ figures: PromiseFigures) -> [String] {
        func span(_ share: Double) -> String {
            figures.milliseconds(at: share).map { spanText(milliseconds: UInt64(max(0, $0))) } ?? "-"
        }
        return [span(0.5), span(0.9), "\(figures.kept)", "\(figures.broken)"]
    }

    /// For spreadsheets. Names are the desk's own, of letters, digits and `._@-`, and so nothing has to be quoted.
    var csv: String {
        let headings = """
            by,key,requests,answered,solved,first_contact,escalated,handed_back,reopened,\
            first_response_p50_ms,first_response_p90_ms,first_response_kept,first_response_broken,first_response_open,\
            resolution_p50_ms,resolution_p90_ms,resolution_kept,resolution_broken,resolution_open
            """
        let lines = rows.map { row in
            ([row.grouping.rawValue, Self.harmless(row.key)]
                + [
                    row.requests, row.answered, row.solved, row.firstContact, row.escalated, row.handedBack,
                    row.reopened,
                ].map(String.init) + Self.values(row.firstResponse) + Self.values(row.resolution))
                .joined(separator: ",")
        }
        return ([headings] + lines).joined(separator: "\n")
    }

    private static func values(_ figures: PromiseFigures) -> [String] {
        [figures.milliseconds(at: 0.5), figures.milliseconds(at: 0.9)].map { $0.map(String.init) ?? "" }
            + [figures.kept, figures.broken, figures.open].map(String.init)
    }

    /// A spreadsheet takes what begins with one of these for a formula.
    private static func harmless(_ key: String) -> String {
        key.utf8.first.map { [UInt8(ascii: "-"), UInt8(ascii: "@")].contains($0) } == true ? "'\(key)" : key
    }
}
