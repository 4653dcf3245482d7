package import Desk
import HeapModule
package import Tickets

/// Reads the log and checks that grants of a line came in the order of its policy.
///
/// Of the tickets that wait in a line, the one with the earliest (began to wait − head start of its priority) comes
/// first, equal ones by number. Left out, because the log does not say for whom they are: tickets that wait for their
/// owner, and those that some node has declined. Claims by number are a person's choice and no grants.
package struct OrderCheck: Sendable {
    private struct Place: Comparable {
        var key: Int64
        var number: UInt64
        /// Tells this wait of the ticket from others.
        var wait: UInt32

        static func < (a: Self, b: Self) -> Bool { (a.key, a.number) < (b.key, b.number) }
    }

    private struct Ticket {
        var line: Int
        var priority: Priority
        var since: Int64
        /// Lines that it was escalated from and goes back to.
        var frames: [Int] = []
        var isWaiting = true
        var isForOwner = false
        var isDeclined = false
        var wait: UInt32 = 0
    }

    private let lines: [LineSettings]
    /// By number; the first is 1.
    private var tickets: [Ticket?] = [nil]
    private var waiting: [Heap<Place>]
    package private(set) var report = CheckReport(
        "overtakes", "claims of a line come in the order of its policy")

    package init(lines: [LineSettings]) {
        self.lines = lines
        waiting = lines.map { _ in Heap() }
    }

    /// Takes the next record of the log.
    package mutating func follow(_ record: Record) {
        switch record.event {
        case .submitted(let number, let line, let submission):
            submit(number, line, submission.priority, at: record.at)
        case .claimed(let number, _, _, _):
            claim(number, byNumber: record.command != nil)
        case .escalated(let number, _, let line, _, _, _):
            change(number) { $0.frames.append($0.line) }
            wait(number, on: index(of: line))
        case .overflowed(let number, let line, _):
            change(number) { ($0.isForOwner, $0.isDeclined) = (false, false) }
            wait(number, on: index(of: line))
        case .handedBack(let number, _, let line, _, _):
            change(number) {
                _ = $0.frames.popLast()
                $0.isForOwner = $0.frames.isEmpty
            }
            wait(number, on: index(of: line))
        case .followedUp(let number, _, _, wakes: true), .woke(let number):
            change(number) {
                $0.since = record.at.milliseconds
                $0.isForOwner = $0.frames.isEmpty
            }
            wait(number, on: nil)
        case .released(let number, _, let cause, _, _, let parks):
            if cause == .declined { change(number) { $0.isDeclined = true } }
            if parks { change(number) { $0.isWaiting = false } } else { wait(number, on: nil) }
        case .pended(let number, _, _, _, _), .resolved(let number, _, _):
            change(number) { $0.isWaiting = false }
        case .closed(let numbers):
            for number in numbers { change(number) { $0.frames = [] } }
        case .merged(let number, _, _), .amended(let number, _, .status, _):
            change(number) { $0.isWaiting = false }
        case .followedUp, .noted, .replied, .amended, .tookOver, .configured, .alerted, .acknowledged,
            .improved:
            break
        }
    }

    private mutating func submit(
        _ number: TicketNumber, _ line: Name, _ priority: Priority, at moment: Moment
    ) {
        while tickets.count <= Int(number.rawValue) { tickets.append(nil) }
        guard let line = index(of: line) else { return }
        tickets[Int(number.rawValue)] = Ticket(line: line, priority: priority, since: moment.milliseconds)
        wait(number, on: line)
    }

    private mutating func claim(_ number: TicketNumber, byNumber: Bool) {
        guard let ticket = ticket(number) else { return }
        let own = place(of: number, ticket)
        change(number) {
            $0.isWaiting = false
            $0.isForOwner = false
            $0.isDeclined = false
        }
        guard !byNumber, !ticket.isForOwner, !ticket.isDeclined else { return }
        let first = firstWaiting(on: ticket.line)
        report.check(
            first.map { own < $0 } ?? true,
            "ticket \(number) was granted on \(lines[ticket.line].name) while \(first?.number ?? 0) came first"
        )
    }

    /// Puts a ticket into its line, or into another one.
    private mutating func wait(_ number: TicketNumber, on line: Int?) {
        change(number) {
            if let line { $0.line = line }
            $0.isWaiting = true
            $0.wait += 1
        }
        guard let ticket = ticket(number), !ticket.isForOwner, !ticket.isDeclined else { return }
        waiting[ticket.line].insert(place(of: number, ticket))
    }

    /// The first of a line's common queue, after dropping what has left it.
    private mutating func firstWaiting(on line: Int) -> Place? {
        while let first = waiting[line].min {
            if let ticket = tickets[Int(first.number)], ticket.isWaiting, ticket.wait == first.wait {
                return first
            }
            waiting[line].removeMin()
        }
        return nil
    }

    private func place(of number: TicketNumber, _ ticket: Ticket) -> Place {
        Place(
            key: ticket.since - lines[ticket.line].headStart(ticket.priority), number: number.rawValue,
            wait: ticket.wait)
    }

    private func ticket(_ number: TicketNumber) -> Ticket? {
        Int(number.rawValue) < tickets.count ? tickets[Int(number.rawValue)] : nil
    }

    private mutating func change(_ number: TicketNumber, _ body: (inout Ticket) -> Void) {
        guard Int(number.rawValue) < tickets.count, var ticket = tickets[Int(number.rawValue)] else { return }
        body(&ticket)
        tickets[Int(number.rawValue)] = ticket
    }

    private func index(of line: Name) -> Int? { lines.firstIndex { $0.name == line } }
}
