package import Keys
package import Tickets
package import Wire
import ZeroMQ

/// A connection to a broker whose calls wait for their answer: for the command line, tests and rigs.
///
/// Belongs to the thread that made it, which sleeps in its calls; so it is never used inside a task. Whatever
/// happens to the broker meanwhile, a call ends: with the answer, or after the patience with what is wrong.
/// A command that is sent again under its id is carried out once.
package final class Connection {
    package let endpoint: String
    /// How long a call waits without any progress.
    package let patienceMilliseconds: Int64
    private let user: UserID
    private var link: BrokerLink
    private var poller: Poller
    private var events: [SessionEvent] = []
    private var keyRefusedSince: Int64?

    /// Starts connecting; nothing is said before the first call.
    ///
    /// `agent` is the person who works through this connection, if any. The patience is that of each call;
    /// the commands of a stream may take longer as long as answers keep coming. `isInsecureLoopback` is for a
    /// broker on this machine that was told to do without CURVE.
    ///
    /// - Throws: ``ClientError/noServerKey(server:user:)`` or ``ClientError/socket(_:)``.
    package init(
        endpoint: String, key: KeyFile, agent: Name? = nil, patienceMilliseconds: Int64 = 10_000,
        isInsecureLoopback: Bool = false
    ) throws(ClientError) {
        guard let security = key.brokerSecurity(isInsecureLoopback: isInsecureLoopback) else {
            throw .noServerKey(server: "broker", user: key.userID.text)
        }
        self.endpoint = endpoint
        self.patienceMilliseconds = patienceMilliseconds
        user = key.userID
        do {
            link = try BrokerLink(
                endpoint: endpoint, security: security, settings: SessionSettings(agent: agent),
                now: MonotonicTime.milliseconds,
                doors: { key.brokerSecurities(isInsecureLoopback: isInsecureLoopback) })
        } catch {
            throw .socket(error)
        }
        poller = Poller(link.pollItems)
    }

    /// Carries out one command. Who gives an id can repeat the call: the desk carries it out once.
    ///
    /// - Throws: ``ClientError/refused(_:)`` when nothing was changed, and why;
    ///   ``ClientError/outcomeUnknown(endpoint:id:milliseconds:)`` when nobody can tell.
    package func perform(_ action: Action, id: CommandID = .random()) throws(ClientError) -> Answer {
        let results = try perform([Command(id: id, action: action)], retriesRefusals: false)
        do {
            return try results[0].get()
        } catch {
            throw .refused(error)
        }
    }

    /// Carries out commands, many of them on their way at a time.
    ///
    /// - Parameters:
    ///   - commands: Drawn as room becomes free, so there may be any number.
    ///   - window: Commands that may be without their answer at a time. 1 keeps them in strict order.
    ///   - retriesRefusals: Whether those that were refused for now are sent again by themselves.
    ///   - progress: Called with the index of each command, from 0, as its result comes.
    /// - Returns: The results, in the order of the commands.
    /// - Throws: When it ended before every command had a result. Those that had one were told to `progress`.
    @discardableResult
    package func perform(
        _ commands: some Sequence<Command>, window: Int = 256, retriesRefusals: Bool = true,
        progress: (_ index: Int, _ result: Result<Answer, Refusal>) -> Void = { _, _ in }
    ) throws(ClientError) -> [Result<Answer, Refusal>] {
        precondition(window > 0, "a window of \(window) sends nothing")
        link.session.settings.window = window
        link.session.settings.retriesRefusals = retriesRefusals
        var stream = CommandStream(commands.makeIterator())
        var deadline = MonotonicTime.milliseconds + patienceMilliseconds
        while true {
            stream.fill(&link.session, upTo: 2 * window, progress)
            guard let first = stream.firstWaiting else { return stream.results }
            let now = MonotonicTime.milliseconds
            guard now < deadline else { throw diagnosis(command: first) }
            for event in try turn(until: deadline) {
                switch event {
                case .answered(let id, let result):
                    stream.take(id, result, progress)
                    deadline = MonotonicTime.milliseconds + patienceMilliseconds
                case .dismissed(let refusal):
                    throw .refused(refusal)
                case .welcomed, .granted, .revoked, .queryResult:
                    continue
                }
            }
        }
    }

    /// Asks a question that changes nothing, of a view that is at least at a position of the log.
    ///
    /// - Throws: ``ClientError/refused(_:)`` when the broker will not answer it. A view that is not there yet
    ///   is asked again until the patience ends.
    package func query(
        _ question: ProtoQuery.OneOf_Question, atLeast position: Position = .start
    ) throws(ClientError) -> ProtoQueryResult {
        let deadline = MonotonicTime.milliseconds + patienceMilliseconds
        var id = link.session.ask(question, atLeast: position)
        while true {
            guard MonotonicTime.milliseconds < deadline else { throw diagnosis(command: nil) }
            for event in try turn(until: deadline) {
                switch event {
                case .queryResult(id, .success(let result)):
                    return result
                case .queryResult(id, .failure(let refusal)):
                    guard let retry = refusal.retryAfterMilliseconds else { throw .refused(refusal) }
                    let time = MonotonicTime.milliseconds + retry
                    guard time < deadline else { throw .refused(refusal) }
                    while MonotonicTime.milliseconds < time { _ = try turn(until: time) }
                    id = link.session.ask(question, atLeast: position)
                case .dismissed(let refusal):
                    throw .refused(refusal)
                case .welcomed, .answered, .granted, .revoked, .queryResult:
                    continue
                }
            }
        }
    }

    /// Waits until the broker has let the session in: what `switchboard ping` and a start-up check need.
    package func waitUntilWelcomed() throws(ClientError) {
        let deadline = MonotonicTime.milliseconds + patienceMilliseconds
        while !link.session.isWelcomed {
            guard MonotonicTime.milliseconds < deadline else { throw diagnosis(command: nil) }
            for event in try turn(until: deadline) {
                if case .dismissed(let refusal) = event { throw .refused(refusal) }
            }
        }
    }

    /// Says goodbye. A goodbye that gets lost only means that the broker notices some seconds later.
    package func close() {
        guard !link.session.isOver else { return }
        link.session.leave()
        do {
            try link.send(now: MonotonicTime.milliseconds)
            // libzmq sends in the background, and the process may end next: a hundred times what it takes.
            if link.health.isConnected { try poller.wait(timeoutMilliseconds: 10) }
        } catch {
            // A broken socket cannot say goodbye; the broker notices the silence.
        }
    }

    /// Sends, sleeps until something happens, receives.
    private func turn(until deadline: Int64) throws(ClientError) -> [SessionEvent] {
        events.removeAll(keepingCapacity: true)
        if case .dismissed(let refusal) = link.session.state { throw .refused(refusal) }
        do {
            var now = MonotonicTime.milliseconds
            if try link.renewConnection(now: now) { poller = Poller(link.pollItems) }
            try link.send(now: now)
            poller.setWaitsToSend(0, link.waitsToSend)
            let wait = Int(clamping: max(deadline - now, 0))
            try poller.wait(timeoutMilliseconds: min(wait, link.timeoutMilliseconds(now: now) ?? wait))
            now = MonotonicTime.milliseconds
            while try link.receive(now: now, into: &events) > 0 {}
        } catch {
            throw .socket(error)
        }
        // It does not pass: libzmq does not try again.
        if link.health.isOtherMechanism { throw .otherMechanism(endpoint: endpoint) }
        try giveUpOnRefusedKey()
        return events
    }

    /// A key that was added a moment ago is known within a second; a refusal that lasts longer is meant.
    private func giveUpOnRefusedKey() throws(ClientError) {
        guard link.health.isKeyRefused else { return keyRefusedSince = nil }
        let now = MonotonicTime.milliseconds
        let since = keyRefusedSince ?? now
        keyRefusedSince = since
        if now - since > 1_500 { throw .keyRefused(endpoint: endpoint, user: user.text) }
    }

    /// What is wrong, after the patience has ended.
    private func diagnosis(command id: CommandID?) -> ClientError {
        let health = link.health
        if health.isKeyRefused { return .keyRefused(endpoint: endpoint, user: user.text) }
        if let id, link.session.wasSent(id) {
            return .outcomeUnknown(endpoint: endpoint, id: id, milliseconds: patienceMilliseconds)
        }
        guard health.isReached else {
            return .nothingListens(endpoint: endpoint, milliseconds: patienceMilliseconds)
        }
        guard health.failure == nil else { return .wrongServer(endpoint: endpoint, user: user.text) }
        return .noAnswer(endpoint: endpoint, milliseconds: patienceMilliseconds)
    }
}

@available(*, unavailable)
extension Connection: Sendable {}
