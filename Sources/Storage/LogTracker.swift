import Desk
import Figures
import Promises
import Tickets

/// Follows the log ticket by ticket and checks each event against those before it.
///
/// The third derivation, beside the desk's folding and the projector: it trusts nothing and never traps. After a
/// violation it takes the event at its word, so that one fault is not reported many times over.
struct LogTracker {
    /// One ticket as its events say it is.
    struct Tracked {
        var state: TicketState
        var created: Moment
        var priority: Priority
        /// Digests of what it was submitted with, and of where its replies go.
        var submission: Int
        var recipient: Int
        /// What figures tell it apart by.
        var origin: TicketOrigin
        /// Digests of its conversation and of its events' positions.
        var conversation = 0
        var positions = 0
        /// Entries that must be notes, because a change of line came with them.
        var lineNotes: [UInt32] = []
        var rareExtras = Rare<Extras>()
        /// What was set on it since.
        var extras: Extras {
            get { rareExtras.value ?? Extras() }
            set { rareExtras = Rare(newValue == Extras() ? nil : newValue) }
        }
        /// Whether its customer is to be told of delays.
        var isToldOfDelays = false
        /// Whether some event of it was illegal: its rows cannot be right, and are not compared.
        var isTainted = false
    }

    /// A reply that must be in the outbox.
    struct Sent {
        var ticket: TicketNumber
        var entry: UInt32
        var at: Moment
    }

    private(set) var position = Position.start
    var tickets: [TicketNumber: Tracked] = [:]
    /// Where merged tickets ended.
    var merges: [TicketNumber: TicketNumber] = [:]
    private(set) var tallies: [NodeRun: NodeTally] = [:]
    /// By number, the first is 1.
    private(set) var outbox: [Sent] = []
    /// Whether the outbox's numbers cannot be followed any more.
    private(set) var isOutboxTainted = false
    private(set) var lastTicket = TicketNumber(0)
    /// Where the versions of the desk's settings stand.
    private(set) var configurations: [Position] = []
    /// What the desk promises; nil while it watches no promises.
    private(set) var promises: PromisePolicy?
    /// What it promised, and from when on.
    private(set) var policies = PolicyHistory()
    /// What it tells customers of delays, and by which wall clock.
    private(set) var delayNotice: (notice: DelayNotice, zone: ZoneOffsets)?
    /// What it said of them, of tickets of which it said anything.
    var alerts: [TicketNumber: [PromiseAlert]] = [:]
    var findings = Findings()

    let limits: Limits
    private var epoch: UInt64 = 0
    private var lastAt = Moment.zero
    private var commands: Set<CommandID> = []
    /// The last commands in order; as many as a desk keeps answers for.
    private var commandOrder: [CommandID] = []
    private var oldestCommand = 0

    init(limits: Limits) {
        self.limits = limits
    }

    mutating func follow(_ turn: StoredTurn) {
        findings.check(
            .l2, turn.epoch >= epoch && turn.epoch > 0,
            "event \(position.next) was written in epoch \(turn.epoch) after epoch \(epoch)")
        epoch = max(epoch, turn.epoch)
        for record in turn.records where record.position > position { follow(record) }
    }

    private mutating func follow(_ record: Record) {
        position = record.position
        let at = record.position
        findings.check(
            .n6, record.at >= lastAt,
            "event \(at) happened at \(record.at.milliseconds), before \(lastAt.milliseconds)")
        lastAt = max(lastAt, record.at)
        if let command = record.command { note(command.id, at) }
        switch record.event {
        case .submitted(let number, let line, let submission): submit(number, line, submission, record)
        case .configured(let configuration): configure(configuration, at: record.at)
        default:
            if case .merged(let number, _, let target) = record.event {
                checkMerge(number, into: target)
                if number != target { merges[number] = target }
            }
            if case .improved(let improvement) = record.event { checkImprovement(improvement) }
            record.event.eachTicket { follow(record, of: $0) }
        }
        followLinks(record)
    }

    private mutating func configure(_ configuration: Configuration, at moment: Moment) {
        let next = UInt64(configurations.count) + 1
        findings.check(
            .g1, configuration.version == next,
            "event \(position) has version \(configuration.version) of the configuration, not \(next)")
        findings.check(
            .g1, configuration.settings.flaws.isEmpty,
            "event \(position) has settings that contradict themselves")
        configurations.append(position)
        let settings = configuration.settings
        policies.add(settings, at: moment)
        promises = settings.keepsPromises ? settings.promises : nil
        delayNotice = settings.delayNotice.map { ($0, settings.hours.zone) }
    }

    private mutating func note(_ id: CommandID, _ position: Position) {
        guard findings.check(.i1, commands.insert(id).inserted, "event \(position) repeats a command") else {
            return
        }
        if commandOrder.count < limits.answersKept {
            commandOrder.append(id)
        } else {
            commands.remove(commandOrder[oldestCommand])
            commandOrder[oldestCommand] = id
            oldestCommand = (oldestCommand + 1) % commandOrder.count
        }
    }

    private mutating func submit(
        _ number: TicketNumber, _ line: Name, _ submission: Submission, _ record: Record
    ) {
        let isNew = tickets[number] == nil
        guard findings.check(.n1, isNew, "event \(position) submits ticket \(number) again") else {
            tickets[number]?.isTainted = true
            return
        }
        let next = lastTicket.rawValue &+ 1
        findings.check(
            .n2, number.rawValue == next, "event \(position) submits ticket \(number), not \(next)")
        lastTicket = max(lastTicket, number)
        var state = TicketState(line: line, at: record.at)
        state.entries = 1
        state.lastMessage = 1
        state.since = record.at
        var tracked = Tracked(
            state: state, created: record.at, priority: submission.priority,
            submission: Digest.of(submission), recipient: Digest.of(submission.channel, submission.customer),
            origin: TicketOrigin(submission))
        tracked.isToldOfDelays = tellsOfDelays(submission)
        tracked.add(1, .message(submission.body), record)
        tracked.count(record)
        tickets[number] = tracked
    }

    private mutating func follow(_ record: Record, of number: TicketNumber) {
        guard let place = tickets.index(forKey: number) else {
            findings.check(
                .d5, false, "event \(position), \(record.event.word), is of ticket \(number), never submitted"
            )
            tally(record, by: nil)
            return
        }
        // Exchanged rather than copied, so that what it refers to is not copied when it is changed.
        var tracked = Self.nothing
        swap(&tracked, &tickets.values[place])
        tally(record, by: tracked.state.holder)
        let before = findings.violations
        if case .merged(let source, _, let target) = record.event, number == target {
            tracked.extras.links.append(Extras.Link(.mergedFrom, source))
            for name in tickets[source]?.extras.participants ?? []
            where !tracked.extras.participants.contains(name) { tracked.extras.participants.append(name) }
        } else if case .improved(let improvement) = record.event {
            tell(improvement, number, &tracked, record)
        } else {
            checkStage(record.event, tracked.state)
            checkClaim(record, tracked.state)
            checkEntry(record.event, tracked.state)
            checkAmendment(record.event)
            checkAlert(record, tracked)
            checkAcknowledgement(record, tracked)
            let status = tracked.state.status
            tracked.apply(record)
            findings.check(
                .d5, status.allows(tracked.state.status),
                "event \(position): ticket \(number) goes from \(status.word) to \(tracked.state.status.word)"
            )
        }
        tracked.isTainted = tracked.isTainted || findings.violations > before
        tracked.count(record)
        swap(&tracked, &tickets.values[place])
        if let letter = record.event.letter(to: number) { send(letter, of: number, record) }
    }

    private static let nothing = Tracked(
        state: TicketState(line: "none"), created: .zero, priority: .normal, submission: 0, recipient: 0,
        origin: TicketOrigin(Submission(channel: "none", customer: "", subject: "", body: "")))

    private mutating func send(_ reply: Reply, of number: TicketNumber, _ record: Record) {
        let next = UInt64(outbox.count) + 1
        let isNext = findings.check(
            .r1, reply.outbox == next, "event \(position) has outbox number \(reply.outbox), not \(next)")
        if !isNext { isOutboxTainted = true }
        outbox.append(Sent(ticket: number, entry: reply.entry, at: record.at))
    }

    // MARK: - Checks

    mutating func checkStage(_ event: Event, _ state: TicketState) {
        let stage = Stage(state)
        let isAllowed = Transitions.allowed(for: event).contains(stage)
        // What it is about and not the event, which would be copied for it.
        let (position, number, word) = (position, event.ticket ?? TicketNumber(0), event.word)
        func what() -> String { "event \(position): ticket \(number) is \(word) while \(stage)" }
        if event.reply != nil { return _ = findings.check(.r3, isAllowed, what()) }
        if case .claimed = event {
            guard findings.check(.c1, stage != .claimed, what()) else { return }
        }
        guard findings.check(.d5, isAllowed, what()) else { return }
        switch event {
        case .handedBack(_, _, let line, _, _):
            findings.check(.d5, state.frames.last == line, "\(what()), to a line that it did not come from")
        case .overflowed(_, let line, _):
            findings.check(.d5, line != state.line, "\(what()), to the line that it is on")
        case .woke:
            findings.check(.d5, state.wakes.map { $0 <= lastAt } == true, "\(what()), before its time")
        default: break
        }
    }

    private mutating func checkClaim(_ record: Record, _ state: TicketState) {
        guard let token = record.event.token else { return }
        let (position, number) = (position, record.event.ticket ?? TicketNumber(0))
        func what() -> String { "event \(position): ticket \(number)" }
        let speaker = record.author.node ?? record.author.key
        if let holder = record.event.taker {
            findings.check(
                .c2, token > state.token, "\(what()) is claimed under \(token) after \(state.token)")
            findings.check(
                .c3, record.author.role == .desk || speaker == holder.node,
                "\(what()) is claimed for \(holder.node) by \(speaker)")
            return
        }
        checkFailures(record.event, state, what)
        // Without a claim the stage is wrong, which was said already.
        guard state.place == .claimed || record.author.role == .desk else { return }
        findings.check(
            .c3, token == state.token, "\(what()) is \(record.event.word) under \(token), not \(state.token)")
        guard record.author.role != .desk, token == state.token, let holder = state.holder else { return }
        findings.check(
            .c3, speaker == holder.node,
            "\(what()) is \(record.event.word) by \(speaker), held by \(holder.node)")
    }

    private mutating func checkFailures(_ event: Event, _ state: TicketState, _ what: () -> String) {
        guard case .released(_, _, let cause, _, let failures, let parks) = event else { return }
        let expected = state.failures &+ (cause.countsAsFailure ? 1 : 0)
        let isCounted = findings.check(
            .c12, failures == expected, "\(what()) has \(failures) failures, not \(expected)")
        guard isCounted, cause != .declined else { return }
        let mustPark = cause.countsAsFailure && failures >= limits.failuresMax
        findings.check(
            .c12, parks == mustPark, "\(what()) is \(parks ? "" : "not ")parked after \(failures) failures")
    }

    private mutating func checkEntry(_ event: Event, _ state: TicketState) {
        guard let entry = event.entry else { return }
        let invariant: Invariant =
            switch event {
            case .escalated, .handedBack: .e1
            case .replied, .resolved, .alerted, .acknowledged: .r1
            case .submitted, .followedUp, .claimed, .noted, .pended, .woke, .released, .closed, .amended,
                .tookOver, .merged, .configured, .overflowed, .improved:
                .d7
            }
        findings.check(
            invariant, entry == state.entries &+ 1,
            "event \(position) makes entry \(entry) of ticket \(event.ticket ?? TicketNumber(0)) after "
                + "\(state.entries)")
    }

    // MARK: - Tallies

    private mutating func tally(_ record: Record, by holder: Holder?) {
        let person = Holder(node: record.author.key, incarnation: 0)
        switch record.event {
        case .claimed(_, _, let taker, _): add(taker) { $0.claims += 1 }
        case .noted(_, nil, _, _): add(person) { $0.notes += 1 }
        case .noted: add(holder ?? person) { $0.notes += 1 }
        case .replied: add(holder) { $0.replies += 1 }
        case .escalated: add(holder) { $0.escalated += 1 }
        case .handedBack: add(holder) { $0.handedBack += 1 }
        case .resolved(_, _, let reply):
            add(holder) { $0.resolved += 1 }
            if reply != nil { add(holder) { $0.replies += 1 } }
        case .pended: add(holder) { $0.pended += 1 }
        case .released: if record.author.role != .desk { add(holder) { $0.released += 1 } }
        case .tookOver(_, _, let taker, _, _): add(taker) { $0.claims += 1 }
        case .submitted, .followedUp, .woke, .closed, .amended, .merged, .configured, .alerted, .acknowledged,
            .overflowed, .improved:
            break
        }
    }

    private mutating func add(_ holder: Holder?, _ body: (inout NodeTally) -> Void) {
        guard let holder else { return }
        let run = NodeRun(node: holder.node, incarnation: holder.incarnation)
        body(&tallies[run, default: NodeTally(node: run.node, incarnation: run.incarnation)])
    }
}
