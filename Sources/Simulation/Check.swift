/// What must hold in every run. The names are those of the list that all checkers share.
package enum Check: Int, CaseIterable, Codable, Sendable {
    case d1, d2, d3, d4, d5, d6, d7, d8, g1, c1, c2, c3, c4, c5, c7, c8, c9, c11, c12, e1, e2, e3, e5
    case r1, r3, p1, p2, n1, n2, n3, n4, n5, n6, i1, i2, i4, i6, l2, k2, m1, m2, m3, s2, t2, v1, v2, v3, v5,
        audit
    case a5, a6, b1, j1, o1, g2, p3, p4, r4, j2, g3, w1, w2, g4, g5, f1, f2, f3, f4, b2, b3, b4, b8

    /// As in the list: `D1`.
    package var name: String { "\(self)".uppercased() }

    /// What holds, in one line.
    package var title: String {
        switch self {
        case .d1: "what was acknowledged is there"
        case .d2: "no ticket is there that nobody submitted, and its text is what was submitted"
        case .d3: "a command that was refused for good changed nothing"
        case .d4: "an answer leaves after the commit that holds its change"
        case .d5: "tickets change only as the table of transitions allows"
        case .d6: "the desk is what the log folds to"
        case .d7: "events are numbered without a gap"
        case .d8: "a solved ticket is not claimed"
        case .g1: "versions of the settings are numbered without a gap"
        case .g2: "a new ticket is what the rules in force make of it"
        case .c1: "a ticket has at most one claim at a time"
        case .c2: "tokens of a ticket grow"
        case .c3: "a change under a claim carries its token and comes from its holder"
        case .c4: "a claim that was renewed in time is kept"
        case .c5: "a claim whose holder is silent ends"
        case .c7: "a node is granted no more than it has seats"
        case .c8: "a ticket is granted to a node of its line that has not declined it"
        case .c9: "a claim is of the node's newest incarnation"
        case .c11: "no ticket waits and is claimed at once"
        case .c12: "failed claims are counted, and park a ticket at the limit"
        case .e1: "a change of line has one note, in the conversation's order"
        case .e2: "an escalated ticket comes back only by a hand-back, to where it came from"
        case .e3: "an answer knows the customer's last message"
        case .e5: "escalations are bounded"
        case .r1: "the outbox has each reply once, without a gap"
        case .r3: "there is no reply without a claim, nor by a line that may not answer"
        case .p1: "no note reaches a customer"
        case .p2: "the desk warns of a promise, or calls it broken, once and when it is due"
        case .a6: "whoever waits in what is merged, or was spam, is heard where it goes on"
        case .a5: "only whose ticket it is writes into it, and whose ticket ended in it"
        case .g3: "a node is granted only what it knows enough for"
        case .g4: "a ticket knows how many others of its customer are open"
        case .g5: "a ticket knows who solved its customer's last one"
        case .w2: "an offer not accepted in time goes on, and who missed it gets none until they are back"
        case .w1: "what nobody takes in time goes on to the next line, and keeps its place"
        case .j2: "a request that repeats one of an open ticket of lately joins it, and no other does"
        case .r4: "customers hear once and at once that their request is there"
        case .p4: "the desk does what its ladder and its rules for messages say, and nothing else by itself"
        case .p3: "customers hear of a delay once a clock, before the promise is broken, and it is no answer"
        case .f1: "what a ticket's kind asks for is filled in before it goes to another line"
        case .f2: "a ticket goes back the way it came, frame by frame, whoever was started again meanwhile"
        case .f3: "what comes back to an owner who has left goes to their deputy, if that one is there"
        case .f4: "what came back is kept for its owner, who is there"
        case .b2: "a ticket is solved after its parts, and is no part of itself"
        case .b3: "of two tickets that have to do with one another both say so"
        case .b4: "who takes part in a ticket is shown with it, and changes nothing but notes"
        case .b8: "who asked for something is told once when it is there, and nobody else is"
        case .n1: "ticket numbers are unique"
        case .n2: "ticket numbers have no gap and are in order"
        case .n3: "what one channel sends is taken in its order"
        case .n4: "no ticket is overtaken by one behind it in its line"
        case .n5: "a ticket that everybody on its line has declined is parked for a person"
        case .n6: "time never goes back"
        case .i1: "a command has one effect, and one answer for ever"
        case .i2: "the same id with other content is refused"
        case .i4: "an answer is to somebody's command"
        case .i6: "what is sent can be read"
        case .l2: "epochs grow"
        case .k2: "after a crash the log is what was committed, with what was on its way or without"
        case .m1: "tickets submitted are the sum of tickets in all states"
        case .m2: "a node's own account is what the log says of it"
        case .m3: "what the coordinator knows of a node's acts never grows less"
        case .s2: "what a draining node puts back counts as no failure"
        case .t2: "pending tickets do not wake before their time"
        case .v1: "in the end every ticket is solved, or waits for its customer"
        case .v2: "no seat is free while a ticket waits that it could take"
        case .v3: "in the end every command has its answer"
        case .v5: "nobody turns round and round without getting anywhere"
        case .b1: "a solved ticket stays open to its customer for its time"
        case .j1: "a merged ticket ends in one that goes on, and never in a circle"
        case .o1: "an owner changes only with a reason, and drafts outlive it"
        case .audit: "in the end verify finds nothing, and the log folds to the desk"
        }
    }
}

/// The first thing that was wrong in a run.
package struct Violation: Codable, Hashable, Sendable {
    package var check: Check
    /// True time in microseconds.
    package var time: Int64
    /// How many events had happened.
    package var event: Int
    package var detail: String
}

/// Counts the checks, and keeps the first violation.
struct Findings: Sendable {
    private(set) var counts = [UInt64](repeating: 0, count: Check.allCases.count)
    private(set) var violation: Violation?
    /// True time in microseconds, and events so far; kept by the cluster.
    var time: Int64 = 0
    var event = 0

    /// Counts a check.
    ///
    /// - Returns: Whether it holds.
    @discardableResult
    mutating func expect(_ check: Check, _ holds: Bool, _ detail: @autoclosure () -> String) -> Bool {
        counts[check.rawValue] += 1
        guard !holds else { return true }
        if violation == nil {
            violation = Violation(check: check, time: time, event: event, detail: detail())
        }
        return false
    }
}
