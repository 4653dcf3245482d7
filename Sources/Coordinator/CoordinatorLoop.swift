import Client
import Keys
import Logging
import Tickets
import Wire
import ZeroMQ

/// The coordinator's loop: frames come in, the ledger takes them, answers leave.
///
/// Owned by the socket's thread from first line to last. Nothing in it waits for a peer.
struct CoordinatorLoop: ~Copyable {
    /// The endpoint as it came out, with its port.
    let endpoint: String
    private let configuration: CoordinatorConfiguration
    private let state: CoordinatorState
    private let zap: ZapHandler?
    private let stop: WakeUp
    private let logger: Logger
    private let router: Socket
    private var dealer: Socket
    private var poller: Poller
    private var poll: BrokerPoll
    /// Since when frames for the broker cannot leave; nil while they can. Then room is waited for, not time.
    private var blockedSince: Int64?
    /// Connections to the broker that were made anew.
    private var connections = 0
    private var brokerWasUp = false
    /// The last answer to a question for figures, so that a crowd that asks costs no more than one who does.
    private var figures: (seconds: UInt32, at: Int64, json: String)?

    /// How long ``figures`` may be given again.
    private static let figuresMilliseconds: Int64 = 250
    /// How long nothing may leave before there is a new socket: libzmq gives an endpoint up for good after a
    /// handshake with something that does not speak CURVE.
    private static let blockedMilliseconds: Int64 = 5_000
    private enum Item {
        static let stop = 0
        static let router = 1
        static let dealer = 2
    }

    /// The sockets are of this thread.
    init(
        _ sockets: consuming CoordinatorSockets, _ configuration: CoordinatorConfiguration,
        _ state: CoordinatorState, zap: ZapHandler?, stop: WakeUp, logger: Logger
    ) {
        endpoint = sockets.endpoint
        router = sockets.router
        dealer = sockets.dealer
        poller = Self.makePoller(stop, router, dealer)
        poll = BrokerPoll(
            intervalMilliseconds: configuration.pollMilliseconds, now: CoordinatorClock.milliseconds)
        self.configuration = configuration
        self.state = state
        self.zap = zap
        self.stop = stop
        self.logger = logger
    }

    /// Starts the process's one ZAP handler; nil when the configuration says that somebody else has.
    static func startZap(
        _ configuration: CoordinatorConfiguration, _ logger: Logger
    ) throws(ZeroMQError) -> ZapHandler? {
        guard configuration.startsZapHandler else { return nil }
        let registry = configuration.registry
        return try ZapHandler(domain: configuration.zapDomain) { refusal in
            logger.debug("a connection from \(refusal.address) was refused: \(refusal.reason)")
        } userID: { key in
            registry.key(key, nowMilliseconds: CoordinatorClock.milliseconds)?.credential
        }
    }

    private static func makePoller(
        _ stop: WakeUp, _ router: borrowing Socket, _ dealer: borrowing Socket
    ) -> Poller {
        Poller([PollItem(fileDescriptor: stop.fileDescriptor), router.pollItem, dealer.pollItem])
    }

    /// Runs until ``stop`` rings.
    mutating func run() throws {
        var moreWaits = false
        while true {
            let now = CoordinatorClock.milliseconds
            let timeout = blockedSince != nil ? 1_000 : poll.timeoutMilliseconds(at: now)
            poller.setWaitsToSend(Item.dealer, blockedSince != nil)
            try poller.wait(timeoutMilliseconds: moreWaits ? 0 : timeout)
            guard !poller.isReady(Item.stop) else { break }
            if let zap, !zap.isHealthy {
                throw CoordinatorError.zapHandlerEnded(zap.failure.map { "\($0)" } ?? "stopped")
            }
            moreWaits = try receiveFromPeers()
            if try receiveFromBroker() { moreWaits = true }
            try talkToBroker()
        }
        poll.leave()
        try talkToBroker()
        logger.info("the coordinator at \(endpoint) leaves")
    }

    /// - Returns: Whether more may wait than was taken.
    private mutating func receiveFromPeers() throws(ZeroMQError) -> Bool {
        let now = CoordinatorClock.milliseconds
        for _ in 0..<configuration.framesPerTurn {
            let routed = try router.receiveRouted { peer, userID, payload in
                (peer, userID, ProtoToCoordinator.decode(payload))
            }
            switch routed {
            case nil: return false
            // No client of ours sends one.
            case .malformed: continue
            case .message((let peer, let userID, let envelope)):
                try handle(envelope, from: peer, userID, at: now)
            }
        }
        return true
    }

    private mutating func handle(
        _ envelope: Result<ProtoToCoordinator, Refusal>, from peer: Peer, _ credential: String?, at now: Int64
    ) throws(ZeroMQError) {
        let known = credential.flatMap { configuration.registry.key(credential: $0, nowMilliseconds: now) }
        guard let key = known else {
            return try answer(ProtoError(Refusal(.notAuthorised, "this key may no longer connect")), to: peer)
        }
        switch envelope {
        case .failure(let refusal):
            try answer(ProtoError(refusal), to: peer)
        case .success(let envelope):
            switch envelope.body {
            case .metrics(let metrics):
                let allows = CoordinatorPermissions.allowsPushing(metrics, by: key)
                state.change { ledger in
                    if allows { ledger.take(metrics, at: now) } else { ledger.refuse() }
                }
            case .query(let query):
                try answer(query, to: peer, key.userID, at: now)
            case nil:
                let refusal = Refusal(.malformedFrame, "the envelope has no body that this version knows")
                try answer(ProtoError(refusal), to: peer)
            }
        }
    }

    private mutating func answer(
        _ query: ProtoQuery, to peer: Peer, _ userID: UserID, at now: Int64
    ) throws(ZeroMQError) {
        guard case .figures(let question) = query.question else {
            let reason = "the coordinator answers questions for figures; ask the broker about tickets"
            return try answer(ProtoError(Refusal(.malformedFrame, reason), query: query.id), to: peer)
        }
        guard CoordinatorPermissions.allowsFigures(userID.role) else {
            let reason = "a key with the role \(userID.role.word) may not read figures"
            return try answer(ProtoError(Refusal(.notAuthorised, reason), query: query.id), to: peer)
        }
        var result = ProtoQueryResult()
        result.id = query.id
        result.position = state.copy.stats?.position ?? 0
        result.figures.json = figuresJSON(question.seconds, at: now)
        var item = ProtoItem()
        item.queryResult = result
        try send(item, to: peer)
    }

    private mutating func figuresJSON(_ seconds: UInt32, at now: Int64) -> String {
        if let figures, figures.seconds == seconds, now - figures.at < Self.figuresMilliseconds {
            return figures.json
        }
        let json = FiguresReport.json(
            state.copy, seconds: seconds, at: now, wallMilliseconds: CoordinatorClock.wallMilliseconds)
        figures = (seconds, now, json)
        return json
    }

    private func answer(_ error: ProtoError, to peer: Peer) throws(ZeroMQError) {
        var item = ProtoItem()
        item.error = error
        try send(item, to: peer)
    }

    private func send(_ item: ProtoItem, to peer: Peer) throws(ZeroMQError) {
        var envelope = ProtoFromBroker()
        envelope.version = wireVersion
        envelope.items = [item]
        switch try router.send(envelope.encoded(), to: peer) {
        case .sent: break
        // Who asks, and does not read or is gone, asks again.
        case .full, .unroutable: break
        }
    }

    /// - Returns: Whether more may wait than was taken.
    private mutating func receiveFromBroker() throws(ZeroMQError) -> Bool {
        for _ in 0..<configuration.framesPerTurn {
            guard let frame = try dealer.receive({ FrameFromBroker.decode($0) }) else { return false }
            switch frame {
            case .success(let frame):
                let now = CoordinatorClock.milliseconds
                // Locked once a frame: the poll belongs to this thread.
                var poll = poll
                state.change { poll.receive(frame, into: &$0, at: now) }
                self.poll = poll
            case .failure(let refusal):
                logger.warning("a frame of the broker makes no sense and is ignored: \(refusal)")
            }
        }
        return true
    }

    private mutating func talkToBroker() throws(ZeroMQError) {
        let now = CoordinatorClock.milliseconds
        let isStuck = blockedSince.map { now - $0 >= Self.blockedMilliseconds } ?? false
        if isStuck || poll.session.wantsNewConnection(now: now) {
            connections += 1
            dealer = try CoordinatorSockets.connect(configuration, attempt: connections)
            poller = Self.makePoller(stop, router, dealer)
            poll.connectionReplaced(at: now)
            blockedSince = nil
        }
        poll.tick(at: now)
        var isBlocked = false
        while !isBlocked, let frame = poll.nextFrame(at: now) {
            guard try dealer.send(frame.encoded()) != .sent else { continue }
            poll.unsent()
            isBlocked = true
        }
        blockedSince = isBlocked ? blockedSince ?? now : nil
        noteBroker(poll.isUp(at: now))
    }

    private mutating func noteBroker(_ isUp: Bool) {
        state.change { $0.brokerIsUp = isUp }
        guard isUp != brokerWasUp else { return }
        brokerWasUp = isUp
        if isUp {
            logger.info("the broker at \(configuration.brokerEndpoint) answers")
        } else {
            let reason = poll.dismissal.map { ": \($0)" } ?? ""
            logger.warning(
                "the broker at \(configuration.brokerEndpoint) does not answer\(reason); figures are of before"
            )
        }
    }
}
