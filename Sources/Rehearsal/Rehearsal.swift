package import Desk
import Promises
import Randomness
package import Tickets

/// Plays a plan against the real rules in virtual time, a moment after the other.
///
/// The desk is the one that a broker runs, fed with the same inputs; what nodes and channels would do is played. Nothing
/// here bypasses a rule or makes an event, so the records are a log like any other.
package struct Rehearsal: Sendable {
    /// Who brings what customers write.
    static let channels = SessionID(1)

    package let plan: RehearsalPlan
    /// What is to be said of it in the end.
    package internal(set) var ledger: RehearsalLedger
    var exchange: Exchange
    var agenda = Agenda()
    var people: [Person] = []
    /// Decides what customers do.
    var fortune: SplitMix64
    /// Tickets whose customers were asked something already.
    var askedAbout: Set<TicketNumber> = []
    private let end: Moment
    private(set) var now: Moment
    private var commands: UInt64 = 0
    private var turn = Turn()

    /// - Throws: Why the settings make no desk.
    package init(_ plan: RehearsalPlan) throws(Refusal) {
        self.plan = plan
        let zone = plan.settings.hours.zone
        now = zone.moment(of: plan.firstDay, minute: 0)
        end = zone.moment(of: plan.firstDay.advanced(by: plan.days), minute: 0)
        exchange = Exchange(
            desk: Desk(settings: DeskSettings(heartbeatMilliseconds: plan.settings.heartbeatMilliseconds)),
            now: now)
        ledger = RehearsalLedger(plan.settings)
        fortune = SplitMix64(seed: plan.seed)
        try exchange.begin(plan.settings, source: plan.source, into: &turn)
        let channels = Author(role: .client, key: "channels")
        exchange.handle(.hello(Self.channels, channels, nil), at: now, into: &turn)
        giveChannelSign()
        planDemand()
        planShifts()
    }

    package var desk: Desk { exchange.desk }

    /// How far it is: 0 at the beginning, 1 at the end.
    package var progress: Double {
        let whole = end.milliseconds(since: plan.settings.hours.zone.moment(of: plan.firstDay, minute: 0))
        return 1 - Double(end.milliseconds(since: now)) / Double(max(1, whole))
    }

    /// What the next moment at which something happens adds to the log, perhaps nothing; nil when the days are over.
    package mutating func next() -> [Record]? {
        guard now < end else { return nil }
        let deadline = exchange.nextDeadline ?? .distantFuture
        now = max(now, min(agenda.next ?? .distantFuture, deadline, end))
        while let item = agenda.take(at: now) { play(item) }
        exchange.endTurn(at: now, judges: true, into: &turn)
        let turn = turn
        self.turn = Turn()
        ledger.follow(turn.records, of: exchange.desk, at: now)
        for directive in turn.directives { obey(directive) }
        if now >= end { ledger.close(exchange.desk, at: now) }
        return turn.records
    }

    /// Takes what the desk's outbox has for customers in the end, every letter of it, and judges it like the rest.
    package mutating func read(outbox texts: some Sequence<String>) {
        ledger.read(texts, at: now)
    }

    private mutating func play(_ item: Agenda.Item) {
        switch item {
        case .request(let submission): receive(submission)
        case .message(let number, let isReminder): write(about: number, isReminder: isReminder)
        case .channelSign: giveChannelSign()
        case .begins(let index): begin(index)
        case .sign(let index): giveSign(index)
        case .ends(let index): stop(index)
        case .read(let index, let work): greet(work, by: index)
        case .worked(let index, let work): finish(work, by: index)
        }
    }

    private mutating func obey(_ directive: Directive) {
        switch directive {
        case .grant(let session, let grant): take(grant, by: session)
        case .revoke(let session, let number, let token, _, _): drop(number, token, of: session)
        case .dismiss(let session, let refusal):
            ledger.find("session \(session) was ended: \(refusal)", nil, at: now)
        case .unknownSession(let session):
            ledger.find("session \(session) was thought to be gone", nil, at: now)
        case .welcome, .answer, .refuse, .pong: break
        }
    }

    // MARK: - Asking the desk

    mutating func handle(_ input: Input) {
        exchange.handle(input, at: now, into: &turn)
    }

    /// Sends a command, and gives its answer.
    ///
    /// - Throws: What the desk refuses it with.
    @discardableResult
    mutating func ask(_ action: Action, from session: SessionID) throws(Refusal) -> Answer {
        commands += 1
        let command = Command(id: CommandID(high: 0x7265_6865_6172, low: commands), action: action)
        let sent = turn.directives.count
        exchange.handle(.command(session, command), at: now, into: &turn)
        for directive in turn.directives[sent...] {
            switch directive {
            case .answer(session, command.id, let answer): return answer
            case .refuse(session, command.id, let refusal): throw refusal
            default: continue
            }
        }
        throw Refusal(.unknownSession, "nobody answered session \(session)")
    }

    /// A moment drawn between two spans from now, in milliseconds.
    mutating func later(_ milliseconds: Int64, upTo longest: Int64) -> Moment {
        let more = Int64(fortune.unit() * Double(longest - milliseconds))
        return now.advanced(byMilliseconds: milliseconds + more)
    }
}
