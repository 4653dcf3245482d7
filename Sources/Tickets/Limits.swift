/// Every bound of the desk in one place, with its unit and its reason.
package struct Limits: Hashable, Sendable {
    /// Bytes of one message, reply or note. A long mail fits; a frame (1 MiB) holds it with room to spare.
    package var textBytesMax = 262_144
    /// Bytes of a subject, a customer's address, a reason, a kind, a tag or a field.
    package var lineBytesMax = 1_024
    /// Tags, and fields, of one ticket.
    package var tagsMax = 64
    /// Tickets that may be open at once. Beyond it the intake refuses with a time to retry.
    package var openTicketsMax = 5_000_000
    /// Items of one ticket's conversation. Keeps a grant's frame bounded.
    package var entriesMax = 1_000
    /// Entries beyond that for replies, escalations and hand-backs: finishing work is always admitted. The last
    /// ones, one for each frame and one, are for hand-backs and the final answer only.
    package var entriesReserved = 100
    /// Seats of one node. Above this one node hoards what others could work on.
    package var seatsMax = 4_096
    /// Sessions of one key. Ten thousand nodes of one machine share one and come back twice as fast as they leave.
    package var sessionsPerKey = 20_000
    /// Sessions of all keys together.
    package var sessionsMax = 100_000
    /// Depth of a ticket's escalation stack, and so the number of lines above the first.
    package var framesMax = 8
    /// Escalations in a ticket's life; ends a game of ping-pong between two lines.
    package var escalationsMax = 32
    /// Failed claims after which a ticket is parked.
    package var failuresMax: UInt32 = 3
    /// Answers kept for retries. A retry comes within seconds; this is at least that at full load.
    package var answersKept = 262_144
    /// Solved tickets that stay in memory, to be reopened by their customer; older ones are closed.
    package var solvedKept = 100_000
    /// What is set on one ticket in its life, see `Amendment`. Bounds its row in the view.
    package var amendmentsMax: UInt32 = 1_000
    /// Bytes of a draft, and people who may have one of the same ticket: drafts are in the ticket's row.
    package var draftBytesMax = 65_536
    package var draftersMax = 8
    /// Lines of one desk. Names of lines are looked for from the front.
    package var linesMax = 64
    /// Versions of a desk's configuration; ends what only a broken program does.
    package var configurationsMax = 10_000
    /// Rules of one desk, and values in one list of a rule. All are looked at for each new ticket.
    package var rulesMax = 200
    package var ruleValuesMax = 64
    /// Addresses of one group of customers. All are looked at for each new ticket that is of none before it.
    package var groupCustomersMax = 1_000
    /// Entries of the list of who knows what. Looked at for each node that comes.
    package var expertiseMax = 1_000
    /// Unicode scalars of a subject, and of a body, in which rules look for words: what a letter wants stands at its
    /// head, and below it are letters that it answers.
    package var ruleTextMax = 16_384
    /// Customers' wishes that a desk remembers, for improvements of the product; beyond it the oldest are forgotten.
    package var wishesMax = 100_000
    /// Bytes that all customers are told together when one is there. Bounds what one event puts into the view.
    package var improvementBytesMax = 67_108_864
    /// Tickets closed by one event.
    package var closedPerEvent = 1_024

    package init() {}

    /// Traps when bounds contradict each other.
    package func check() {
        precondition(closedPerEvent <= solvedKept, "one closing must fit in what is kept")
        precondition(framesMax <= escalationsMax, "a full stack must be reachable")
        precondition(framesMax < entriesReserved, "a full stack must be able to be handed back and answered")
        precondition(sessionsPerKey <= sessionsMax, "one key must be able to have its sessions")
        precondition(failuresMax > 0, "a ticket must be claimable once")
    }
}
