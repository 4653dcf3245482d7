import Client
import Keys
import Rig
import Scenarios
import Tickets
import Wire
import ZeroMQ

/// Everybody who writes to the desk, over one connection: each at their own moment, whether or not the desk keeps up.
struct Customers: ~Copyable {
    /// The upper half of the ids of all submits.
    static let run: UInt64 = 0x6c6f_6164_7465_7374

    private var link: BrokerLink
    private var draw: RequestDraw
    private var schedule: ArrivalSchedule?
    /// When the schedule began, and its next arrival.
    private var begun: Int64 = 0
    private var next: Int64?
    /// Closed loop: how many are on their way at a time, and how many are still to be sent.
    private var outstanding = 0
    private var left = 0
    /// Lifecycles that may be under way at a time, beyond those that were before; nil when nobody waits for a solution.
    private var lifecycles: Int?
    private var underWayBefore = 0
    /// Requests without an answer.
    private(set) var unanswered = 0
    private var events: [SessionEvent] = []

    init(endpoint: String, key: KeyFile, draw: RequestDraw) throws {
        guard let security = key.brokerSecurity() else {
            throw RigError("the key \(key.name) names no broker")
        }
        var settings = SessionSettings()
        settings.window = 16_384
        settings.batchCommandsMax = 256
        // A desk under a peak may take long; sending everything again would not make it faster.
        settings.answerMilliseconds = 120_000
        let link = try BrokerLink(
            endpoint: endpoint, security: security, settings: settings,
            now: MonotonicTime.milliseconds)
        self.link = link
        self.draw = draw
    }

    /// The same ones for its whole life: see ``BrokerLink/pollItems``, which change with a new connection only.
    var pollItems: [PollItem] { link.pollItems }
    var isWelcomed: Bool { link.session.isWelcomed }

    // MARK: - What is to be written

    mutating func begin(_ stretches: [Stretch], _ random: SeededGenerator, at now: Int64) {
        var schedule = ArrivalSchedule(stretches, random: random)
        begun = now
        next = schedule.next().map { now + $0 }
        self.schedule = schedule
    }

    mutating func begin(outstanding: Int, tickets: Int?) {
        self.outstanding = outstanding
        left = tickets ?? .max
    }

    /// One begins for each that ends, so that as many wait afterwards as did before, whether none or a million.
    mutating func begin(lifecycles count: Int, _ book: borrowing RunBook) {
        begin(outstanding: count, tickets: nil)
        lifecycles = count
        underWayBefore = book.lifecyclesUnderWay
    }

    mutating func stop() {
        (schedule, next) = (nil, nil)
        (outstanding, left, lifecycles) = (0, 0, nil)
    }

    /// Whether everything that was begun has been written and answered.
    var isDone: Bool { next == nil && (left == 0 || outstanding == 0) && unanswered == 0 }

    /// When somebody writes next, in microseconds.
    var dueMicroseconds: Int64? { next }

    /// Writes for everybody whose moment has come.
    mutating func write(now: Int64, _ book: inout RunBook) throws {
        while let moment = next, moment <= now {
            try submit(at: moment, &book)
            next = schedule?.next().map { begun + $0 }
        }
        while left > 0, unanswered < outstanding {
            if let lifecycles, book.lifecyclesUnderWay - underWayBefore >= lifecycles { return }
            left -= 1
            try submit(at: now, &book)
        }
    }

    private mutating func submit(at moment: Int64, _ book: inout RunBook) throws {
        let request = book.offer(at: moment)
        try link.session.enqueue(
            Command(id: CommandID(high: Self.run, low: request), action: .submit(draw.next())))
        unanswered += 1
    }

    // MARK: - The connection

    /// - Returns: Whether ``pollItems`` are new ones.
    mutating func send() throws -> Bool {
        let now = MonotonicTime.milliseconds
        try link.send(now: now)
        return try link.renewConnection(now: now)
    }

    /// Milliseconds until the connection needs attention.
    var timeoutMilliseconds: Int? { link.timeoutMilliseconds(now: MonotonicTime.milliseconds) }

    /// Takes what came.
    mutating func receive(_ book: inout RunBook) throws {
        events.removeAll(keepingCapacity: true)
        let now = MonotonicTime.microseconds
        try link.receive(now: now / 1_000, limit: 64, into: &events)
        for event in events {
            switch event {
            case .answered(let id, let answer):
                unanswered -= 1
                switch answer {
                case .success(let answer):
                    book.accepted(id.low, as: answer.ticket, at: now)
                    book.logReached(answer.position, at: now)
                case .failure(let refusal): book.refused(refusal)
                }
            case .dismissed(let refusal): throw refusal
            case .welcomed, .granted, .revoked, .queryResult: continue
            }
        }
    }
}
