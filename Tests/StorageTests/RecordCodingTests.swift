import Desk
import Promises
import Storage
import SwiftProtobuf
import Testing
import Tickets

/// The coding that is written by hand, against the code that protoc makes of log.proto.
@Suite struct RecordCodingTests {
    /// Each kind of event with little in it and with much.
    static let events: [Event] =
        [
            .submitted(
                TicketNumber(1), line: "l", Submission(channel: "c", customer: "", subject: "", body: "")),
            .submitted(
                TicketNumber(.max), line: "line-one",
                Submission(
                    channel: "mail", customer: "ann@example.org", subject: "e\u{301}", body: long, kind: "",
                    priority: .urgent, tags: ["", "vip", long],
                    fields: [Field(name: "", value: ""), Field(name: "order", value: long)])),
            .followedUp(TicketNumber(0), entry: 0, body: "", wakes: false),
            .followedUp(TicketNumber(300), entry: .max, body: "\u{0}", wakes: true),
            .claimed(
                TicketNumber(2), Token(3), Holder(node: "n", incarnation: 0), leaseMilliseconds: 0),
            .claimed(
                TicketNumber(2), Token(.max), Holder(node: "node-1", incarnation: .max, agent: "ann"),
                leaseMilliseconds: -1),
            .noted(TicketNumber(2), nil, entry: 2, text: ""),
            .noted(TicketNumber(2), Token(9), entry: 2, text: "🧶"),
            .replied(TicketNumber(2), Token(1), Reply(entry: 0, outbox: 0, text: "")),
            .replied(TicketNumber(2), Token(1), Reply(entry: 5, outbox: 1 << 40, text: PublicText(long))),
            .escalated(TicketNumber(2), Token(1), to: "line-two", entry: 0, note: ""),
            .escalated(TicketNumber(2), Token(1), to: "line-two", entry: 2, note: "n", budget: 14_400_000),
            .escalated(TicketNumber(2), Token(1), to: "line-two", entry: 2, note: "n", budget: .max),
            .escalated(TicketNumber(2), Token(1), to: "line-two", entry: 2, note: NoteText(long)),
            .handedBack(TicketNumber(2), Token(1), to: "line-one", entry: 0, note: ""),
            .handedBack(TicketNumber(2), Token(1), to: "line-one", entry: 3, note: "done"),
            .resolved(TicketNumber(2), Token(1), nil),
            .resolved(TicketNumber(2), Token(1), Reply(entry: 0, outbox: 0, text: "")),
            .resolved(TicketNumber(2), Token(1), Reply(entry: 2, outbox: 7, text: "r")),
            .pended(TicketNumber(2), Token(1), onHold: false, until: nil, reason: ""),
            .pended(TicketNumber(2), Token(1), onHold: true, until: .zero, reason: "w"),
            .pended(TicketNumber(2), Token(1), onHold: true, until: .distantFuture, reason: long),
            .woke(TicketNumber(0)),
            .woke(TicketNumber(2)),
            .overflowed(TicketNumber(2), to: "line-two", reason: ""),
            .overflowed(TicketNumber(3), to: "line-two", reason: "by rule `urgent`"),
            .released(TicketNumber(2), Token(1), .released, reason: "", failures: 0, parks: false),
            .released(TicketNumber(2), Token(1), .expired, reason: long, failures: .max, parks: true),
            .closed([]),
            .closed([TicketNumber(0), TicketNumber(127), TicketNumber(128), TicketNumber(.max)]),
            .configured(Configuration(version: 1, settings: DeskSettings(), source: "", reason: "")),
            .configured(
                Configuration(version: .max, settings: rich, source: long, reason: "for the holidays")),
            .submitted(
                TicketNumber(3), line: "l",
                Submission(
                    channel: "c", customer: "a", subject: "", body: "b",
                    origin: Origin(ticket: TicketNumber(.max), cause: .child))),
            .submitted(TicketNumber(4), line: "claims", ruled(kind: nil, tagCount: 0)),
            .submitted(TicketNumber(4), line: "claims", ruled(kind: "", tagCount: 1)),
            .submitted(TicketNumber(4), line: "claims", ruled(kind: long, tagCount: 2)),
            .tookOver(
                TicketNumber(2), Token(4), Holder(node: "lead", incarnation: 0, agent: "lea"),
                leaseMilliseconds: 60_000, reason: long),
            .merged(TicketNumber(2), nil, into: TicketNumber(1)),
            .merged(TicketNumber(2), Token(4), into: TicketNumber(.max)),
            .improved(
                Improvement(
                    topic: long, text: PublicText(long), outbox: 7,
                    letters: [
                        .init(ticket: TicketNumber(2), entry: 2),
                        .init(ticket: TicketNumber(.max), entry: .max),
                    ])),
            .acknowledged(
                TicketNumber(2), Reply(entry: 2, outbox: .max, text: PublicText(long)), promised: nil),
            .acknowledged(
                TicketNumber(2), Reply(entry: 2, outbox: 1, text: PublicText("Here.")), promised: 0),
            .alerted(
                TicketNumber(2),
                PromiseAlert(ClockID(.firstResponse), rule: "", due: .zero, warning: nil), notice: nil),
            .alerted(
                TicketNumber(2),
                PromiseAlert(ClockID(.nextResponse, .max), rule: long, due: .distantFuture, warning: 1),
                notice: Reply(entry: .max, outbox: .max, text: PublicText(long))),
            .alerted(
                TicketNumber(.max),
                PromiseAlert(ClockID(.resolution, 2), rule: "all", due: .zero, warning: 900_000),
                notice: Reply(entry: 2, outbox: 1, text: "later")),
            .alerted(
                TicketNumber(2),
                PromiseAlert(ClockID(.line("line-two"), 3), rule: "all", due: .zero, warning: nil),
                notice: nil),
        ] + amendments.map { .amended(TicketNumber(2), nil, $0, lacking: []) }
        + amendments.map { .amended(TicketNumber(.max), Token(9), $0, lacking: ["", "device", long]) }

    /// Each subject, with little in it and with much.
    private static let amendments: [Amendment] = [
        .kind(nil), .kind(""), .kind(long), .priority(.low), .priority(.urgent), .tag("vip", isOn: true),
        .tag(long, isOn: false), .field(Field(name: "order", value: "")),
        .field(Field(name: "", value: long)),
        .participant("warehouse", isOn: true), .participant("warehouse", isOn: false),
        .spam(true, reason: ""), .spam(false, reason: long), .parent(nil), .parent(TicketNumber(.max)),
        .link(TicketNumber(7), isOn: true), .link(TicketNumber(.max), isOn: false),
        .owner(nil, reason: "declined"), .owner("ann", reason: long), .draft(""), .draft(long),
        .feedback(topic: ""), .feedback(topic: "checkout"), .given([]), .given(["", long]),
        .offered(milliseconds: 0), .offered(milliseconds: .max), .accepted,
        .status(.pending, reason: ""), .status(.onHold, reason: long), .status(.solved, reason: "by rule r"),
    ]

    private static let rich: DeskSettings = {
        var settings = DeskSettings(lines: [
            LineSettings(
                name: "one", next: "two", headStartMilliseconds: [0, 1, 2, 3], leaseMilliseconds: 4,
                ownerWaitMilliseconds: 5, answersEscalated: true), LineSettings(name: "two"),
        ])
        settings.personLeaseMillisecondsMax = 6
        return settings
    }()

    private static func ruled(kind: String?, tagCount: Int) -> Submission {
        var submission = Submission(
            channel: "c", customer: "a", subject: "", body: "b", kind: "refund", priority: .high,
            tags: ["ru", "refund"])
        submission.ruling = Ruling(
            rules: ["", long], priority: .low, kind: kind, tagCount: tagCount,
            demands: Demands(required: [Skill("maths", 2)], preferred: [Skill("ear", 5), Skill("music", 1)]))
        submission.others = UInt32(tagCount)
        submission.group = tagCount == 0 ? "" : "vip"
        submission.familiar = tagCount == 0 ? nil : "ann"
        submission.expectedWaitMilliseconds = tagCount == 0 ? 0 : nil
        return submission
    }

    private static let long = String(repeating: "ü", count: 10_000)

    static let authors = [
        Author.desk, Author(role: .node, key: "nodes", node: "n1", agent: "ann"),
        Author(role: .client, key: "a-key-with-a-name-longer-than-fifteen-bytes"),
    ]
    static let stamps = [
        nil, CommandStamp(id: CommandID(high: 0, low: 0), fingerprint: 0),
        CommandStamp(id: CommandID(high: 1, low: .max), fingerprint: 1 << 63),
    ]

    @Test(arguments: events)
    func `the bytes are those of the generated code, and are read back`(_ event: Event) throws {
        for author in Self.authors {
            for stamp in Self.stamps {
                for at in [Moment.zero, Moment(milliseconds: 1_790_000_000_000), Moment(milliseconds: .min)] {
                    let record = Record(
                        position: Position(7), at: at, author: author, command: stamp, event: event)
                    let bytes = RecordCoding.encode([record])
                    #expect(bytes == (try GeneratedCoding.encode([record])))
                    #expect(try RecordCoding.decode(bytes, first: Position(7)) == [record])
                }
            }
        }
    }

    @Test func `turns of a long history are the same bytes`() throws {
        for turn in History(seed: 81, steps: 300).turns {
            #expect(RecordCoding.encode(turn) == (try GeneratedCoding.encode(turn)))
        }
    }

    @Test func `fields of a later version are stepped over`() throws {
        let records = History(seed: 82, steps: 30).turns[3]
        var body = try StoredBody(serializedBytes: RecordCoding.encode(records))
        // As a version that knows more fields would write them: of every kind, in records and in the body.
        let unknown: [UInt8] = [
            0xf8, 0x07, 0x05, 0xfa, 0x07, 0x02, 0x01, 0x02, 0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8,
            0xfd, 0x07, 1, 2, 3, 4,
        ]
        for index in body.records.indices { try body.records[index].merge(serializedBytes: unknown) }
        let bytes: [UInt8] = try body.serializedBytes()
        #expect(try RecordCoding.decode(bytes + unknown, first: records[0].position) == records)
    }

    @Test func `a part that no writer wrote is named`() throws {
        let good = StoredRecord.with {
            $0.author = .with { ($0.role, $0.key) = (2, "web") }
            $0.woke = .with { $0.ticket = 1 }
        }
        let flaws: [(String, (inout StoredRecord) -> Void)] = [
            ("kind", { $0.event = nil }), ("key", { $0.author.key = "no name" }),
            ("author", { $0.clearAuthor() }), ("value", { $0.author.role = 99 }),
            ("line", { $0.escalated = .with { $0.ticket = 1 } }),
            ("cause", { $0.released = .with { $0.cause = 77 } }),
            ("subject", { $0.amended = .with { $0.ticket = 1 } }),
            ("value", { $0.amended = .with { $0.subject = 99 } }),
            ("amendment", { $0.amended = .with { $0.subject = 2 } }),
            ("holder", { $0.tookOver = .with { $0.ticket = 1 } }),
            ("letters", { $0.improved = .with { $0.topic = "t" } }),
            ("letters", { $0.improved = .with { ($0.tickets, $0.entries) = ([1, 2], [1]) } }),
            ("reply", { $0.acknowledged = .with { $0.ticket = 1 } }),
            ("alert", { $0.alerted = .with { $0.ticket = 1 } }),
            ("clock", { $0.alerted = .with { $0.alert = .with { $0.clock = 4 } } }),
            (
                "origin",
                { $0.submitted = .with { ($0.line, $0.channel, $0.priority, $0.origin) = ("l", "c", 1, 4) } }
            ),
            (
                "rules",
                {
                    $0.submitted = .with {
                        ($0.line, $0.channel, $0.priority, $0.rules) = ("l", "c", 1, ["r"])
                    }
                }
            ),
            (
                "rules",
                {
                    $0.submitted = .with {
                        ($0.line, $0.channel, $0.priority, $0.rules) = ("l", "c", 1, ["r"])
                        ($0.sentPriority, $0.sentTags) = (1, 1)
                    }
                }
            ),
        ]
        for (part, damage) in flaws {
            var record = good
            damage(&record)
            let bytes: [UInt8] = try StoredBody.with { $0.records = [good, record] }.serializedBytes()
            let error = #expect(throws: StoreError.self) {
                try RecordCoding.decode(bytes, first: Position(5))
            }
            #expect(error?.kind == .corrupt)
            #expect(error?.reason == "event 6 of the log has no valid \(part)")
        }
    }
}
