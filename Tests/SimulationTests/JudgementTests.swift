import Desk
import Testing
import Tickets

@testable import Simulation

/// What the witness says of logs that are wrong.
@Suite struct JudgementTests {
    @Test func `a part of a part of itself is found`() {
        var log = Log(Swarm())
        for _ in 0..<3 { log.submit() }
        log.amend(1, .parent(2))
        log.amend(2, .parent(3))
        #expect(log.violation == nil)
        log.amend(3, .parent(1))
        #expect(log.violation == .b2)
    }

    @Test func `a ticket that ends before its part is found`() {
        var log = Log(Swarm())
        for _ in 0..<2 { log.submit() }
        log.amend(2, .parent(1))
        log.claim(1)
        #expect(log.violation == nil)
        log.add(.resolved(1, Token(1), nil), by: .node)
        #expect(log.violation == .b2)
    }

    @Test func `a part that was taken off keeps nothing open`() {
        var log = Log(Swarm())
        for _ in 0..<2 { log.submit() }
        log.amend(2, .parent(1))
        log.amend(2, .parent(nil))
        log.claim(1)
        log.add(.resolved(1, Token(1), nil), by: .node)
        #expect(log.violation == nil)
    }

    @Test(arguments: [[], ["device"], ["device", "log"]])
    func `a ticket that is escalated before its checklist is filled in is found`(_ filled: [String]) {
        var swarm = Swarm()
        swarm.heights.hasChecklists = true
        var log = Log(swarm)
        log.submit(kind: "faulty")
        log.add(.amended(1, nil, .given([]), lacking: []))
        var lacking = ["number", "device", "log"]
        log.add(.amended(1, nil, .kind("faulty"), lacking: lacking))
        log.claim(1)
        for name in filled {
            lacking.removeAll { $0 == name }
            log.add(.amended(1, Token(1), .field(Field(name: name, value: "x")), lacking: lacking), by: .node)
        }
        #expect(log.violation == nil)
        log.add(.escalated(1, Token(1), to: "line-two", entry: 2, note: NoteText("up")), by: .node)
        #expect(log.violation == (filled.count == 2 ? nil : .f1))
    }

    @Test func `a hand-back past a line is found`() {
        var swarm = Swarm()
        swarm.heights.nodes = [1]
        var log = Log(swarm)
        log.submit()
        log.claim(1)
        log.add(.escalated(1, Token(1), to: "line-two", entry: 2, note: NoteText("up")), by: .node)
        log.claim(1, under: 2)
        log.add(.escalated(1, Token(2), to: "line-three", entry: 3, note: NoteText("up")), by: .node)
        log.claim(1, under: 3)
        #expect(log.violation == nil)
        log.add(.handedBack(1, Token(3), to: "line-one", entry: 4, note: NoteText("down")), by: .node)
        #expect(log.violation == .e2)
    }

    @Test func `what a customer wrote is heard where their ticket ended`() {
        var log = Log(Swarm())
        for _ in 0..<3 { log.submit() }
        log.merge(1, into: 2)
        log.merge(2, into: 3)
        log.witness.checkHeard(1, at: 3)
        #expect(log.violation == nil)
        log.witness.checkHeard(3, at: 2)
        #expect(log.violation == .j1)
    }

    @Test func `who waits in a merged ticket is heard where it ended, in the same commit`() {
        var log = Log(Swarm())
        for _ in 0..<2 { log.submit() }
        log.add(.merged(1, nil, into: 2))
        #expect(log.violation == .a6)
    }
}

/// A log that a witness follows, record by record.
private struct Log {
    var witness: Witness
    private let sender: UInt64
    private var last: UInt64 = 0
    private var commands: UInt64 = 0

    var violation: Check? { witness.findings.violation?.check }

    init(_ swarm: Swarm) {
        witness = Witness(swarm.desk)
        sender = witness.addSender()
    }

    mutating func add(_ event: Event, by author: Author = .desk, _ command: CommandStamp? = nil) {
        last += 1
        let record = Record(
            position: Position(last), at: Moment(milliseconds: Int64(last)), author: author, command: command,
            event: event)
        witness.follow([record], epoch: 1)
    }

    /// With the word of the desk that its customer waits.
    mutating func merge(_ number: TicketNumber, into target: TicketNumber) {
        let events: [Event] = [
            .merged(number, nil, into: target),
            .followedUp(target, entry: 2, body: "it ended here", wakes: false),
        ]
        let records = events.map { event in
            last += 1
            return Record(
                position: Position(last), at: Moment(milliseconds: Int64(last)), author: .desk, command: nil,
                event: event)
        }
        witness.follow(records, epoch: 1)
    }

    mutating func submit(kind: String? = nil) {
        commands += 1
        let id = CommandID(high: sender, low: commands)
        let submission = Submission(
            channel: "mail", customer: "c", subject: "", body: Text.request(id, 40), kind: kind)
        let number = TicketNumber(UInt64(witness.cases.count) + 1)
        add(
            .submitted(number, line: "line-one", submission), by: Author(role: .client, key: "web"),
            CommandStamp(id: id, fingerprint: 0))
    }

    mutating func amend(_ number: TicketNumber, _ amendment: Amendment) {
        add(.amended(number, nil, amendment, lacking: []), by: Author(role: .lead, key: "lead"))
    }

    mutating func claim(_ number: TicketNumber, under token: UInt64 = 1) {
        let holder = Holder(node: "one-1", incarnation: 1)
        add(.claimed(number, Token(token), holder, leaseMilliseconds: 1_000), by: .node)
    }
}

extension TicketNumber: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt64) {
        self.init(value)
    }
}

extension Author {
    fileprivate static let node = Author(role: .node, key: "one-1", node: "one-1")
}
