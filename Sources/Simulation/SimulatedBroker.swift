import Broker
import Desk
import ProtoBytes
import Storage
import Tickets
import Wire

/// The broker's process: the real exchange and the real frames, in a shell that does what ``BrokerLoop`` does.
///
/// While one turn is being stored the next one gathers; what a turn says leaves when it is on disk. Where the real
/// shell has sockets and threads, this one has arrays that the cluster fills and empties.
struct SimulatedBroker: ~Copyable {
    enum Post {
        case committed
        case storeFailed(StoreError)
        case conversation(SessionID, Grant, Conversation)
        case intake(Circumstances.Intake)
    }

    var exchange: Exchange
    var texts: TextCache
    var isRunning = false
    /// How often it was started.
    var run = 0
    var epoch: UInt64 = 0
    var clock: ProcessClock
    /// What turns the monotonic clock into moments; set at each start.
    var momentOffset: Int64 = 0
    var pausedUntil: Int64 = 0
    var wakeup = Wakeup()
    /// When it may start again after it has drained.
    var downUntil: Int64 = 0
    /// Frames that it has not read, with the connection that they came on.
    var inbox: [(connection: Int, bytes: [UInt8])] = []
    var inboxStart = 0
    var posts: [Post] = []
    /// Posts that it is at.
    var taken: [Post] = []
    /// The turn that gathers.
    var gathering = Gathering()
    /// How many of the turn's directives were noted by the witness.
    var noted = 0
    /// What leaves when the turn that is being stored is on disk; nil while the store is idle.
    var awaiting: Outgoing?
    var frames = FrameSet()
    /// Frames that left in this turn.
    var outbox: [(session: SessionID, bytes: [UInt8])] = []
    /// Grants whose conversation is to be read back.
    var readBacks: [(SessionID, Grant)] = []
    var readBacksAsked = 0
    /// Committed records that were not compared with the desk yet.
    var changed: [Record] = []
    var isDraining = false
    var snapshotPosition = Position.start
    /// Milliseconds for which it stood still, in all of this run.
    var stalledMilliseconds: Int64 = 0
    /// By its monotonic clock, when it fell asleep, for how many milliseconds at most, and when it last judged.
    var sleptAt: Int64 = 0
    var timeoutMilliseconds: Int64 = 0
    var judgedAt: Int64 = 0
    let bounds = TurnBounds()
    let swarm: Swarm
    /// What its process is started with.
    let settings: DeskSettings

    init(_ swarm: Swarm, _ settings: DeskSettings, clock: ProcessClock) {
        self.swarm = swarm
        self.settings = settings
        self.clock = clock
        exchange = Exchange(desk: Desk(settings: settings), now: .zero)
        texts = TextCache(byteCountMax: swarm.textCacheBytes)
    }

    /// Starts over a desk that was recovered.
    mutating func start(_ desk: Desk, epoch: UInt64, at time: Int64) {
        isRunning = true
        run += 1
        self.epoch = epoch
        let wall = max(clock.wall(at: time), desk.lastMoment)
        momentOffset = wall.milliseconds - clock.monotonic(at: time) / 1_000
        snapshotPosition = desk.position
        exchange = Exchange(desk: desk, now: now(at: time))
        let isFirst = desk.version == 0 && swarm.startsConfigured
        texts = TextCache(byteCountMax: swarm.textCacheBytes)
        (inbox, inboxStart, posts, gathering) = ([], 0, [], Gathering())
        if isFirst { adoptSettings() }
        (awaiting, outbox, readBacks, isDraining, stalledMilliseconds) = (nil, [], [], false, 0)
        (readBacksAsked, changed, wakeup, noted) = (0, [], Wakeup(), 0)
        sleptAt = clock.monotonic(at: time)
        timeoutMilliseconds = 0
        judgedAt = sleptAt
    }

    /// Settings that come with the process become the desk's.
    private mutating func adoptSettings() {
        do {
            try exchange.begin(settings, source: "", into: &gathering.turn)
        } catch {
            preconditionFailure("no desk can have these settings: \(error)")
        }
    }

    func now(at time: Int64) -> Moment {
        Moment(milliseconds: clock.monotonic(at: time) / 1_000 + momentOffset)
    }

    /// Whether nothing is left that it would read: one that drains reads no more.
    var inboxIsEmpty: Bool { isDraining || inboxStart == inbox.count }

    /// Whether it has drained and nothing is left to do.
    var isOver: Bool { isDraining && awaiting == nil && gathering.isEmpty }

    /// When it has something to do by itself: at the latest a second from now, in true time.
    mutating func sleep(at time: Int64) -> Int64 {
        sleptAt = clock.monotonic(at: time)
        // Before the store is done no more is read, as by the real one: it would turn round and round.
        if gathering.turn.records.count >= bounds.records {
            timeoutMilliseconds = 100
        } else {
            timeoutMilliseconds = 0
            if !inboxIsEmpty { return time }
            timeoutMilliseconds = 1_000
            if let deadline = exchange.nextDeadline {
                timeoutMilliseconds = min(max(0, deadline.milliseconds(since: now(at: time))), 1_000)
            }
        }
        return max(clock.time(of: sleptAt + timeoutMilliseconds * 1_000), time + 1)
    }
}
