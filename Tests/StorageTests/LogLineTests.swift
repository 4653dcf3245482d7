import Desk
import Imports
import Storage
import Testing
import Tickets

/// Events as lines of an export, against the bytes that a log has of them.
@Suite struct LogLineTests {
    private let coding = LogLineCoding()

    @Test(arguments: RecordCodingTests.events)
    func `an event is the same to the byte after it was a line`(_ event: Event) throws {
        for author in RecordCodingTests.authors {
            for stamp in RecordCodingTests.stamps {
                for at in [Moment.zero, Moment(milliseconds: 1_790_000_000_000), Moment(milliseconds: .min)] {
                    let record = Record(
                        position: Position(7), at: at, author: author, command: stamp, event: event)
                    let bytes = try coding.bytes(of: LogLine(record))
                    #expect(!bytes.contains(UInt8(ascii: "\n")))
                    let read = try coding.line(bytes).record()
                    #expect(RecordCoding.encode([read]) == RecordCoding.encode([record]))
                }
            }
        }
    }

    @Test func `every key of every event is read back, or it is said that it is missing`() throws {
        for event in RecordCodingTests.events {
            let record = Record(
                position: Position(1), at: .zero, author: .desk,
                command: CommandStamp(id: CommandID(high: 1, low: 2), fingerprint: 3), event: event)
            let fields = Mirror(reflecting: LogLine(record)).children.compactMap(\.label)
            #expect(fields.count > 30)
            let whole = try coding.bytes(of: LogLine(record))
            for field in fields where field != "at" {
                let text = String(decoding: whole, as: UTF8.self).replacing("\"\(field)\":", with: "\"-\":")
                guard !text.utf8.elementsEqual(whole) else { continue }
                let read = try? coding.line(Array(text.utf8)).record()
                #expect(read != record, "\(event.word) without \(field)")
            }
        }
    }

    @Test(arguments: [
        ("", "valid JSON"), ("[]", "JSON object"), ("{}", "`"), ("{\"position\": -1}", "does not fit"),
        ("{\"position\": 99999999999999999999}", "does not fit"), ("\u{0}", "valid JSON"),
    ])
    func `what is no line says so`(_ text: String, _ word: String) {
        let flaw = #expect(throws: LogLineFlaw.self) { try coding.line(Array(text.utf8)) }
        #expect(flaw?.description.contains(word) == true, "\(flaw?.description ?? "")")
        #expect(throws: LogLineFlaw("this is not UTF-8")) { try coding.line([0x22, 0xff, 0x22]) }
    }

    @Test(arguments: [
        ("\"event\":\"woke\"", "\"event\":\"slept\"", "there is no event `slept`"),
        ("\"role\":\"desk\"", "\"role\":\"king\"", "there is no role `king`"),
        ("\"key\":\"desk\"", "\"key\":\"no name\"", "`author.key` is no name"),
        ("\"ticket\":2", "\"ticket\":\"2\"", "`ticket` has a value of the wrong type"),
        (",\"ticket\":2", "", "`ticket` is missing"),
        ("0000000000000001", "000000000000000g", "`command.id`"),
        ("\"fingerprint\":\"", "\"fingerprint\":\"0", "`command.fingerprint`"),
    ])
    func `a line that is no event says which key is wrong`(
        _ good: String, _ bad: String, _ word: String
    ) throws {
        let record = Record(
            position: Position(1), at: .zero, author: .desk,
            command: CommandStamp(id: CommandID(high: 1, low: 1), fingerprint: 3),
            event: .woke(TicketNumber(2)))
        let text = String(decoding: try coding.bytes(of: LogLine(record)), as: UTF8.self)
        let wrong = text.replacing(good, with: bad)
        #expect(wrong != text)
        let flaw = #expect(throws: LogLineFlaw.self) { try coding.line(Array(wrong.utf8)).record() }
        #expect(flaw?.description.contains(word) == true, "\(flaw?.description ?? "")")
    }

    @Test(arguments: StoreKind.allCases)
    func `a log copied line by line has the digests of the one it was`(_ kind: StoreKind) throws {
        let turns = History(seed: 91, steps: 400).turns
        try kind.withStore { store in
            // Three brokers wrote it.
            for part in 0..<3 {
                try store.openLog().append(
                    Array(turns[(part * turns.count / 3)..<((part + 1) * turns.count / 3)]))
            }
            let original = try store.readAll()
            #expect(Set(original.map(\.epoch)) == [1, 2, 3])
            let copies = try original.map { turn in
                let records = try turn.records.map {
                    try coding.line(coding.bytes(of: LogLine($0))).record()
                }
                return StoredTurn(epoch: turn.epoch, records: records)
            }
            try kind.withStore { other in
                try other.openLog().append(copies: copies)
                #expect(try other.readAll() == original)
                #expect(Self.digest(try other.readAll()) == Self.digest(original))
                // Whoever writes next is of an epoch of their own.
                #expect(try other.openLog().epoch == 4)
            }
        }
    }

    private static func digest(_ turns: [StoredTurn]) -> [UInt8] {
        var chain = Chain.start
        for turn in turns { _ = LogRow(sealing: turn.records, epoch: turn.epoch, onto: &chain) }
        return chain.digest
    }
}
