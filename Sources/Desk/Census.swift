package import Tickets

/// Counts of a desk, kept while events are folded, so that no figure needs a scan.
package struct Census: Hashable, Sendable {
    // How often it happened.
    package var submitted: UInt64 = 0
    package var claims: UInt64 = 0
    package var resolutions: UInt64 = 0
    package var escalated: UInt64 = 0
    package var handedBack: UInt64 = 0
    package var replies: UInt64 = 0
    package var expired: UInt64 = 0
    package var parkings: UInt64 = 0
    // How many there are.
    package var waiting: UInt64 = 0
    package var claimed: UInt64 = 0
    package var parked: UInt64 = 0
    package var pending: UInt64 = 0
    package var onHold: UInt64 = 0
    package var solved: UInt64 = 0
    package var closed: UInt64 = 0
    /// Whatever their status is; none of them is among the others.
    package var spam: UInt64 = 0
    /// Waiting and claimed tickets by line, in order of first use.
    package var lines: [LineCensus] = []

    package init() {}

    /// Tickets that are in some state; equals ``submitted`` as long as none is lost or doubled.
    package var present: UInt64 { open + solved + closed + spam }
    package var open: UInt64 { waiting + claimed + parked + pending + onHold }

    /// Counts of one line; zeros when the line has seen no ticket.
    package subscript(line: Name) -> LineCensus {
        lines.first { $0.name == line } ?? LineCensus(name: line)
    }

    /// Moves a ticket from one state to another in all counts; nil stands for "not there yet".
    mutating func move(from old: Standing?, to new: Standing) {
        if let old {
            guard old != new else { return }
            add(old, of: 0 &- 1)
        }
        add(new, of: 1)
    }

    /// What a ticket is counted by.
    struct Standing: Equatable {
        var line: Name
        var place: Place
        var status: Status
        var priority: Priority

        init(_ ticket: borrowing Ticket) {
            line = ticket.line
            place = ticket.place
            status = ticket.status
            priority = ticket.priority
        }
    }

    /// Adds with wrap-around so that `0 - 1` takes one away.
    private mutating func add(_ standing: Standing, of change: UInt64) {
        switch standing.place {
        case .waiting:
            waiting &+= change
            withLine(standing.line) { $0.addWaiting(standing.priority, change) }
        case .claimed:
            claimed &+= change
            withLine(standing.line) { $0.claimed &+= change }
        case .parked:
            parked &+= change
        case .spam:
            spam &+= change
        case .aside:
            switch standing.status {
            case .pending: pending &+= change
            case .onHold: onHold &+= change
            case .solved: solved &+= change
            case .closed: closed &+= change
            case .new, .open: preconditionFailure("an open ticket is never aside")
            }
        }
    }

    private mutating func withLine(_ name: Name, _ change: (inout LineCensus) -> Void) {
        if let index = lines.firstIndex(where: { $0.name == name }) {
            change(&lines[index])
        } else {
            var line = LineCensus(name: name)
            change(&line)
            lines.append(line)
        }
    }
}

/// Counts of one line.
package struct LineCensus: Hashable, Sendable {
    package var name: Name
    package var waiting: UInt64 = 0
    package var claimed: UInt64 = 0
    /// Those that wait by priority, from low to urgent.
    package var waitingByPriority = SIMD4<UInt64>()

    package init(name: Name) {
        self.name = name
    }

    /// Those that wait with a priority or a higher one.
    func waiting(from priority: Priority) -> UInt64 {
        waitingByPriority.indices.dropFirst(Self.index(priority)).reduce(0) { $0 + waitingByPriority[$1] }
    }

    fileprivate mutating func addWaiting(_ priority: Priority, _ change: UInt64) {
        waiting &+= change
        waitingByPriority[Self.index(priority)] &+= change
    }

    private static func index(_ priority: Priority) -> Int { Int(priority.rawValue) - 1 }
}
