import Desk
import Histogram
import Logging
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

/// What the broker measures of itself, and its way to the coordinator. Socket thread only.
///
/// Everything is cumulative since the start, so that a lost frame loses nothing; a coordinator that is away or
/// slow costs a failed non-blocking send a second.
struct BrokerMeters: ~Copyable {
    var framesReceived: UInt64 = 0
    var framesMalformed: UInt64 = 0
    /// Of keys that asked for more than their share.
    var framesBeyondShare: UInt64 = 0
    var framesSent: UInt64 = 0
    var diskIsNearlyFull = false
    private var turns: UInt64 = 0
    var events: UInt64 = 0
    /// Grants whose conversation was not in memory any more.
    var grantsReadBack: UInt64 = 0
    private var refusals: UInt64 = 0
    /// From handing a turn over until it is on disk, in microseconds.
    private var commits = Histogram<UInt64>(highestTrackableValue: 60_000_000)
    /// From a turn's first frame until its answers are sent, in microseconds, once for each answer.
    private var answers = Histogram<UInt64>(highestTrackableValue: 60_000_000)
    private var socket: Socket?
    private let target: Target?
    /// Pushes in a row that could not leave.
    private var pushesBlocked = 0
    private var attempts = 0
    private let incarnation: UInt64
    private var sequence: UInt64 = 0
    private var nextPush: Int64 = 0

    /// - Throws: When the socket to the coordinator cannot be made.
    init(_ configuration: BrokerConfiguration, incarnation: UInt64) throws(ZeroMQError) {
        self.incarnation = incarnation
        guard let endpoint = configuration.coordinatorEndpoint, let servers = configuration.coordinatorKeys
        else {
            target = nil
            socket = nil
            return
        }
        let target = Target(endpoint: endpoint, servers: servers, keys: configuration.keys)
        self.target = target
        socket = try target.connect(attempt: 0)
    }

    /// Where the figures go.
    private struct Target {
        var endpoint: String
        var servers: @Sendable () -> [Z85Key]
        var keys: CurveKeyPair

        /// With each of the keys that the coordinator may have in turn; nil when there is none.
        func connect(attempt: Int) throws(ZeroMQError) -> Socket? {
            let servers = servers()
            guard !servers.isEmpty else { return nil }
            let server = servers[attempt % servers.count]
            let options = SocketOptions(security: .client(server: server, keys: keys))
            let dealer = try Socket(.dealer, options: options)
            try dealer.connect(endpoint)
            return dealer
        }
    }

    mutating func committed(_ microseconds: Int64) {
        turns += 1
        commits.record(UInt64(clamping: microseconds))
    }

    mutating func sent(_ outgoing: Outgoing) {
        var count: UInt64 = 0
        for directive in outgoing.directives {
            switch directive {
            case .answer: count += 1
            case .refuse:
                count += 1
                refusals += 1
            case .welcome, .grant, .revoke, .pong, .unknownSession, .dismiss: break
            }
        }
        guard count > 0, outgoing.since > 0 else { return }
        answers.record(UInt64(clamping: DeskClock.microseconds - outgoing.since), count: count)
    }

    /// Pushes the figures once a second.
    mutating func pushIfDue(_ exchange: Exchange, _ viewPosition: Position) {
        let now = DeskClock.microseconds
        guard now >= nextPush else { return }
        nextPush = now + 1_000_000
        guard socket != nil else { return }
        sequence += 1
        let frame = ProtoToCoordinator.with {
            $0.version = wireVersion
            $0.metrics = metrics(at: exchange.now, position: exchange.desk.position, viewPosition)
        }
        push(frame.encoded())
    }

    /// A socket that met a server without CURVE stops connecting for good (libzmq 4.3.4), and the coordinator may have
    /// another key by now: it is replaced.
    private static let pushesBlockedMax = 5

    private mutating func push(_ bytes: [UInt8]) {
        do {
            // A coordinator that is away says .full: what does not arrive is in the next one.
            let outcome = try socket?.send(bytes)
            pushesBlocked = outcome == .full ? pushesBlocked + 1 : 0
            guard pushesBlocked >= Self.pushesBlockedMax, let target else { return }
            pushesBlocked = 0
            attempts += 1
            socket = try target.connect(attempt: attempts)
        } catch {
            // Only a broken socket throws, and metrics are not worth ending the desk for.
            socket = nil
        }
    }

    private func metrics(at now: Moment, position: Position, _ viewPosition: Position) -> ProtoMetrics {
        .with {
            $0.source = "broker"
            $0.name = "broker"
            $0.incarnation = incarnation
            $0.sequence = sequence
            $0.atMs = now.milliseconds
            $0.counters = [
                counter("turns", turns), counter("events", events), counter("refusals", refusals),
                counter("frames_received", framesReceived), counter("frames_sent", framesSent),
                counter("frames_malformed", framesMalformed),
                counter("frames_beyond_share", framesBeyondShare),
                counter("grants_read_back", grantsReadBack),
            ]
            $0.histograms = [ProtoHistogram("commit", commits), ProtoHistogram("answer", answers)]
            $0.gauges = [
                .with {
                    ($0.name, $0.value) =
                        ("view_lag_events", Double(position.rawValue &- min(position, viewPosition).rawValue))
                },
                .with { ($0.name, $0.value) = ("disk_nearly_full", diskIsNearlyFull ? 1 : 0) },
            ]
        }
    }

    private func counter(_ name: String, _ value: UInt64) -> ProtoCounter {
        .with { ($0.name, $0.value) = (name, value) }
    }
}

extension ProtoHistogram {
    init(_ name: String, _ histogram: Histogram<UInt64>) {
        self.init()
        self.name = name
        for step in histogram.recordedValues() {
            valueUs.append(step.value)
            count.append(step.count)
        }
    }
}
