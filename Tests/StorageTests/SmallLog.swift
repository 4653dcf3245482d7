import Desk
import Storage
import Tickets

/// A short log written by hand, with one ticket in each kind of place, to which tests add what must not be.
struct SmallLog {
    static let nodeOne = Author(role: .node, key: "nodes", node: "n1")
    static let nodeTwo = Author(role: .node, key: "nodes", node: "n2")
    static let nodeThree = Author(role: .node, key: "nodes", node: "n3")
    static let client = Author(role: .client, key: "web")

    private(set) var records: [Record] = []
    private var commands: UInt64 = 0
    private var now: Int64 = 1_000

    init() {
        for number in 1...5 { submit(UInt64(number)) }
        // 1: escalated, handed back, answered.
        claim(1, 1, Self.nodeOne)
        add(.escalated(TicketNumber(1), Token(1), to: "line-two", entry: 2, note: "look"), Self.nodeOne)
        claim(1, 2, Self.nodeThree)
        add(.handedBack(TicketNumber(1), Token(2), to: "line-one", entry: 3, note: "done"), Self.nodeThree)
        claim(1, 3, Self.nodeOne)
        add(.resolved(TicketNumber(1), Token(3), Reply(entry: 4, outbox: 1, text: "yes")), Self.nodeOne)
        // 2: claimed. 3: waiting. 4: pending after a reply. 5: waiting after a failure.
        claim(2, 1, Self.nodeOne)
        claim(4, 1, Self.nodeTwo)
        add(.replied(TicketNumber(4), Token(1), Reply(entry: 2, outbox: 2, text: "which?")), Self.nodeTwo)
        add(.pended(TicketNumber(4), Token(1), onHold: false, until: nil, reason: ""), Self.nodeTwo)
        claim(5, 1, Self.nodeTwo)
        add(
            .released(TicketNumber(5), Token(1), .failed, reason: "", failures: 1, parks: false), Self.nodeTwo
        )
    }

    init(empty: Void) {}

    var last: Position { records.last?.position ?? .start }

    /// Adds an event that is legal or not; one that `repeats` carries the command of the event before.
    mutating func add(_ event: Event, _ author: Author, repeats: Bool = false, at moment: Int64? = nil) {
        if !repeats { commands += 1 }
        now += 10
        records.append(
            Record(
                position: last.next, at: Moment(milliseconds: moment ?? now), author: author,
                command: CommandStamp(id: CommandID(high: 1, low: commands), fingerprint: 3), event: event))
    }

    mutating func submit(
        _ number: UInt64, repeats: Bool = false, tags: [String] = [], at moment: Int64? = nil
    ) {
        let submission = Submission(
            channel: "mail", customer: "c@example.org", subject: "s", body: "b", tags: tags)
        add(
            .submitted(TicketNumber(number), line: "line-one", submission), Self.client, repeats: repeats,
            at: moment)
    }

    mutating func claim(_ number: UInt64, _ token: UInt64, _ author: Author, at moment: Int64? = nil) {
        let holder = Holder(node: author.node ?? author.key, incarnation: 1)
        add(
            .claimed(TicketNumber(number), Token(token), holder, leaseMilliseconds: 1_000), author,
            at: moment)
    }

    /// Its customer asks for something of the product.
    mutating func wish(_ number: UInt64) {
        add(
            .amended(TicketNumber(number), nil, .feedback(topic: "export"), lacking: []),
            Author(role: .agent, key: "ann"))
    }

    /// The log and its view, in a store; two events a turn.
    func stored() throws -> MemoryStore {
        let store = MemoryStore()
        let turns = stride(from: 0, to: records.count, by: 2).map { Array(records[$0...].prefix(2)) }
        try store.write(turns)
        try store.foldView()
        return store
    }
}
