import Keys
import ProtoBytes
import SwiftProtobuf
import Wire
package import ZeroMQ

/// A session with a broker over a socket of its own: what ``Connection``, a node and a load generator share.
///
/// Belongs to the thread that made it. The owner polls ``pollItems`` until ``timeoutMilliseconds(now:)``,
/// then calls ``receive(now:limit:into:)`` and ``send(now:held:)``. Nothing here waits.
package struct BrokerLink: ~Copyable {
    package var session: BrokerSession
    package private(set) var health = LinkHealth()
    /// Whether the last ``send(now:held:)`` stopped because nothing can leave: poll for room to send.
    package private(set) var waitsToSend = false
    /// Frames from the broker that made no sense.
    package private(set) var malformedCount = 0
    private let endpoint: String
    private var options: SocketOptions
    private let doors: () -> [Security]
    /// Of the ways in, the one that is tried.
    private var door = 0
    /// When a connection was last made anew.
    private var renewedAt: Int64
    private var socket: Socket
    private var monitor: SocketMonitor
    private var writer = ProtoWriter(capacity: 4_096)
    /// Since when nothing can leave; nil while it can.
    private var blockedSince: Int64?
    /// A socket that met a server without CURVE stops connecting for good (libzmq 4.3.4), so one through which
    /// nothing leaves for this long is replaced.
    private static let blockedMillisecondsMax: Int64 = 5_000
    /// Where there are several ways in, one that is none is left this soon.
    private static let shutMilliseconds: Int64 = 250

    /// Starts connecting, in the background and again after every loss.
    ///
    /// - Parameters:
    ///   - endpoint: Where the broker listens.
    ///   - security: Who we are, as ``KeyFile/brokerSecurity(isInsecureLoopback:)`` has it.
    ///   - settings: The session's.
    ///   - now: Monotonic.
    ///   - lingerMilliseconds: How long a goodbye has to leave after the end.
    ///   - doors: All ways in, asked whenever a connection leads nowhere: the broker may have another key by then.
    ///     They are tried in turn. None: the first one again.
    /// - Throws: When the socket cannot be made.
    package init(
        endpoint: String, security: Security, settings: SessionSettings, now: Int64,
        lingerMilliseconds: Int = 500, doors: @escaping () -> [Security] = { [] }
    ) throws(ZeroMQError) {
        var options = SocketOptions(security: security)
        options.lingerMilliseconds = lingerMilliseconds
        let socket = try Socket(.dealer, options: options)
        let monitor = try SocketMonitor(of: socket)
        try socket.connect(endpoint)
        self.endpoint = endpoint
        self.doors = doors
        renewedAt = now
        self.options = options
        self.socket = socket
        self.monitor = monitor
        session = BrokerSession(settings, now: now)
    }

    /// The socket, then its monitor. Other ones after ``renewConnection(now:)`` returned true.
    package var pollItems: [PollItem] { [socket.pollItem, monitor.pollItem] }

    /// How long the owner may sleep; nil: until something can be read.
    package func timeoutMilliseconds(now: Int64) -> Int? {
        guard let deadline = session.nextDeadline else { return nil }
        // What cannot leave is no reason to turn without a pause: the poller says when there is room.
        return Int(clamping: max(deadline - now, waitsToSend ? 100 : 0))
    }

    /// Takes frames until there are none, or as many as `limit`, and the monitor's events.
    ///
    /// - Returns: How many frames there were.
    @discardableResult
    package mutating func receive(
        now: Int64, limit: Int = 256, into events: inout [SessionEvent]
    ) throws(ZeroMQError) -> Int {
        while let event = try monitor.next() { health.take(event) }
        for count in 0..<limit {
            guard let frame = try socket.receive({ FrameFromBroker.decode($0) }) else { return count }
            switch frame {
            case .success(let frame): session.receive(frame, now: now, into: &events)
            case .failure: malformedCount += 1
            }
        }
        return limit
    }

    /// Sends until nothing is left or nothing can leave.
    package mutating func send(
        now: Int64, held: () -> [HeldClaim] = { [] }
    ) throws(ZeroMQError) {
        waitsToSend = false
        defer { blockedSince = waitsToSend ? blockedSince ?? now : nil }
        while let frame = session.nextFrame(now: now, held: held) {
            writer.removeAll()
            frame.encode(into: &writer)
            let outcome = try writer.withBytes { bytes throws(ZeroMQError) in try socket.send(bytes) }
            guard outcome != .sent else { continue }
            session.unsent()
            waitsToSend = true
            return
        }
    }

    /// Makes a new connection if the old one seems to lead nowhere: its other end vanished without a word, or
    /// nothing has left for a long time.
    ///
    /// - Returns: Whether it did; ``pollItems`` are new ones then.
    package mutating func renewConnection(now: Int64) throws(ZeroMQError) -> Bool {
        let isBlocked = blockedSince.map { now - $0 >= Self.blockedMillisecondsMax } ?? false
        guard isBlocked || session.wantsNewConnection(now: now) || isShut(now) else { return false }
        let doors = doors()
        if !doors.isEmpty {
            door = (door + 1) % doors.count
            options.security = doors[door]
        }
        renewedAt = now
        let next = try Socket(.dealer, options: options)
        let nextMonitor = try SocketMonitor(of: next)
        try next.connect(endpoint)
        socket = next
        monitor = nextMonitor
        health = LinkHealth()
        waitsToSend = false
        blockedSince = nil
        session.connectionReplaced(now: now)
        return true
    }

    /// Whether somebody is there and hung up without a word, as who has another key does, and there is another way.
    private func isShut(_ now: Int64) -> Bool {
        guard waitsToSend, case .noDetail? = health.failure, now - renewedAt >= Self.shutMilliseconds else {
            return false
        }
        return doors().count > 1
    }
}

@available(*, unavailable)
extension BrokerLink: Sendable {}
