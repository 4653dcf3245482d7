import Desk
import Imports
import Testing
import Tickets

struct ImportTests {
    private let settings = DeskSettings(lines: [
        LineSettings(name: "line-one", next: "line-two"),
        LineSettings(name: "line-two", answersEscalated: true),
    ])

    @Test func `an incident is moved and opened again as often as its row says, and solved at its time`()
        throws
    {
        let plan = try IncidentHistory.plan([incident(reassignments: "3", reopens: "2")])
        let records = try play(plan)
        let words = records.map(\.event.word)
        #expect(words.count { $0 == "escalated" } == 2 && words.count { $0 == "handed-back" } == 1)
        #expect(words.count { $0 == "resolved" } == 3 && words.count { $0 == "followed-up" } == 2)
        #expect(records.first?.at == FileRow.moment("2016-02-29T04:40"))
        #expect(records.last?.at == FileRow.moment("2016-03-01T09:52"))
        #expect(zip(records, records.dropFirst()).allSatisfy { $0.at <= $1.at })
        #expect(records.filter { $0.author.role == .desk }.isEmpty, "people did it, in time")
    }

    @Test func `incidents that overlap are done in order of time`() throws {
        let plan = try IncidentHistory.plan([
            incident(2), incident(3, opened: "2016-02-29T05:00", resolved: "2016-02-29T06:00"),
        ])
        let numbers = try play(plan).compactMap(\.event.ticket?.rawValue)
        #expect(numbers == [1, 2, 2, 2, 1, 1])
    }

    @Test func `without a time of solution the end counts, and without both it stays open`() throws {
        let plan = try IncidentHistory.plan([
            incident(resolved: "", closed: "2016-03-06T10:00"), incident(3, resolved: "", closed: ""),
        ])
        let records = try play(plan)
        #expect(records.count { $0.event.word == "resolved" } == 1)
        #expect(records.last?.at == FileRow.moment("2016-03-06T10:00"))
        #expect(plan.mapped.map(\.count) == [1, 1])
    }

    @Test(arguments: [
        ("opened_at", "yesterday"), ("opened_at", ""), ("resolved_at", "2016-02-29T04:39"),
        ("reassignments", "-1"), ("reopens", "x"), ("priority_last", "huge"), ("contact_type", ""),
    ])
    func `a row that makes no sense is named`(_ column: String, _ value: String) {
        var values = Self.row
        values[column] = value
        #expect(throws: ImportFlaw.self) { try IncidentHistory.plan([FileRow(line: 7, values: values)]) }
        values[column] = nil
        #expect(throws: ImportFlaw.self) { try IncidentHistory.plan([FileRow(line: 7, values: values)]) }
    }

    @Test func `a thread is a ticket: its first author asks, everybody else answers`() throws {
        let plan = try ThreadHistory.plan([
            message(2, "10:00:00", "mia", "How do I refund?", thread: "t1"),
            message(3, "10:00:05", "ben", "good morning", thread: ""),
            message(4, "10:01:00", "kim", "Which account?", thread: "t1"),
            message(5, "10:01:30", "lee", "another question", thread: "t2"),
            message(6, "10:02:00", "mia", "the test one", thread: "t1"),
            message(7, "10:03:00", "kim", "Like this.", thread: "t1"),
        ])
        let records = try play(plan)
        let first = records.filter { $0.event.ticket == TicketNumber(1) }
        #expect(
            first.map(\.event.word) == [
                "submitted", "claimed", "replied", "released", "followed-up", "claimed", "replied",
                "released",
                "claimed", "resolved",
            ])
        #expect(first[2].at.milliseconds(since: first[0].at) == 60_000)
        #expect(first[2].author.agent == "kim")
        #expect(records.filter { $0.event.ticket == TicketNumber(2) }.map(\.event.word) == ["submitted"])
        #expect(plan.mapped.map(\.count) == [1])
    }

    @Test(
        arguments: [
            ("2016-02-29", 1_456_704_000_000), ("2016-02-29T01:16", 1_456_708_560_000),
            ("2016-02-29T01:16:05Z", 1_456_708_565_000), ("2016-02-30T01:16", nil), ("2016-02-29T24:00", nil),
            ("2016-02-29 01:16", nil), ("2016-02-29T1:16", nil), ("", nil), ("T", nil),
        ] as [(String, Int64?)])
    func `a moment is read, or nothing is`(_ text: String, _ milliseconds: Int64?) {
        #expect(FileRow.moment(text)?.milliseconds == milliseconds)
    }

    // MARK: - Kit

    private func play(_ plan: ImportPlan) throws -> [Record] {
        var replayer = Replayer(Desk(settings: settings))
        return try plan.steps.flatMap { try replayer.take($0) }
    }

    private static let row = [
        "incident": "INC0000047", "opened_at": "2016-02-29T04:40", "resolved_at": "2016-03-01T09:52",
        "closed_at": "2016-03-06T10:00", "contact_type": "Phone", "caller": "Caller 2403",
        "category": "Category 40", "subcategory": "Subcategory 215", "impact": "2 - Medium",
        "urgency": "2 - Medium", "priority_last": "3 - Moderate", "group_first": "Group 70",
        "group_last": "Group 24", "reassignments": "0", "reopens": "0", "made_sla": "true",
        "closed_code": "code 5",
    ]

    private func incident(
        _ number: Int = 2, opened: String = "2016-02-29T04:40", resolved: String = "2016-03-01T09:52",
        closed: String = "2016-03-06T10:00", reassignments: String = "0", reopens: String = "0"
    ) -> FileRow {
        var values = Self.row
        (values["opened_at"], values["resolved_at"], values["closed_at"]) = (opened, resolved, closed)
        (values["reassignments"], values["reopens"]) = (reassignments, reopens)
        return FileRow(line: number, values: values)
    }

    private func message(
        _ number: Int, _ time: String, _ user: String, _ text: String, thread: String
    ) -> FileRow {
        FileRow(
            line: number,
            values: [
                "channel": "stripe", "timestamp": "2019-09-04T\(time)", "user": user, "text": text,
                "thread": thread,
            ])
    }
}
