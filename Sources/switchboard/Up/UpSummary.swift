import Wire

/// How an `up` ended; what `up --json` prints.
struct UpSummary: Encodable, Sendable {
    struct Sample: Encodable {
        var accepted: Int
        var refused: Int
    }

    struct Verification: Encodable {
        var ok: Bool
        var tickets: Int
        var events: Int
        var violations: Int
    }

    var ok = true
    /// Why not, if not.
    var problems: [String] = []
    var data: String
    var durationMs: Int64 = 0
    var submitted: UInt64 = 0
    var waiting: UInt64 = 0
    var claimed: UInt64 = 0
    var parked: UInt64 = 0
    var pending: UInt64 = 0
    var onHold: UInt64 = 0
    var solved: UInt64 = 0
    var closed: UInt64 = 0
    var spam: UInt64 = 0
    var claims: UInt64 = 0
    var replies: UInt64 = 0
    var resolutions: UInt64 = 0
    var escalated: UInt64 = 0
    var handedBack: UInt64 = 0
    var expired: UInt64 = 0
    var parkings: UInt64 = 0
    /// Processes that died and were started again.
    var restarts = 0
    /// nil when nothing was fed.
    var sample: Sample?
    /// nil without `--until-drained`.
    var verify: Verification?

    init(data: String) {
        self.data = data
    }

    mutating func take(_ totals: ProtoTotals) {
        (submitted, waiting, claimed, parked) = (
            totals.submitted, totals.waiting, totals.claimed, totals.parked
        )
        (pending, onHold, solved, closed) = (totals.pending, totals.onHold, totals.solved, totals.closed)
        spam = totals.spam
        (claims, replies, resolutions) = (totals.claims, totals.replies, totals.resolutions)
        (escalated, handedBack) = (totals.escalated, totals.handedBack)
        (expired, parkings) = (totals.expired, totals.parkings)
        let states = waiting + claimed + parked + pending + onHold + solved + closed + spam
        if states != submitted {
            fail("\(submitted) tickets were submitted, but the states add up to \(states)")
        }
    }

    mutating func take(_ report: VerifyReport) {
        verify = Verification(
            ok: report.ok, tickets: report.tickets, events: report.events,
            violations: report.invariants.reduce(0) { $0 + $1.violations })
        if !report.ok { fail("verify found violations: run `switchboard verify --data \(data)`") }
        if UInt64(report.tickets) != submitted {
            fail("the log has \(report.tickets) tickets, the broker counted \(submitted)")
        }
    }

    mutating func fail(_ problem: String) {
        ok = false
        problems.append(problem)
    }

    var text: String {
        var lines = [
            "\(submitted) submitted = \(solved) solved + \(closed) closed + \(pending) pending + \(onHold) on hold + "
                + "\(parked) parked + \(waiting) waiting + \(claimed) claimed"
                + (spam == 0 ? "" : " + \(spam) spam"),
            "\(claims) claims, \(replies) replies, \(escalated) escalated, \(handedBack) handed back, \(expired) expired, "
                + "\(restarts) restarts, \(spanText(milliseconds: UInt64(max(0, durationMs))))",
        ]
        if let sample { lines.append("sample: \(sample.accepted) accepted, \(sample.refused) refused") }
        return lines.joined(separator: "\n")
    }
}
