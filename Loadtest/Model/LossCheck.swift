package import Desk
package import Tickets

/// Compares what the desk acknowledged with what its log holds.
package struct LossCheck: Sendable {
    /// Submits of this run have this in the upper half of their id; the lower half counts from 1.
    private let run: UInt64
    /// The ticket that each submit of the run became in the log; 0: none.
    private var submitted: [UInt64] = [0]
    /// By ticket: whether it was solved at least once, and what it is now.
    private var solved: [Bool] = [false]
    private var isSolvedNow: [Bool] = [false]
    private var isParked: [Bool] = [false]
    package private(set) var acknowledged = CheckReport(
        "lost", "every acknowledged request is in the log, once and under the number that was told")
    package private(set) var resolutions = CheckReport(
        "resolutions", "every acknowledged resolution is in the log")
    package private(set) var completion = CheckReport(
        "unsolved", "at the end every ticket is solved, or parked for a person to look at")

    package init(run: UInt64) {
        self.run = run
    }

    /// Takes the next record of the log.
    package mutating func follow(_ record: Record) {
        switch record.event {
        case .submitted(let number, _, _):
            grow(to: number)
            guard let id = record.command?.id, id.high == run else { return }
            while submitted.count <= Int(id.low) { submitted.append(0) }
            let earlier = submitted[Int(id.low)]
            acknowledged.check(earlier == 0, "request \(id.low) became tickets \(earlier) and \(number)")
            submitted[Int(id.low)] = number.rawValue
        case .resolved(let number, _, _):
            grow(to: number)
            solved[Int(number.rawValue)] = true
            isSolvedNow[Int(number.rawValue)] = true
            isParked[Int(number.rawValue)] = false
        case .followedUp(let number, _, _, wakes: true):
            grow(to: number)
            isSolvedNow[Int(number.rawValue)] = false
        case .released(let number, _, _, _, _, parks: true):
            grow(to: number)
            isParked[Int(number.rawValue)] = true
        case .claimed(let number, _, _, _):
            grow(to: number)
            isParked[Int(number.rawValue)] = false
        case .closed, .escalated, .followedUp, .handedBack, .noted, .pended, .released, .replied, .woke,
            .amended, .tookOver, .merged, .configured, .alerted, .acknowledged, .overflowed, .improved:
            break
        }
    }

    /// A submit of the run had the answer that it became `ticket`.
    package mutating func acknowledge(request: UInt64, as ticket: TicketNumber) {
        let stored = Int(request) < submitted.count ? submitted[Int(request)] : 0
        acknowledged.check(
            stored == ticket.rawValue,
            "request \(request) was acknowledged as ticket \(ticket); in the log it is "
                + (stored == 0 ? "missing" : "ticket \(stored)"))
    }

    /// A resolution of a ticket was acknowledged.
    package mutating func acknowledgeResolution(of ticket: TicketNumber) {
        resolutions.check(
            Int(ticket.rawValue) < solved.count && solved[Int(ticket.rawValue)],
            "ticket \(ticket) was told to be solved; the log has no resolution of it")
    }

    /// Every ticket must be solved or parked now.
    package mutating func expectCompletion() {
        for number in solved.indices.dropFirst() {
            completion.check(isSolvedNow[number] || isParked[number], "ticket \(number) is not solved")
        }
    }

    package var solvedCount: Int { isSolvedNow.count { $0 } }
    package var parkedCount: Int { isParked.count { $0 } }
    package var ticketCount: Int { solved.count - 1 }

    private mutating func grow(to number: TicketNumber) {
        while solved.count <= Int(number.rawValue) {
            solved.append(false)
            isSolvedNow.append(false)
            isParked.append(false)
        }
    }
}
