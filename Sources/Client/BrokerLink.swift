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
    private let options: SocketOptions
    private var socket: Socket
    private var monitor: SocketMonitor
    private var writer = ProtoWriter(capacity: 4_096)
    /// Since when nothing can leave; nil while it can.
    private var blockedSince: Int64?
    /// A socket that met a server without CURVE stops connecting for good (libzmq 4.3.4), so one through which
    /// nothing leaves for this long is replaced.
    private static let blockedMillisecondsMax: Int64 = 5_000

    /// Starts connecting, in the background and again after every loss.
    ///
    /// `security` says who we are, as ``KeyFile/brokerSecurity(isInsecureLoopback:)`` has it, and a goodbye has
    /// `lingerMilliseconds` to leave after the end.
    package init(
        endpoint: String, security: Security, settings: SessionSettings, now: Int64,
        lingerMilliseconds: Int = 500
    ) throws(ZeroMQError) {
        var options = SocketOptions(security: security)
        options.lingerMilliseconds = lingerMilliseconds
        let socket = try Socket(.dealer, options: options)
        let monitor = try SocketMonitor(of: socket)
        try socket.connect(endpoint)
        self.endpoint = endpoint
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
        guard isBlocked || session.wantsNewConnection(now: now) else { return false }
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
}

@available(*, unavailable)
extension BrokerLink: Sendable {}
