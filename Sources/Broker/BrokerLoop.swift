import Desk
import Keys
import Logging
import Storage
import Tickets
import Wire
import ZeroMQ

/// The broker's loop: frames come in, the exchange decides, the log commits, frames leave.
///
/// Owned by the socket thread from first line to last. While one turn is being stored the next one gathers; it
/// is handed over when the store is free, so that the load itself makes the batches.
struct BrokerLoop: ~Copyable {
    let socket: Socket
    let mailbox: Mailbox<Post>
    let storeThread: StoreThread
    let librarian: Mailbox<Librarian.Request>
    let snapshots: SnapshotKeeper
    let bounds: TurnBounds
    let diskReserveBytes: Int64
    let incarnation: UInt64
    let zap: ZapHandler
    let connections: ConnectionGuard
    let registry: KeyRegistry
    let audit: AuditLog?
    let logger: Logger
    var exchange: Exchange
    var clock: DeskClock
    var texts: TextCache
    var peers: PeerTable
    /// Of the list of keys that the sessions were held against.
    var keysGeneration: UInt64 = 0
    var keysFollowedMicroseconds: Int64 = 0
    /// Why the list could not be read, as it was told last.
    var keysFailure: KeyError?
    var meters: BrokerMeters
    var frames = FrameSet()
    /// The turn that gathers.
    var gathering = Gathering()
    /// What leaves when the turn that is being stored is on disk; nil while the store is idle.
    var awaiting: Outgoing?
    var viewPosition = Position.start
    var isDraining = false
    /// Whether conversations are being read ahead.
    var isFetching = false
    /// At how many claims it is looked again which conversations will be needed.
    var nextLook: UInt64 = 0
    private var poller: Poller
    private var posts: [Post] = []
    private var inboxIsEmpty = true
    private var lastWakeMicroseconds = DeskClock.microseconds
    private var lastJudgedMicroseconds = DeskClock.microseconds

    init(_ parts: consuming Parts) {
        socket = parts.socket
        mailbox = parts.mailbox
        storeThread = parts.storeThread
        librarian = parts.librarian
        snapshots = parts.snapshots
        bounds = parts.configuration.bounds
        diskReserveBytes = parts.configuration.diskReserveBytes
        incarnation = parts.epoch
        logger = parts.logger
        zap = parts.zap
        connections = parts.connections
        registry = parts.configuration.registry
        audit = parts.audit
        clock = parts.clock
        peers = PeerTable(costPerSecond: parts.configuration.costPerSecond)
        texts = TextCache(byteCountMax: parts.configuration.textCacheBytes)
        meters = parts.meters
        exchange = Exchange(desk: parts.desk, now: parts.clock.now)
        poller = Poller([socket.pollItem, mailbox.pollItem])
    }

    /// What a loop is made of.
    struct Parts: ~Copyable {
        let socket: Socket
        let mailbox: Mailbox<Post>
        let storeThread: StoreThread
        let librarian: Mailbox<Librarian.Request>
        let snapshots: SnapshotKeeper
        let configuration: BrokerConfiguration
        let epoch: UInt64
        let desk: Desk
        let clock: DeskClock
        let meters: BrokerMeters
        let zap: ZapHandler
        let connections: ConnectionGuard
        let audit: AuditLog?
        let logger: Logger
    }

    /// Makes the settings that came with the process version 1 of a desk that has none.
    ///
    /// - Throws: Why these settings cannot be the desk's.
    mutating func begin(_ configuration: BrokerConfiguration) throws(Refusal) {
        guard let source = configuration.deskSource else { return }
        guard exchange.desk.version == 0 else {
            return logger.notice(
                """
                the desk has version \(exchange.desk.version) of its configuration, from its log; what came with this \
                start is not used: `switchboard config diff` shows the difference, `apply` makes it so
                """)
        }
        try exchange.begin(configuration.settings, source: source, into: &gathering.turn)
    }

    /// Runs until drained.
    ///
    /// - Throws: `StoreError` when the store failed: nothing was answered that is not on disk, and the process
    ///   must end. `ZeroMQError` when the socket did.
    mutating func run() throws {
        // Filling the floor of a large desk was no stall.
        lastWakeMicroseconds = DeskClock.microseconds
        while !(isDraining && awaiting == nil && gathering.isEmpty) {
            try wait()
            try takePosts()
            inboxIsEmpty = try receive()
            followKeys()
            exchange.endTurn(at: clock.now, judges: mayJudge(), into: &gathering.turn)
            follow()
            fetchAhead()
            try handOver()
            meters.pushIfDue(exchange, viewPosition)
            // Without it nobody new gets in; fail where somebody sees it rather than close the door silently.
            if let failure = zap.failure { throw failure }
        }
        try sendRest()
        logger.info(
            "drained at event \(exchange.desk.position); \(exchange.desk.census.open) tickets are open")
    }

    /// Whether silence may be judged: nothing waits unread, or nothing has for so long that everybody's frames of
    /// a second ago were read; a load that never ends must not keep dead nodes alive.
    private mutating func mayJudge() -> Bool {
        let now = DeskClock.microseconds
        guard inboxIsEmpty || now - lastJudgedMicroseconds > 1_000_000 else { return false }
        lastJudgedMicroseconds = now
        return true
    }

    /// The only place where this thread sleeps.
    private mutating func wait() throws {
        let timeout = gatheringIsFull ? 100 : timeoutMilliseconds()
        let before = DeskClock.microseconds
        try poller.wait(timeoutMilliseconds: timeout)
        let after = DeskClock.microseconds
        let busy = (before - lastWakeMicroseconds) / 1_000
        let overslept = max(0, (after - before) / 1_000 - Int64(timeout))
        lastWakeMicroseconds = after
        // Whatever kept us, nobody else is to lose a lease for it.
        guard busy + overslept >= bounds.stallMilliseconds else { return }
        logger.warning(
            "the broker stood still for \(busy + overslept) ms; leases and heartbeats are given that")
        exchange.handle(
            .stalled(milliseconds: busy + overslept), at: clock.now, into: &gathering.turn)
    }

    private func timeoutMilliseconds() -> Int {
        if !inboxIsEmpty { return 0 }
        let second = 1_000
        guard let deadline = exchange.nextDeadline else { return second }
        return Int(min(max(0, deadline.milliseconds(since: clock.now)), Int64(second)))
    }

    private var gatheringIsFull: Bool { gathering.turn.records.count >= bounds.records }

    private mutating func takePosts() throws {
        posts.removeAll(keepingCapacity: true)
        mailbox.drain(into: &posts)
        for post in posts {
            switch post {
            case .committed(let microseconds):
                meters.committed(microseconds)
                try takeSettled(nil)
            case .storeFailed(let error): try takeSettled(error)
            case .conversation(let id, let grant, let conversation):
                try send(grant, conversation, to: id)
            case .conversations(let conversations): takeFetched(conversations)
            case .result(let id, let item):
                // Not to those who were shut out since they asked.
                if peers.isKnown(Peer(id)) { gathering.items.append((id, item)) }
            case .viewAt(let position): viewPosition = max(viewPosition, position)
            case .diskFree(let bytes): judgeDisk(bytes)
            case .drain:
                isDraining = true
                exchange.handle(.intake(.draining), at: clock.now, into: &gathering.turn)
            }
        }
    }

    private mutating func takeSettled(_ failure: StoreError?) throws {
        guard let outgoing = try Outgoing.settle(&awaiting, failure) else { return }
        for desk in outgoing.snapshot { snapshots.offer(desk) }
        try send(outgoing)
    }

    private mutating func judgeDisk(_ freeBytes: Int64) {
        guard !isDraining else { return }
        let state: Circumstances.Intake = freeBytes < diskReserveBytes ? .diskNearlyFull : .open
        if meters.diskIsNearlyFull != (state == .diskNearlyFull) {
            meters.diskIsNearlyFull = state == .diskNearlyFull
            let mebibytes = freeBytes >> 20
            if meters.diskIsNearlyFull {
                logger.error(
                    "\(mebibytes) MiB are free on the desk's disk: new tickets are refused; free space")
            } else {
                logger.notice("\(mebibytes) MiB are free on the desk's disk: new tickets are taken again")
            }
        }
        exchange.handle(.intake(state), at: clock.now, into: &gathering.turn)
    }

    /// Keeps what depends on the log's events in step with them.
    private mutating func follow() {
        let count = gathering.turn.records.count
        for index in gathering.followed..<count { texts.follow(gathering.turn.records[index]) }
        meters.events += UInt64(count - gathering.followed)
        gathering.followed = count
    }

    /// Hands the gathered turn to the store if it is free, or sends it if there is nothing to store.
    private mutating func handOver() throws {
        while let step = gathering.handOver(&awaiting) {
            switch step {
            case .leave(let outgoing): try send(outgoing)
            case .store(let records):
                if snapshots.isDue(at: exchange.desk.position) { awaiting?.snapshot = [exchange.desk] }
                storeThread.store(records)
            }
        }
    }

    private mutating func sendRest() throws {
        posts.removeAll()
        mailbox.drain(into: &posts)
        for post in posts {
            if case .storeFailed(let error) = post { throw error }
        }
    }
}
