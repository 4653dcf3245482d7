import Tickets

/// A service desk's incidents, a row each: when each was opened and solved, how often it went to another group and
/// how often it was opened again.
///
/// The file counts what happened between, and has no times of it. So:
///
/// - an incident is accepted when it was opened and solved when it was resolved, or else closed;
/// - reassignments and reopenings are spread evenly between the two, the reassignments first;
/// - a reassignment is a change of line: an escalation from line one, a hand-back from line two, in turn. Their sum
///   is the count of reassignments;
/// - a reopening follows a solution of the same moment, so that no time is taken from the clock of the solution;
/// - `awaiting` has no times either: no clock stands.
package enum IncidentHistory {
    /// - Throws: ``ImportFlaw`` for the first row that cannot be read.
    package static func plan(_ rows: [FileRow]) throws(ImportFlaw) -> ImportPlan {
        var steps: [Step] = []
        var mapped: [String: Int] = [:]
        for (subject, row) in rows.enumerated() {
            steps += try self.steps(of: row, subject, &mapped)
        }
        return ImportPlan(steps, mapped: mapped)
    }

    private static func steps(
        of row: FileRow, _ subject: Int, _ mapped: inout [String: Int]
    ) throws(ImportFlaw) -> [Step] {
        guard let opened = try row.moment("opened_at") else { throw row.flaw("`opened_at` is empty") }
        var steps = [Step(subject, at: opened, .submit(try submission(of: row, &mapped)))]
        guard let solved = try solution(of: row, &mapped) else { return steps }
        guard solved >= opened else { throw row.flaw("it was resolved before it was opened") }
        let (moves, reopenings) = (try row.count("reassignments"), try row.count("reopens"))
        let first = Name(near: try row.text("group_first") ?? "unknown group")
        let last = Name(near: try row.text("group_last") ?? "unknown group")
        let length = solved.milliseconds(since: opened)
        func moment(_ index: Int) -> Moment {
            opened.advanced(byMilliseconds: length / Int64(moves + reopenings + 1) * Int64(index + 1))
        }
        for index in 0..<moves {
            steps.append(
                Step(
                    subject, at: moment(index),
                    .move(by: index == 0 ? first : last, note: "Reassigned, \(index + 1) of \(moves)")))
        }
        for index in 0..<reopenings {
            let at = moment(moves + index)
            steps.append(Step(subject, at: at, .solve(by: last, "Resolved.")))
            steps.append(Step(subject, at: at, .followUp("It is not solved.")))
        }
        let code = try row.text("closed_code") ?? "?"
        steps.append(Step(subject, at: solved, .solve(by: last, "Resolved: \(code).")))
        return steps
    }

    /// When it was solved; nil when nobody did.
    private static func solution(of row: FileRow, _ mapped: inout [String: Int]) throws(ImportFlaw) -> Moment?
    {
        if let resolved = try row.moment("resolved_at") { return resolved }
        guard let closed = try row.moment("closed_at") else {
            mapped["without a solution and without an end: left open", default: 0] += 1
            return nil
        }
        mapped["without a time of solution: solved when it was closed", default: 0] += 1
        return closed
    }

    private static func submission(
        of row: FileRow, _ mapped: inout [String: Int]
    ) throws(ImportFlaw) -> Submission {
        let caller = try row.text("caller")
        if caller == nil { mapped["without a caller: of `unknown`", default: 0] += 1 }
        var fields: [Field] = []
        for column in ["incident", "subcategory", "impact", "urgency"] {
            if let value = try row.text(column) { fields.append(Field(name: column, value: value)) }
        }
        let category = try row.text("category") ?? "?"
        return Submission(
            channel: Name(near: try row.required("contact_type")), customer: caller ?? "unknown",
            subject: try row.required("incident"), body: category, kind: category,
            priority: try priority(of: row),
            tags: [try row.required("made_sla") == "true" ? "made-sla" : "missed-sla"], fields: fields)
    }

    private static func priority(of row: FileRow) throws(ImportFlaw) -> Priority {
        let text = try row.required("priority_last")
        switch text.first {
        case "1": return .urgent
        case "2": return .high
        case "3": return .normal
        case "4": return .low
        default: throw row.flaw("`priority_last` is `\(text)`; write it as `1 - Critical` to `4 - Low`")
        }
    }
}
