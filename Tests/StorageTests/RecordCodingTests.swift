import Desk
import Storage
import SwiftProtobuf
import Testing
import Tickets

/// The coding that is written by hand, against the code that protoc makes of log.proto.
@Suite struct RecordCodingTests {
    /// Each kind of event with little in it and with much.
    static let events: [Event] = [
        .submitted(TicketNumber(1), line: "l", Submission(channel: "c", customer: "", subject: "", body: "")),
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
        .replied(TicketNumber(2), Token(1), Reply(entry: 5, outbox: 1 << 40, text: long)),
        .escalated(TicketNumber(2), Token(1), to: "line-two", entry: 0, note: ""),
        .escalated(TicketNumber(2), Token(1), to: "line-two", entry: 2, note: long),
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
        .released(TicketNumber(2), Token(1), .released, reason: "", failures: 0, parks: false),
        .released(TicketNumber(2), Token(1), .expired, reason: long, failures: .max, parks: true),
        .closed([]),
        .closed([TicketNumber(0), TicketNumber(127), TicketNumber(128), TicketNumber(.max)]),
    ]
    private static let long = String(repeating: "ü", count: 10_000)

    private static let authors = [
        Author.desk, Author(role: .node, key: "nodes", node: "n1", agent: "ann"),
        Author(role: .client, key: "a-key-with-a-name-longer-than-fifteen-bytes"),
    ]
    private static let stamps = [
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
