import Desk
import Promises
import Testing
import Tickets

/// What a history says of each event.
@Suite struct DetailTests {
    private static let number = TicketNumber(2)

    @Test func `what was set is there afterwards, and a draft stays its author's`() {
        let details: [(Amendment, String)] = [
            (.kind("refund"), "to refund"), (.kind(nil), "to none"), (.priority(.high), "to high"),
            (.tag("vip", isOn: true), "vip"), (.tag("vip", isOn: false), "vip"),
            (.field(Field(name: "order", value: "A-7")), "order: A-7"),
            (.field(Field(name: "order", value: "")), "order: none"),
            (.feedback(topic: "checkout"), "checkout"), (.feedback(topic: ""), "to none"),
            (.spam(true, reason: "sells pills"), "sells pills"),
            (.owner("ben", reason: "knows them"), "to ben: knows them"),
            (.owner(nil, reason: "left"), "to whoever is next: left"),
            (.draft("Dear Ann"), "8 bytes"), (.draft(""), "thrown away"),
        ]
        for (amendment, detail) in details {
            #expect(Event.amended(Self.number, nil, amendment, lacking: []).detail == detail)
        }
        let lacking = Event.amended(Self.number, nil, .kind("refund"), lacking: ["order"])
        #expect(lacking.detail == "to refund, 1 fields lacking")
    }

    @Test func `what an event replaced is told, and of what replaces nothing there is nothing`() {
        var past = TicketPast()
        var submission = Submission.sample(priority: .low)
        (submission.kind, submission.fields) = ("refund", [Field(name: "order", value: "A-7")])
        let (token, note) = (Token(1), NoteText("n"))
        func holder(_ node: Name) -> Holder { Holder(node: node, incarnation: 1) }
        func set(_ amendment: Amendment) -> Event { .amended(Self.number, nil, amendment, lacking: []) }
        let steps: [(Event, String?)] = [
            (.submitted(Self.number, line: "line-one", submission), nil),
            (set(.priority(.high)), "low"), (set(.priority(.urgent)), "high"),
            (set(.kind(nil)), "refund"), (set(.kind("claim")), nil),
            (set(.field(Field(name: "order", value: "B-8"))), "A-7"),
            (set(.field(Field(name: "colour", value: "red"))), nil),
            (set(.field(Field(name: "order", value: ""))), "B-8"),
            (set(.field(Field(name: "order", value: "C-9"))), nil),
            (set(.feedback(topic: "size")), nil), (set(.feedback(topic: "")), "size"),
            (.claimed(Self.number, token, holder("ann"), leaseMilliseconds: 1), nil),
            (.tookOver(Self.number, token, holder("lea"), leaseMilliseconds: 1, reason: "r"), "ann"),
            (set(.owner("ben", reason: "knows them")), "ann"),
            (.escalated(Self.number, token, to: "line-two", entry: 2, note: note), "line-one"),
            (.overflowed(Self.number, to: "line-three", reason: ""), "line-two"),
            (set(.parent(TicketNumber(1))), nil), (set(.parent(nil)), "1"),
            (set(.draft("CANARY")), nil), (set(.draft("")), nil),
        ]
        for (index, (event, before)) in steps.enumerated() {
            #expect(past.follow(event) == before, "\(index): \(event.word)")
        }
    }

    @Test func `whoever put a ticket down is quoted`() {
        let token = Token(1)
        func released(_ cause: ReleaseCause, _ reason: String) -> String {
            Event.released(Self.number, token, cause, reason: reason, failures: 1, parks: false).detail
        }
        #expect(released(.released, "lunch") == "released, 1 failures: lunch")
        #expect(released(.declined, "no French") == "declined, 1 failures: no French")
        #expect(released(.left, "") == "left, 1 failures")
        func pended(_ onHold: Bool, _ until: Moment?, _ reason: String) -> String {
            Event.pended(Self.number, token, onHold: onHold, until: until, reason: reason).detail
        }
        #expect(pended(false, nil, "asked for the order") == "for the customer: asked for the order")
        #expect(
            pended(true, .zero, "the carrier looks")
                == "on hold until \(Moment.zero.iso8601): the carrier looks")
        #expect(pended(false, nil, "") == "for the customer")
        let taken = Event.tookOver(
            Self.number, token, Holder(node: "lea", incarnation: 0), leaseMilliseconds: 9, reason: "urgent")
        #expect(taken.detail == "by lea for 9 ms: urgent")
        let settings = Configuration(version: 2, settings: DeskSettings(), source: "", reason: "holidays")
        #expect(Event.configured(settings).detail == "version 2: holidays")
    }

    @Test func `nobody but those who read tickets is shown a history`() {
        let readers = Role.allCases.filter { Permissions.allows($0, .readTickets) }
        #expect(Set(readers) == [.colleague, .agent, .lead, .admin])
    }

    @Test func `no text of a conversation is in it`() {
        let secret = "CANARY"
        let reply = Reply(entry: 2, outbox: 1, text: PublicText(secret))
        let (note, token) = (NoteText(secret), Token(1))
        let submission = Submission(channel: "mail", customer: secret, subject: secret, body: secret)
        let events: [Event] = [
            .submitted(Self.number, line: "line-one", submission),
            .followedUp(Self.number, entry: 2, body: secret, wakes: true),
            .noted(Self.number, token, entry: 2, text: note), .replied(Self.number, token, reply),
            .escalated(Self.number, token, to: "line-two", entry: 2, note: note),
            .handedBack(Self.number, token, to: "line-one", entry: 2, note: note),
            .resolved(Self.number, token, reply), .amended(Self.number, nil, .draft(secret), lacking: []),
            .alerted(
                Self.number, PromiseAlert(ClockID(.resolution), rule: "r", due: .zero, warning: nil),
                notice: reply), .acknowledged(Self.number, reply, promised: nil),
            .improved(
                Improvement(
                    topic: "t", text: PublicText(secret), outbox: 1,
                    letters: [.init(ticket: Self.number, entry: 2)])),
        ]
        for event in events { #expect(!event.detail.contains(secret), "\(event.word)") }
    }
}
