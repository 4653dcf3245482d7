import Client
import SwiftProtobuf
import Wire
import ZeroMQ

/// Sends metrics to the coordinator, and drops them while it is away or slow: it never holds anything up.
///
/// Belongs to the thread that made it.
struct MetricsPusher: ~Copyable {
    /// What cannot leave this many times in a row is sent through another socket: one that met a server without CURVE
    /// stops connecting for good (libzmq 4.3.4), and the coordinator may have another key by now.
    private static let droppedMax = 5

    private var socket: Socket
    private let endpoint: String
    private let doors: () -> [Security]
    /// Of the ways in, the one that is tried.
    private var door = 0
    private let intervalMilliseconds: Int64
    private(set) var nextMilliseconds: Int64
    /// Frames that could not leave.
    private(set) var droppedCount = 0
    private var droppedInARow = 0

    /// `doors` are the ways in, at least one; asked again whenever that one leads nowhere.
    init(
        endpoint: String, intervalMilliseconds: Int64, now: Int64, doors: @escaping () -> [Security]
    ) throws(ZeroMQError) {
        socket = try Self.connect(endpoint, doors(), 0)
        self.endpoint = endpoint
        self.doors = doors
        self.intervalMilliseconds = max(intervalMilliseconds, 10)
        nextMilliseconds = now + self.intervalMilliseconds
    }

    private static func connect(
        _ endpoint: String, _ doors: [Security], _ door: Int
    ) throws(ZeroMQError) -> Socket {
        var options = SocketOptions(security: doors.isEmpty ? .none : doors[door % doors.count])
        // Each frame holds everything since the start: what waits is worth nothing once the next one is
        // there.
        options.sendHighWater = 16
        options.lingerMilliseconds = 500
        let socket = try Socket(.dealer, options: options)
        try socket.connect(endpoint)
        return socket
    }

    mutating func push(_ metrics: ProtoToCoordinator, now: Int64) throws(ZeroMQError) {
        nextMilliseconds = now + intervalMilliseconds
        if try socket.send(metrics.encoded()) == .sent {
            droppedInARow = 0
            return
        }
        droppedCount += 1
        droppedInARow += 1
        guard droppedInARow >= Self.droppedMax else { return }
        droppedInARow = 0
        door += 1
        socket = try Self.connect(endpoint, doors(), door)
    }
}
