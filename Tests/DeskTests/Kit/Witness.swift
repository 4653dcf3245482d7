import Desk
import Tickets

/// An invariant of RELIABILITY.md that did not hold.
struct Violation: Hashable, CustomStringConvertible {
    var invariant: String
    var detail: String
    var description: String { "\(invariant): \(detail)" }
}

/// Checks a desk from its records alone, with its own idea of what a ticket is.
///
/// Shares no code with the desk, so that a mistake in the rules is not repeated in the check.
struct Witness {
    struct Case {
        var number: TicketNumber
        var line: Name
        var priority: Priority
        /// Sixteenths of a seat that it takes.
        var size = 16
        /// What it asks for, and what it asks for at first.
        var required: [Skill] = []
        var preferred: [Skill] = []
        var customer = ""
        var others: UInt32 = 0
        var familiar: Name?
        var claims = 0
        var since: Moment
        /// When this wait began, which `since` is not for a ticket that kept its place.
        var waits: Moment?
        var isForOwner = false
        var isSolved = false
        var isParked = false
        var isOnHold = false
        var isAside = false
        var isSpam = false
        var wakes: Moment?
        var token = Token(0)
        var claim: (token: Token, holder: Holder)?
        var owner: Name?
        var entries: UInt32 = 1
        var failures: UInt32 = 0
        var escalations = 0
        var frames: [Name] = []
        var declined: [Name] = []
    }

    var settings: DeskSettings
    /// Tickets that are not closed.
    var cases: [TicketNumber: Case] = [:]
    var closedCount: UInt64 = 0
    var position = Position.start
    /// Of the desk's settings.
    var version: UInt64 = 0
    /// Who solved a customer's last ticket, by the customer's name in small letters.
    var solvers: [String: (agent: Name, at: Moment)] = [:]
    var moment = Moment.zero
    var lastTicket = TicketNumber(0)
    var lastOutbox: UInt64 = 0
    var notices: UInt64 = 0
    var commands: Set<CommandID> = []
    var commandOrder: [CommandID] = []
    var startedAt = Moment.zero
    var findings = Findings()

    init(settings: DeskSettings) {
        self.settings = settings
    }

    mutating func takeViolations() -> [Violation] {
        defer { findings.violations = [] }
        return findings.violations
    }

    /// The broker restarted: reservations begin anew.
    mutating func restarted(at moment: Moment) {
        startedAt = moment
    }
}

/// What a witness found.
struct Findings {
    var violations: [Violation] = []
    /// How often each invariant was evaluated: green means something only if this grows.
    var checked: [String: Int] = [:]

    mutating func expect(_ holds: Bool, _ invariant: String, _ detail: @autoclosure () -> String) {
        checked[invariant, default: 0] += 1
        if !holds { violations.append(Violation(invariant: invariant, detail: detail())) }
    }
}
