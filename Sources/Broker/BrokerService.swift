import Desk
import Keys
package import Logging
import ServiceLifecycle
import Storage
import Synchronization
import Tickets
import Wire
import ZeroMQ

/// The broker of one desk, from recovery until it is drained.
package final class BrokerService: Service {
    private let configuration: BrokerConfiguration
    private let logger: Logger
    private let ready: @Sendable (_ endpoint: String) -> Void

    /// - Parameters:
    ///   - configuration: What to run.
    ///   - logger: Lines for somebody who is woken at night; no ticket text.
    ///   - ready: Called once, when the broker serves, with the endpoint that it bound. Any thread.
    package init(
        _ configuration: BrokerConfiguration, logger: Logger,
        ready: @escaping @Sendable (_ endpoint: String) -> Void
    ) {
        self.configuration = configuration
        self.logger = logger
        self.ready = ready
    }

    /// Runs until shut down.
    ///
    /// - Throws: `StoreError` when the store cannot be opened or failed: the process must end then, because what
    ///   is on disk is known only after a new start. `ZeroMQError` when the endpoint cannot be bound.
    package func run() async throws {
        let mailbox = try Mailbox<Post>(capacity: 65_536)
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await withDedicatedThread(named: "sb.broker") { [configuration, logger, ready] in
                    try Self.serve(configuration, mailbox, logger, ready)
                }
            } onGracefulShutdown: {
                mailbox.postAlways(.drain)
            }
        } onCancel: {
            // Somebody else in the process failed; a thread has no other way to hear of it.
            mailbox.postAlways(.drain)
        }
    }

    /// The broker's thread, from first line to last.
    private static func serve(
        _ configuration: BrokerConfiguration, _ mailbox: Mailbox<Post>, _ logger: Logger,
        _ ready: @Sendable (String) -> Void
    ) throws {
        let log = try configuration.store.openLog()
        let epoch = log.epoch
        let started = DeskClock.microseconds
        let recovered = try Recovery.loadDesk(from: configuration.store, settings: configuration.settings)
        let desk = recovered.desk
        // Settings that are about to become a version are held against the tickets then.
        let becomesConfigured = desk.version == 0 && configuration.deskSource != nil
        if !becomesConfigured, let need = desk.firstNeed(missingFrom: desk.settings) {
            throw StoreError(.unusable, need.description)
        }
        logger.info(
            """
            recovered \(desk.lastTicket) tickets, \(desk.census.open) of them open, at event \(desk.position) in \
            \((DeskClock.microseconds - started) / 1_000) ms (\(recovered.replayed) events after the snapshot); \
            epoch \(epoch)
            """)

        // Bound before anything else starts, so that a port in use is all that there is to say.
        let audit = try configuration.audit.map { try startAudit($0, logger) }
        defer { audit?.stopAndJoin() }
        let refusals = RefusalWatch(logger: logger, audit: audit)
        let zap = try startZap(configuration, refusals)
        defer { zap.stop() }
        let options = SocketOptions(security: configuration.security(domain: zapDomain))
        let socket = try Socket(.router, options: options)
        let endpoint = try socket.bind(configuration.endpoint)
        let locked = DeskClock.microseconds
        try refusals.during { try tryLock(endpoint, configuration) }
        logger.info(
            "strangers were kept out of \(endpoint), as was tried in \((DeskClock.microseconds - locked) / 1_000) ms"
        )
        let connections = try ConnectionGuard(endpoint, configuration.backlogBounds, logger, audit)
        defer { connections.stopAndJoin() }
        if configuration.isInsecureLoopback {
            logger.warning(
                "no CURVE on \(endpoint): everybody on this machine may do everything, under any name")
        }

        let librarianBox = try Mailbox<Librarian.Request>(capacity: 4_096)
        let projectorInbox = try ProjectorInbox()
        let projector = try ProjectorThread(
            store: configuration.store, inbox: projectorInbox, loop: mailbox, librarian: librarianBox)
        defer { projector.stopAndJoin() }
        let librarian = try Librarian(
            store: configuration.store, requests: librarianBox, loop: mailbox, projector: projectorInbox,
            logger: logger)
        defer { librarian.stopAndJoin() }
        let storeThread = try StoreThread(log: log, to: mailbox, then: projectorInbox.turns)
        defer { storeThread.stopAndJoin() }
        let snapshots = try SnapshotKeeper(
            store: configuration.store, every: configuration.eventsPerSnapshot,
            since: recovered.snapshot?.rawValue ?? 0, logger: logger)
        let diskGuard = try configuration.freeBytes.map { try DiskGuard($0, to: mailbox) }
        defer { diskGuard?.stopAndJoin() }

        var loop = BrokerLoop(
            BrokerLoop.Parts(
                socket: socket, mailbox: mailbox, storeThread: storeThread, librarian: librarianBox,
                snapshots: snapshots, configuration: configuration, epoch: epoch, desk: desk,
                clock: DeskClock(notBefore: desk.lastMoment),
                meters: try BrokerMeters(configuration, incarnation: epoch), zap: zap,
                connections: connections, audit: audit,
                logger: logger))
        audit?.record(
            .brokerStarted, who: configuration.keys.publicKey.text,
            "\(endpoint), epoch \(epoch), \(configuration.isInsecureLoopback ? "without" : "with") CURVE; its lock was tried"
        )
        do {
            try loop.begin(configuration)
            ready(endpoint)
            try loop.run()
        } catch {
            // No snapshot of a desk that may be ahead of its log.
            snapshots.abandon()
            audit?.record(.brokerStopped, who: configuration.keys.publicKey.text, "\(error)")
            throw error
        }
        audit?.record(.brokerStopped, who: configuration.keys.publicKey.text, "drained")
        snapshots.finish(loop.exchange.desk)
    }

    private static let zapDomain = "switchboard"

    private static func startAudit(_ file: AuditFile, _ logger: Logger) throws -> AuditLog {
        try AuditLog(file, wall: { DeskClock.wall }) { error in
            logger.error("lines of the audit log were lost: \(error)")
        }
    }

    private static func startZap(
        _ configuration: BrokerConfiguration, _ refusals: RefusalWatch
    ) throws -> ZapHandler {
        try ZapHandler(
            domain: zapDomain, onRefusal: { refusals.take($0) }, lookup: configuration.lookup)
    }

    /// - Throws: ``LockError`` when strangers get in: then nobody is served.
    private static func tryLock(_ endpoint: String, _ configuration: BrokerConfiguration) throws {
        if configuration.isInsecureLoopback {
            try LockTrial.run(insecureLoopback: endpoint)
        } else {
            try LockTrial.run(endpoint, server: configuration.keys.publicKey)
        }
    }
}
