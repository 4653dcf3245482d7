import Desk
import Tickets

extension TicketNumber: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt64) { self.init(value) }
}

extension Token: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt64) { self.init(value) }
}

extension CommandID {
    static func number(_ number: UInt64) -> CommandID { CommandID(high: 7, low: number) }
}

extension Submission {
    static func sample(
        customer: String = "ann@example.org", priority: Priority = .normal, body: String = "It does not work."
    ) -> Submission {
        Submission(channel: "mail", customer: customer, subject: "Help", body: body, priority: priority)
    }
}

extension Author {
    static func person(_ name: Name, role: Role = .agent) -> Author {
        Author(role: role, key: name, agent: name)
    }

    static let channel = Author(role: .client, key: "mail-channel")
    static let nodeKey = Author(role: .node, key: "nodes")
}

extension DeskSettings {
    /// A desk of three lines with short, round times.
    static func sample(_ change: (inout DeskSettings) -> Void = { _ in }) -> DeskSettings {
        var settings = DeskSettings(
            lines: [
                LineSettings(name: "line-one", next: "line-two", leaseMilliseconds: 30_000),
                LineSettings(name: "line-two", next: "line-three", leaseMilliseconds: 60_000),
                LineSettings(name: "line-three", leaseMilliseconds: 60_000),
            ],
            heartbeatMilliseconds: 5_000)
        change(&settings)
        return settings
    }
}

extension Reconfiguration {
    static func sample(
        basis: UInt64, _ settings: DeskSettings = .sample(), source: String = "lines: []",
        reason: String = "because"
    ) -> Reconfiguration {
        Reconfiguration(
            basis: basis, settings: SettingsCoding.encode(settings), source: source, reason: reason)
    }
}

/// Every command that a claim's token guards, for tables.
func fencedActions(_ ticket: TicketNumber, _ token: Token, seen: UInt32 = 1) -> [Action] {
    [
        .note(ticket, token, text: "a note"),
        .reply(ticket, token, seen: seen, text: "a reply"),
        .escalate(ticket, token, to: nil, note: "too hard"),
        .handBack(ticket, token, note: "solved it"),
        .resolve(ticket, token, seen: seen, text: "done"),
        .resolve(ticket, token, seen: seen, text: nil),
        .pend(ticket, token, onHold: false, until: nil, reason: "waits"),
        .release(ticket, token, reason: "no time", failed: false),
        .release(ticket, token, reason: "crashed", failed: true),
        .decline(ticket, token, reason: "not mine"),
        .amend(ticket, token, .tag("vip", isOn: true)),
    ]
}

/// One of every command, for the table of permissions.
let everyAction: [Action] =
    [
        .submit(.sample()), .followUp(1, body: "again"), .claim(1, leaseMilliseconds: 60_000),
        .configure(.sample(basis: 0)),
        .note(1, nil, text: "seen"), .amend(1, nil, .tag("vip", isOn: true)), .amend(1, nil, .draft("Dear")),
        .amend(1, nil, .owner("ann", reason: "asked for")),
        .takeOver(1, leaseMilliseconds: 60_000, reason: "urgent"), .merge(1, nil, into: 2),
        .submit(
            Submission(
                channel: "mail", customer: "ann", subject: "s", body: "b",
                origin: Origin(ticket: 1, cause: .split))),
    ] + fencedActions(1, 1)
