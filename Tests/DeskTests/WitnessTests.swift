import Desk
import Testing
import Tickets

/// The witness must be able to fail: doctored logs, each with one planted mistake, and the invariant it breaks.
@Suite struct WitnessTests {
    struct Planted: CustomTestStringConvertible, Sendable {
        var mistake: String
        var invariant: String
        var events: [Event]
        var authors: [Int: Author] = [:]
        var testDescription: String { "\(mistake): \(invariant)" }
    }

    private static let ann = Holder(node: "ann", incarnation: 0, agent: "ann")
    private static let ben = Holder(node: "ben", incarnation: 0, agent: "ben")
    private static let submitted = Event.submitted(1, line: "line-one", .sample())
    private static func claimed(_ token: Token, _ holder: Holder = ann) -> Event {
        .claimed(1, token, holder, leaseMilliseconds: 60_000)
    }
    private static func released(_ token: Token, failures: UInt32 = 0, parks: Bool = false) -> Event {
        .released(1, token, failures > 0 ? .failed : .released, reason: "", failures: failures, parks: parks)
    }
    private static func reply(_ entry: UInt32, _ outbox: UInt64) -> Reply {
        Reply(entry: entry, outbox: outbox, text: "hi")
    }

    @Test func `a log without a mistake is accepted`() {
        let events = [
            Self.submitted, Self.claimed(1), Self.released(1), Self.claimed(2, Self.ben),
            .noted(1, 2, entry: 2, text: "n"), .replied(1, 2, Self.reply(3, 1)),
            .escalated(1, 2, to: "line-two", entry: 4, note: "n"), Self.claimed(3),
            .handedBack(1, 3, to: "line-one", entry: 5, note: "n"), Self.claimed(4, Self.ben),
            .resolved(1, 4, Self.reply(6, 2)), .followedUp(1, entry: 7, body: "b", wakes: true),
            Self.claimed(5), .pended(1, 5, onHold: false, until: Moment(milliseconds: 0), reason: ""),
            .woke(1),
            Self.claimed(6), Self.released(6, failures: 1), Self.claimed(7), Self.released(7, failures: 2),
            Self.claimed(8), Self.released(8, failures: 3, parks: true), Self.claimed(9),
            .resolved(1, 9, nil), .closed([1]),
        ]
        #expect(violations(events) == [])
    }

    private static let planted: [Planted] = [
        Planted(
            mistake: "a second claim without a release", invariant: "C1 one live claim",
            events: [submitted, claimed(1), claimed(2, ben)]),
        Planted(
            mistake: "a token used twice", invariant: "C2 tokens grow",
            events: [submitted, claimed(1), released(1), claimed(1, ben)]),
        Planted(
            mistake: "a change under an old token", invariant: "C3 fenced",
            events: [submitted, claimed(1), released(1), claimed(2, ben), .replied(1, 1, reply(2, 1))]),
        Planted(
            mistake: "an answer after the claim ended", invariant: "C3 fenced",
            events: [submitted, claimed(1), released(1), .resolved(1, 1, reply(2, 1))]),
        Planted(
            mistake: "a change by somebody else under the right token", invariant: "C10 the holder's",
            events: [submitted, claimed(1), .noted(1, 1, entry: 2, text: "n")], authors: [2: .person("eve")]),
        Planted(
            mistake: "one answer sent twice", invariant: "R1 outbox",
            events: [submitted, claimed(1), .replied(1, 1, reply(2, 1)), .replied(1, 1, reply(3, 1))]),
        Planted(
            mistake: "an outbox number left out", invariant: "R1 outbox",
            events: [submitted, claimed(1), .replied(1, 1, reply(2, 2))]),
        Planted(
            mistake: "an answer by a line that must hand back", invariant: "R3 the owner answers",
            events: [
                submitted, claimed(1), .escalated(1, 1, to: "line-two", entry: 2, note: "n"), claimed(2),
                .resolved(1, 2, reply(3, 1)),
            ]),
        Planted(
            mistake: "a solved ticket claimed", invariant: "D8 solved is solved",
            events: [submitted, claimed(1), .resolved(1, 1, nil), claimed(2)]),
        Planted(
            mistake: "a ticket number left out", invariant: "N2 numbers",
            events: [submitted, .submitted(3, line: "line-one", .sample())]),
        Planted(
            mistake: "a ticket number given twice", invariant: "N2 numbers", events: [submitted, submitted]),
        Planted(
            mistake: "a ticket nobody submitted", invariant: "D2 known ticket", events: [claimed(1)]),
        Planted(
            mistake: "a ticket lost when it was closed open", invariant: "D5 only the solved close",
            events: [submitted, .closed([1])]),
        Planted(
            mistake: "a change after closing", invariant: "D2 known ticket",
            events: [
                submitted, claimed(1), .resolved(1, 1, nil), .closed([1]),
                .followedUp(1, entry: 2, body: "b", wakes: true),
            ]),
        Planted(
            mistake: "an entry overwritten", invariant: "E1 entries",
            events: [submitted, .noted(1, nil, entry: 2, text: "n"), .noted(1, nil, entry: 2, text: "m")]),
        Planted(
            mistake: "an escalation without a note", invariant: "E1 note with the change",
            events: [submitted, claimed(1), .escalated(1, 1, to: "line-two", entry: 2, note: "")]),
        Planted(
            mistake: "a hand-back past the line it came from", invariant: "E2 hand back",
            events: [
                submitted, claimed(1), .escalated(1, 1, to: "line-two", entry: 2, note: "n"), claimed(2),
                .handedBack(1, 2, to: "line-three", entry: 3, note: "n"),
            ]),
        Planted(
            mistake: "a failure not counted", invariant: "C12 failures",
            events: [
                submitted, claimed(1), .released(1, 1, .expired, reason: "", failures: 0, parks: false),
            ]),
        Planted(
            mistake: "the fourth claim of a ticket that fails", invariant: "C12 parks at the limit",
            events: [
                submitted, claimed(1), released(1, failures: 1), claimed(2), released(2, failures: 2),
                claimed(3), released(3, failures: 3),
            ]),
        Planted(
            mistake: "a ticket woken before its time", invariant: "T2 wakes in time",
            events: [
                submitted, claimed(1),
                .pended(1, 1, onHold: false, until: Moment(milliseconds: 900_000), reason: ""), .woke(1),
            ]),
        Planted(
            mistake: "a message that does not wake its ticket", invariant: "B1 a message wakes",
            events: [
                submitted, claimed(1), .resolved(1, 1, nil),
                .followedUp(1, entry: 2, body: "b", wakes: false),
            ]),
    ]

    @Test(arguments: planted)
    func `each planted mistake is found and named`(_ planted: Planted) {
        let found = violations(planted.events, planted.authors)
        #expect(found.contains { $0.invariant == planted.invariant }, "found only \(found)")
    }

    @Test func `a command with two effects, a gap in the log and time that goes back are found`() {
        var witness = Witness(settings: .sample())
        let stamp = CommandStamp(id: .number(1), fingerprint: 1)
        func record(_ position: UInt64, _ at: Int64, _ number: TicketNumber) -> Record {
            Record(
                position: Position(position), at: Moment(milliseconds: at), author: .channel, command: stamp,
                event: .submitted(number, line: "line-one", .sample()))
        }
        witness.see(record(1, 10, 1))
        #expect(witness.takeViolations() == [])
        witness.see(record(3, 9, 2))
        #expect(witness.takeViolations().map(\.invariant) == ["D7 positions", "N6 time", "I1 one effect"])
    }

    /// A witness that saw less than what happened must notice the difference to the exchange.
    @Test(arguments: [
        (1, "M1 submitted"), (2, "M1 waiting"), (2, "C1 claims"), (3, "D6 entries"),
    ])
    func `an exchange that does not agree with its log is found`(_ missing: Int, _ invariant: String) throws {
        var bench = Bench()
        try bench.submit()
        bench.node("n1", seats: 1)
        let ann = bench.person("ann")
        try bench.ask(.note(1, nil, text: "n"), from: ann)
        var witness = Witness(settings: bench.settings)
        var turn = Turn()
        turn.records = bench.records
        turn.records.remove(at: missing - 1)
        witness.see(turn, of: bench.exchange)
        #expect(witness.takeViolations().contains { $0.invariant == invariant })
    }

    @Test func `a free seat beside a waiting ticket is found`() throws {
        // The exchange of another desk stands for one that forgot to grant: a node is there, nothing is granted.
        var bench = Bench()
        bench.node("n1")
        var witness = Witness(settings: bench.settings)
        var turn = Turn()
        turn.records = records([Self.submitted])
        witness.see(turn, of: bench.exchange)
        #expect(witness.takeViolations().contains { $0.invariant == "V2 nobody idles" })
    }

    @Test func `a younger ticket granted before an older one, and a seat too many, are found`() throws {
        var bench = Bench()
        bench.node("n1", seats: 0)
        var witness = Witness(settings: bench.settings)
        var turn = Turn()
        let holder = Holder(node: "n1", incarnation: 1)
        turn.records = records([
            Self.submitted, .submitted(2, line: "line-one", .sample()),
            .claimed(2, 1, holder, leaseMilliseconds: 1),
        ])
        turn.records[0].at = Moment(milliseconds: 0)
        turn.records[2].command = nil
        witness.see(turn, of: bench.exchange)
        let found = Set(witness.takeViolations().map(\.invariant))
        #expect(found.contains("N4 no overtaking"))
        var full = Bench()
        let node = full.node("n1")
        try full.submit()
        full.turn([.seats(node, 0)])
        var second = Witness(settings: full.settings)
        turn.records = full.records
        second.see(turn, of: full.exchange)
        #expect(second.takeViolations().contains { $0.invariant == "C7 seats" })
    }

    private func violations(_ events: [Event], _ authors: [Int: Author] = [:]) -> [Violation] {
        var witness = Witness(settings: .sample())
        for record in records(events, authors) { witness.see(record) }
        return witness.takeViolations()
    }

    /// A log of the events, each by whoever holds the ticket then.
    private func records(_ events: [Event], _ authors: [Int: Author] = [:]) -> [Record] {
        var holder: Holder?
        return events.enumerated().map { index, event in
            if case .claimed(_, _, let new, _) = event { holder = new }
            let author = authors[index] ?? Author.person(holder?.node ?? "ann")
            return Record(
                position: Position(UInt64(index + 1)), at: Moment(milliseconds: Int64(index)), author: author,
                command: CommandStamp(id: .number(UInt64(index)), fingerprint: 0), event: event)
        }
    }
}
