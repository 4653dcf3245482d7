import Desk
import Tickets

/// A log written by hand, at one event a second.
struct SmallLog {
    private(set) var records: [Record] = []
    private static let author = Author(role: .node, key: "node")

    mutating func submit(
        _ number: UInt64, _ priority: Priority = .normal, command: CommandID? = nil, after seconds: Int64 = 1
    ) {
        let submission = Submission(
            channel: "web", customer: "c", subject: "s", body: "b", priority: priority)
        add(.submitted(TicketNumber(number), line: "line-one", submission), command, seconds)
    }

    mutating func claim(_ number: UInt64, _ token: UInt64 = 1, by node: Name = "a", command: CommandID? = nil)
    {
        let holder = Holder(node: node, incarnation: 1)
        add(.claimed(TicketNumber(number), Token(token), holder, leaseMilliseconds: 1_000), command)
    }

    mutating func resolve(_ number: UInt64, _ token: UInt64 = 1) {
        add(.resolved(TicketNumber(number), Token(token), nil))
    }

    mutating func add(_ event: Event, _ command: CommandID? = nil, _ seconds: Int64 = 1) {
        let at = (records.last?.at.milliseconds ?? 0) + 1_000 * seconds
        records.append(
            Record(
                position: Position(UInt64(records.count + 1)), at: Moment(milliseconds: at),
                author: Self.author,
                command: command.map { CommandStamp(id: $0, fingerprint: 0) }, event: event))
    }
}
