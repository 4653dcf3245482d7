import Client
import Keys
import Logging
import Tickets
import Wire
import ZeroMQ

/// The socket thread of a node: owns its sockets and its logic from first line to last.
struct NodeLoop: ~Copyable {
    /// Posts that wait beyond those of the seats: the few that ask to drain.
    static let postsSpare = 64
    private static let troubleMilliseconds: Int64 = 60_000

    private let configuration: NodeConfiguration
    private let mailbox: Mailbox<NodePost>
    private let orders: AsyncStream<WorkOrder>.Continuation
    private let logger: Logger
    private let onReady: @Sendable (SessionWelcome) -> Void
    private var logic: NodeLogic
    private var link: BrokerLink
    private var pusher: MetricsPusher?
    private var poller: Poller
    private var cancellations: [HeldClaim: AsyncStream<Void>.Continuation] = [:]
    private var directives: [NodeDirective] = []
    private var events: [SessionEvent] = []
    private var posts: [NodePost] = []
    /// When a trouble with the connection is next worth a line.
    private var troubleDue: Int64

    init(
        _ configuration: NodeConfiguration, mailbox: Mailbox<NodePost>,
        orders: AsyncStream<WorkOrder>.Continuation, logger: Logger,
        onReady: @escaping @Sendable (SessionWelcome) -> Void
    ) throws {
        let key = configuration.key
        guard let security = key.brokerSecurity(isInsecureLoopback: configuration.isInsecureLoopback) else {
            throw NodeError.noServerKey(user: key.userID.text)
        }
        let identity = NodeIdentity(
            name: configuration.name, incarnation: WallTime.microseconds, line: configuration.line,
            seats: configuration.seats, shift: configuration.shift)
        var settings = SessionSettings(node: identity)
        settings.retriesRefusals = true
        settings.window = max(256, 2 * configuration.seats)
        let now = MonotonicTime.milliseconds
        let link = try BrokerLink(
            endpoint: configuration.brokerEndpoint, security: security, settings: settings, now: now,
            doors: {
                configuration.keyNow.brokerSecurities(isInsecureLoopback: configuration.isInsecureLoopback)
            })
        let pusher = try Self.makePusher(configuration, logger, now)
        // Nothing throws from here on: a value that cannot be copied must not be half made.
        var random = SystemRandomNumberGenerator()
        var logicSettings = NodeLogic.Settings(
            identity: identity, drainGraceMilliseconds: configuration.drainGraceMilliseconds,
            commandSeed: random.next())
        logicSettings.acceptsAtOnce = !configuration.handler.asksFirst
        logic = NodeLogic(logicSettings)
        poller = Poller(link.pollItems + [mailbox.pollItem])
        self.link = link
        self.pusher = pusher
        self.configuration = configuration
        self.mailbox = mailbox
        self.orders = orders
        self.logger = logger
        self.onReady = onReady
        troubleDue = now + 3_000
    }

    /// Serves until the node has left.
    ///
    /// - Throws: ``NodeError/dismissed(node:_:)``, or what the sockets threw.
    mutating func runUntilOver() throws {
        // A goodbye that cannot leave is not waited for: the broker notices the silence.
        while !link.session.isOver, !(logic.hasLeft && link.waitsToSend) { try turn() }
        try pushMetrics(now: MonotonicTime.milliseconds)
        // libzmq sends in the background and nobody says when it has: this is a thousand times what it takes.
        try poller.wait(timeoutMilliseconds: 100)
        if let refusal = logic.dismissal {
            throw NodeError.dismissed(node: configuration.name, refusal)
        }
    }

    private mutating func turn() throws {
        try sleep()
        let now = MonotonicTime.microseconds
        events.removeAll(keepingCapacity: true)
        try link.receive(now: now / 1_000, into: &events)
        for event in events { logic.take(event, &link.session, now: now, into: &directives) }
        posts.removeAll(keepingCapacity: true)
        mailbox.drain(into: &posts)
        for post in posts { take(post, now) }
        logic.tick(&link.session, now: now, into: &directives)
        if logic.looksAtHandler(now: now) {
            let obstacle = configuration.handler.obstacle()
            logic.lookedAtHandler(obstacle: obstacle, &link.session, now: now, into: &directives)
        }
        carryOut(now)
        let logic = logic
        try link.send(now: now / 1_000, held: { logic.held })
        if let due = pusher?.nextMilliseconds, now / 1_000 >= due { try pushMetrics(now: now / 1_000) }
        noteTrouble(now / 1_000)
    }

    /// The only place where this thread waits.
    private mutating func sleep() throws {
        let now = MonotonicTime.milliseconds
        if try link.renewConnection(now: now) {
            poller = Poller(link.pollItems + [mailbox.pollItem])
            logger.info("the connection to the broker leads nowhere; made a new one")
        }
        poller.setWaitsToSend(0, link.waitsToSend)
        let deadlines = [
            link.timeoutMilliseconds(now: now).map { now + Int64($0) },
            // Rounded up, so that it has passed when this thread wakes.
            logic.nextDeadline.map { $0 / 1_000 + 1 }, pusher?.nextMilliseconds,
        ]
        let next = deadlines.compactMap { $0 }.min() ?? now + Self.troubleMilliseconds
        try poller.wait(timeoutMilliseconds: Int(clamping: max(next - now, 0)))
    }

    private mutating func take(_ post: NodePost, _ now: Int64) {
        switch post {
        case .decided(let claim, let decision):
            cancellations[claim] = nil
            logic.finish(claim, decision, wall: WallTime.now, &link.session, now: now, into: &directives)
        case .failed(let claim, let reason):
            cancellations[claim] = nil
            logic.fail(claim, reason: reason, &link.session, now: now, into: &directives)
        case .notStarted(let claim, let reason):
            cancellations[claim] = nil
            logic.cannotStart(claim, reason: reason, &link.session, now: now, into: &directives)
        case .accepted(let claim):
            logic.accept(claim, &link.session, now: now, into: &directives)
        case .back:
            logic.comeBack(&link.session)
            logic.lookAtHandlerSoon()
            logger.notice(
                logic.isOutOfOrder ? "back; is there work that can be started?" : "back; taking tickets again"
            )
        case .drain:
            logic.drain(&link.session, now: now, into: &directives)
        case .stop:
            logic.stop(&link.session, now: now, into: &directives)
        }
    }

    /// Carries out directives in order; those that follow from one come after those that were there.
    private mutating func carryOut(_ now: Int64) {
        var index = 0
        while index < directives.count {
            switch directives[index] {
            case .start(let assignment): start(assignment, now)
            case .cancel(let claim): cancellations.removeValue(forKey: claim)?.finish()
            case .announceReady(let welcome): onReady(welcome)
            case .log(let occurrence): occurrence.log(to: logger)
            }
            index += 1
        }
        directives.removeAll(keepingCapacity: true)
    }

    private mutating func start(_ assignment: Assignment, _ now: Int64) {
        let claim = HeldClaim(ticket: assignment.number, token: assignment.token)
        if let decision = configuration.handler.decideAtOnce(assignment) {
            logic.finish(claim, decision, wall: WallTime.now, &link.session, now: now, into: &directives)
            return
        }
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let order = WorkOrder(assignment: assignment, cancellation: stream)
        switch orders.yield(order) {
        case .enqueued:
            cancellations[claim] = continuation
        case .dropped, .terminated:
            logic.fail(
                claim, reason: "the node has more work than it can start", &link.session, now: now,
                into: &directives)
        @unknown default:
            preconditionFailure("an AsyncStream that neither takes nor drops")
        }
    }

    private mutating func pushMetrics(now: Int64) throws {
        guard pusher != nil else { return }
        try pusher?.push(logic.metrics(link.session, wall: WallTime.now), now: now)
    }

    private static func makePusher(
        _ configuration: NodeConfiguration, _ logger: Logger, _ now: Int64
    ) throws(ZeroMQError) -> MetricsPusher? {
        guard let endpoint = configuration.coordinatorEndpoint else { return nil }
        guard configuration.key.coordinator != nil else {
            logger.warning("the key file has no line `coordinator:`; no metrics are sent")
            return nil
        }
        return try MetricsPusher(
            endpoint: endpoint, intervalMilliseconds: configuration.metricsMilliseconds, now: now,
            doors: { configuration.keyNow.coordinatorSecurities })
    }

    /// Says, now and then, why the node cannot get at its broker.
    private mutating func noteTrouble(_ now: Int64) {
        guard !link.session.isWelcomed else {
            troubleDue = now + 3_000
            return
        }
        guard !link.session.isOver, now >= troubleDue else { return }
        troubleDue = now + Self.troubleMilliseconds
        let endpoint = configuration.brokerEndpoint
        let health = link.health
        let metadata: Logger.Metadata = ["endpoint": "\(endpoint)", "held": "\(logic.heldCount)"]
        if health.isKeyRefused {
            logger.warning("the broker does not know this node's key; trying on", metadata: metadata)
        } else if health.isOtherMechanism {
            logger.warning("the broker and this node do not both use CURVE; trying on", metadata: metadata)
        } else if !health.isReached {
            logger.warning("nothing listens at the broker's endpoint; trying on", metadata: metadata)
        } else if health.failure != nil {
            logger.warning("whoever listens there is not our broker; trying on", metadata: metadata)
        } else {
            logger.warning("the broker does not answer; trying on", metadata: metadata)
        }
    }
}
